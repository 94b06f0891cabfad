using Sojourn.Storage;

namespace Sojourn.Engine;

/// <summary>
/// Stands before a store that can be slow or away: every call has a time limit, a write whose result is in doubt is
/// repeated until it is known (each write is idempotent), and a store that keeps failing is not asked for a while.
/// </summary>
internal sealed class GuardedSessionStore(ISessionStore inner, TimeSpan timeout, TimeProvider time) : ISessionStore
{
    private const int Attempts = 3;
    private const int FaultsToOpen = 5;
    // Opening may create or upgrade a schema, and wait for another process that does. Only the first one, the program's
    // start, has that time: later ones stand in the way of requests.
    private static readonly TimeSpan OpenTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan OpenFor = TimeSpan.FromSeconds(1);

    private readonly CallLimits _limits = new(time);
    private int _faults;
    private int _opens;
    private long _closedUntil;

    public ISessionFeed Feed => inner.Feed;

    public ValueTask<StoreIdentity> OpenAsync(StoreOpening opening, CancellationToken cancellationToken = default)
        => CallAsync("Open", token => inner.OpenAsync(opening, token), cancellationToken, Interlocked.Increment(ref _opens) == 1 ? OpenTimeout : timeout);

    public ValueTask<StoreProbe> ProbeAsync(ulong nonce, CancellationToken cancellationToken = default)
        => CallAsync("Probe", token => inner.ProbeAsync(nonce, token), cancellationToken);

    public ValueTask<SessionSnapshot?> FindAsync(SessionId id, SessionRead read, CancellationToken cancellationToken = default)
        => CallAsync("Find", (inner, id, read), static (what, token) => what.inner.FindAsync(what.id, what.read, token), cancellationToken);

    public ValueTask<OwnerSnapshot> ListAsync(SessionOwner owner, SessionListQuery query, CancellationToken cancellationToken = default)
        => CallAsync("List", token => inner.ListAsync(owner, query, token), cancellationToken);

    public ValueTask<StartResult> StartAsync(SessionCreation creation, CancellationToken cancellationToken = default)
        => WriteAsync("Start", token => inner.StartAsync(creation, token), cancellationToken);

    public async ValueTask<ChangeResult> ChangeAsync(SessionId id, TokenStamp expected, RecordChange change, EventBatch events, CancellationToken cancellationToken = default)
    {
        var calls = 0;
        var result = await WriteAsync("Change", token =>
        {
            calls++;
            return inner.ChangeAsync(id, expected, change, events, token);
        }, cancellationToken);

        // Found done after a call in doubt: it was that call.
        return calls > 1 && result.Status == ChangeStatus.AlreadyDone ? result with { Status = ChangeStatus.Done } : result;
    }

    public async ValueTask<EndResult> EndAsync(SessionId id, EndGuard guard, SessionEnding ending, EventBatch events, CancellationToken cancellationToken = default)
    {
        var calls = 0;
        var result = await WriteAsync("End", token =>
        {
            calls++;
            return inner.EndAsync(id, guard, ending, events, token);
        }, cancellationToken);

        // An ending that keeps nothing removes the record: missing after a call in doubt, it was ended by that call.
        return calls > 1 && result.Status == EndStatus.Missing ? result with { Status = EndStatus.Ended } : result;
    }

    public ValueTask<EndSubjectResult> EndSubjectAsync(SubjectEnd ending, CancellationToken cancellationToken = default)
        => WriteAsync("EndSubject", token => inner.EndSubjectAsync(ending, token), cancellationToken);

    public ValueTask<ShardEndResult> EndShardAsync(byte shard, WriteId write, SessionEndReason reason, EventBatch events, CancellationToken cancellationToken = default)
        => WriteAsync("EndShard", token => inner.EndShardAsync(shard, write, reason, events, token), cancellationToken);

    public async ValueTask TouchAsync(IReadOnlyList<SessionTouch> touches, CancellationToken cancellationToken = default)
        => await CallAsync("Touch", token => Done(inner.TouchAsync(touches, token)), cancellationToken);

    public ValueTask<DataResult> CommitDataAsync(DataCommit commit, CancellationToken cancellationToken = default)
        => WriteAsync("CommitData", token => inner.CommitDataAsync(commit, token), cancellationToken);

    public ValueTask<DataValue?> TakeDataAsync(DataTake take, CancellationToken cancellationToken = default)
        => WriteAsync("TakeData", token => inner.TakeDataAsync(take, token), cancellationToken);

