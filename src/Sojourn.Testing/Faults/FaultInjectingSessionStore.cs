using Sojourn.Storage;

namespace Sojourn.Testing;

/// <summary>
/// A store in front of another that lets calls go wrong on request, counts them, and shows a wrong clock. Without an
/// order it passes everything on.
/// </summary>
/// <remarks>
/// Thread-safe. Orders are served first come, first served; one for all operations stands in the same line. The feed is
/// the inner store's. Disposing it disposes the inner store.
/// </remarks>
/// <param name="inner">The store that does the work.</param>
/// <param name="time">Measures delays, and is the store's clock while <see cref="ClockOffset"/> is set and the inner store has none.</param>
public sealed class FaultInjectingSessionStore(ISessionStore inner, TimeProvider time) : ISessionStore, ISessionEventLog
{
    private readonly FaultPlan _plan = new();
    private long _clockOffset = long.MinValue;

    /// <inheritdoc/>
    public ISessionFeed Feed => inner.Feed;

    /// <summary>How far the store's clock differs from the true one; null leaves the inner store's answer alone.</summary>
    /// <remarks>Set it before the store is opened if the inner store has no clock: then this one says that it has.</remarks>
    public TimeSpan? ClockOffset
    {
        get => Volatile.Read(ref _clockOffset) is var ticks and not long.MinValue ? TimeSpan.FromTicks(ticks) : null;
        set => Volatile.Write(ref _clockOffset, value?.Ticks ?? long.MinValue);
    }

    /// <summary>How many calls were made in all, failed ones included.</summary>
    public int TotalCalls => _plan.Total();

    /// <summary>How many calls of an operation were made, failed ones included.</summary>
    public int Calls(StoreOperation operation) => _plan.Calls(operation);

    /// <summary>Counts from zero again; orders stay.</summary>
    public void ResetCalls() => _plan.ResetCalls();

    /// <summary>Orders a fault for an operation.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="fault">What goes wrong.</param>
    /// <param name="times">For how many calls, at least 1; null until it is cleared.</param>
    public void Inject(StoreOperation operation, StoreFault fault, int? times = null) => Add(operation, fault, times);

    /// <summary>Orders a fault for every operation.</summary>
    /// <param name="fault">What goes wrong.</param>
    /// <param name="times">For how many calls, at least 1; null until it is cleared.</param>
    public void InjectAll(StoreFault fault, int? times = null) => Add(null, fault, times);

    /// <summary>Takes back all orders. Calls that hang keep hanging until they are cancelled.</summary>
    public void Clear() => _plan.Clear(null);

    /// <summary>Takes back the orders for one operation; those for every operation stay.</summary>
    public void Clear(StoreOperation operation) => _plan.Clear(operation);

    /// <inheritdoc/>
    public ValueTask<StoreIdentity> OpenAsync(StoreOpening opening, CancellationToken cancellationToken = default)
        => CallAsync(StoreOperation.Open, async () =>
        {
            var identity = await inner.OpenAsync(opening, cancellationToken);
            return ClockOffset is null ? identity : identity with { HasClock = true };
        }, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<StoreProbe> ProbeAsync(ulong nonce, CancellationToken cancellationToken = default)
        => CallAsync(StoreOperation.Probe, async () =>
        {
            var probe = await inner.ProbeAsync(nonce, cancellationToken);
            return ClockOffset is { } offset ? new StoreProbe((probe.StoreTime ?? time.GetUtcNow()) + offset) : probe;
        }, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<SessionSnapshot?> FindAsync(SessionId id, SessionRead read, CancellationToken cancellationToken = default)
        => CallAsync(StoreOperation.Find, () => inner.FindAsync(id, read, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<OwnerSnapshot> ListAsync(SessionOwner owner, SessionListQuery query, CancellationToken cancellationToken = default)
        => CallAsync(StoreOperation.List, () => inner.ListAsync(owner, query, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<StartResult> StartAsync(SessionCreation creation, CancellationToken cancellationToken = default)
        => CallAsync(StoreOperation.Start, () => inner.StartAsync(creation, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ChangeResult> ChangeAsync(SessionId id, TokenStamp expected, RecordChange change, EventBatch events, CancellationToken cancellationToken = default)
        => CallAsync(StoreOperation.Change, () => inner.ChangeAsync(id, expected, change, events, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<EndResult> EndAsync(SessionId id, EndGuard guard, SessionEnding ending, EventBatch events, CancellationToken cancellationToken = default)
        => CallAsync(StoreOperation.End, () => inner.EndAsync(id, guard, ending, events, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<EndSubjectResult> EndSubjectAsync(SubjectEnd ending, CancellationToken cancellationToken = default)
        => CallAsync(StoreOperation.EndSubject, () => inner.EndSubjectAsync(ending, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ShardEndResult> EndShardAsync(byte shard, WriteId write, SessionEndReason reason, EventBatch events, CancellationToken cancellationToken = default)
        => CallAsync(StoreOperation.EndShard, () => inner.EndShardAsync(shard, write, reason, events, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public async ValueTask TouchAsync(IReadOnlyList<SessionTouch> touches, CancellationToken cancellationToken = default)
        => await CallAsync(StoreOperation.Touch, () => Done(inner.TouchAsync(touches, cancellationToken)), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<DataResult> CommitDataAsync(DataCommit commit, CancellationToken cancellationToken = default)
        => CallAsync(StoreOperation.CommitData, () => inner.CommitDataAsync(commit, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<DataValue?> TakeDataAsync(DataTake take, CancellationToken cancellationToken = default)
        => CallAsync(StoreOperation.TakeData, () => inner.TakeDataAsync(take, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<DuePage> FindDueAsync(byte shard, DueQuery query, CancellationToken cancellationToken = default)
        => CallAsync(StoreOperation.FindDue, () => inner.FindDueAsync(shard, query, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<int> PurgeAsync(byte shard, DateTimeOffset now, int limit, CancellationToken cancellationToken = default)
        => CallAsync(StoreOperation.Purge, () => inner.PurgeAsync(shard, now, limit, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public async ValueTask AppendAsync(EventBatch events, CancellationToken cancellationToken = default)
        => await CallAsync(StoreOperation.Append, () => Done(inner.AppendAsync(events, cancellationToken)), cancellationToken);

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">The inner store does not read a log.</exception>
    public ValueTask<IReadOnlyList<LoggedEvent>> ReadAsync(byte shard, long after, int limit, CancellationToken cancellationToken = default)
        => inner is ISessionEventLog log
            ? CallAsync(StoreOperation.ReadLog, () => log.ReadAsync(shard, after, limit, cancellationToken), cancellationToken)
            : throw new NotSupportedException($"{inner.GetType().Name} is no {nameof(ISessionEventLog)}.");

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private async ValueTask<T> CallAsync<T>(StoreOperation operation, Func<ValueTask<T>> call, CancellationToken cancellationToken)
    {
        var fault = _plan.Next(operation);
        switch (fault?.Kind)
        {
            case StoreFaultKind.FailBefore:
                throw new SessionStoreException($"{operation}", "the store is down, as ordered", isTransient: true);
            case StoreFaultKind.Refuse:
                throw new SessionStoreException($"{operation}", "the store refuses this call, as ordered", isTransient: true) { IsRefusal = true };
            case StoreFaultKind.Hang:
                await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken);
                break;
            case StoreFaultKind.Delay:
                await Task.Delay(fault.Time, time, cancellationToken);
                break;
        }

        var answer = await call();
        return fault?.Kind != StoreFaultKind.FailAfter
            ? answer
            : throw new SessionStoreException($"{operation}", "the answer was lost, as ordered", isTransient: true) { InDoubt = true };
    }

    private void Add(StoreOperation? operation, StoreFault fault, int? times)
    {
        ArgumentNullException.ThrowIfNull(fault);
        if (times is { } count)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(count, 1, nameof(times));
        }

        _plan.Add(operation, fault, times);
    }

    private static async ValueTask<bool> Done(ValueTask call)
    {
        await call;
        return true;
    }
}