    public ValueTask<DuePage> FindDueAsync(byte shard, DueQuery query, CancellationToken cancellationToken = default)
        => CallAsync("FindDue", token => inner.FindDueAsync(shard, query, token), cancellationToken);

    public ValueTask<int> PurgeAsync(byte shard, DateTimeOffset now, int limit, CancellationToken cancellationToken = default)
        => CallAsync("Purge", token => inner.PurgeAsync(shard, now, limit, token), cancellationToken);

    public async ValueTask AppendAsync(EventBatch events, CancellationToken cancellationToken = default)
        => await WriteAsync("Append", token => Done(inner.AppendAsync(events, token)), cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private static async ValueTask<bool> Done(ValueTask call)
    {
        await call;
        return true;
    }

    /// <summary>Once begun, a write is not cancelled by its caller: a half-known result would help nobody.</summary>
    private async ValueTask<T> WriteAsync<T>(string operation, Func<CancellationToken, ValueTask<T>> call, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        SessionStoreException? doubt = null;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await CallAsync(operation, call, CancellationToken.None);
            }
            catch (SessionStoreException fault) when (fault.InDoubt && attempt < Attempts)
            {
                doubt = fault; // Repeated: the store recognises it if it had been done.
            }
            catch (SessionStoreException fault) when (!fault.InDoubt && doubt is not null)
            {
                throw new SessionStoreException(operation, "its answer was lost, and repeating it failed; whether it was done is unknown, and it is safe to repeat", isTransient: true, fault) { InDoubt = true };
            }
        }
    }

    private ValueTask<T> CallAsync<T>(string operation, Func<CancellationToken, ValueTask<T>> call, CancellationToken cancellationToken, TimeSpan? longer = null)
        => CallAsync(operation, call, static (call, token) => call(token), cancellationToken, longer);

    /// <summary>A call that completes before it returns, as most reads do, leaves nothing behind: no task, no timer.</summary>
    private ValueTask<T> CallAsync<TArgument, T>(
        string operation, TArgument argument, Func<TArgument, CancellationToken, ValueTask<T>> call, CancellationToken cancellationToken, TimeSpan? longer = null)
    {
        if (time.GetTimestamp() < Volatile.Read(ref _closedUntil))
        {
            return ValueTask.FromException<T>(
                new SessionStoreException(operation, "the store keeps failing and is not asked for a moment; try again in a second", isTransient: true));
        }

        var patience = longer ?? timeout;
        var limit = _limits.Begin(patience, cancellationToken);
        ValueTask<T> running;
        try
        {
            running = call(argument, limit.Token);
        }
        catch (Exception fault)
        {
            running = new(Task.FromException<T>(fault)); // looked at below, like one that comes later
        }

        if (!running.IsCompletedSuccessfully)
        {
            return WaitAsync(operation, running, limit, patience, cancellationToken);
        }

        var result = running.GetAwaiter().GetResult();
        _limits.Reuse(limit);
        ForgetFaults();
        return new(result);
    }

    private async ValueTask<T> WaitAsync<T>(string operation, ValueTask<T> running, CallLimit limit, TimeSpan patience, CancellationToken cancellationToken)
    {
        using var held = limit;
        try
        {
            var result = await running.AsTask().WaitAsync(limit.Token);
            ForgetFaults();
            return result;
        }
        catch (OperationCanceledException cancelled) when (!cancellationToken.IsCancellationRequested)
        {
            CountFault();
            throw new SessionStoreException(operation, $"the store did not answer within {patience.TotalSeconds:0.###} s; whether it was done is unknown, and it is safe to repeat", isTransient: true, cancelled) { InDoubt = true };
        }
        catch (SessionStoreException fault) when (!fault.IsRefusal)
        {
            CountFault();
            throw;
        }
    }

    private void ForgetFaults()
    {
        if (Volatile.Read(ref _faults) != 0) // writing it each time would pass its cache line around
        {
            Volatile.Write(ref _faults, 0);
        }
    }

    private void CountFault()
    {
        if (Interlocked.Increment(ref _faults) >= FaultsToOpen)
        {
            Volatile.Write(ref _faults, 0);
            Volatile.Write(ref _closedUntil, time.GetTimestamp() + (long)(OpenFor.TotalSeconds * time.TimestampFrequency));
        }
    }
}
