using System.Security.Cryptography;

namespace Sojourn.Storage;

/// <summary>
/// Keeps sessions in the memory of this process: for development, tests, and single-process applications that accept
/// that a restart signs everybody out. Bounded by <see cref="InMemoryStoreOptions"/>.
/// </summary>
/// <remarks>
/// Safe for parallel use. Every call completes before it returns, takes the lock of one of 256 shards at a time, and
/// never waits for I/O; reading a record allocates nothing. A token that is cancelled beforehand stops a call before it
/// changes anything; later it is not looked at. What changed is on the <see cref="Feed"/> before the call returns; a
/// subscriber may read the store, but must not change it.
/// <para>
/// Sessions that started under an older shard epoch stay active, listed and counted, until a sweep or a limit ends them;
/// whoever reads them compares the epochs. The audit log is a window over the last events, and ends with the process.
/// Of a subject the 200 ended sessions that ended last are kept. Data counts the bytes of its keys in UTF-8 and of its values.
/// </para>
/// </remarks>
public sealed class InMemorySessionStore : ISessionStore, ISessionEventLog
{
    private readonly MemoryFeed _feed = new();
    private readonly MemoryEventLog _log;
    private readonly MemoryShard[] _shards = new MemoryShard[256];
    private readonly MemoryStrings _strings = new();
    private readonly StoreIdentity _identity = new([.. RandomNumberGenerator.GetBytes(32)], WriteId.Create(), HasClock: false);
    private string? _tenant;
    private volatile bool _isDisposed;

    /// <summary>Makes an empty store.</summary>
    /// <param name="options">Its bounds; read here, later changes have no effect.</param>
    /// <exception cref="ArgumentOutOfRangeException">A bound is out of its range; the message names it.</exception>
    public InMemorySessionStore(InMemoryStoreOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _log = new(options.MaxEvents);
        var bounds = new MemoryBounds(options);
        for (var shard = 0; shard < _shards.Length; shard++)
        {
            _shards[shard] = new(bounds, _log, _feed);
        }
    }

    /// <inheritdoc/>
    public ISessionFeed Feed => _feed;

    /// <inheritdoc/>
    public ValueTask<StoreIdentity> OpenAsync(StoreOpening opening, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(opening.Tenant, nameof(opening));
        cancellationToken.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        var tenant = Interlocked.CompareExchange(ref _tenant, opening.Tenant, null);
        return tenant is null || string.Equals(tenant, opening.Tenant, StringComparison.Ordinal)
            ? new(_identity)
            : throw new SessionStoreException("Open", "This store is open for another tenant; make one store for each tenant.", isTransient: false);
    }

    /// <inheritdoc/>
    public ValueTask<StoreProbe> ProbeAsync(ulong nonce, CancellationToken cancellationToken = default)
    {
        Ready(cancellationToken);
        _feed.Publish(new(FeedMessageKind.Probe, Nonce: nonce))?.Throw();
        return default;
    }

    /// <inheritdoc/>
    public ValueTask<SessionSnapshot?> FindAsync(SessionId id, SessionRead read, CancellationToken cancellationToken = default)
    {
        var shard = Shard(id.Shard, cancellationToken);
        lock (shard.Gate)
        {
            return shard.Sessions.Find(id) is { } session
                ? new(new SessionSnapshot(session.Record, shard.Epoch, shard.EpochReason, session.Data?.Read(read) ?? []))
                : default;
        }
    }

    /// <inheritdoc/>
    public ValueTask<OwnerSnapshot> ListAsync(SessionOwner owner, SessionListQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Limit, 1, nameof(query));
        var shard = Shard(owner.Shard, cancellationToken);
        lock (shard.Gate)
        {
            return new(MemoryLists.List(shard.Owners.Find(owner.Subject), query));
        }
    }

    /// <inheritdoc/>
    public ValueTask<StartResult> StartAsync(SessionCreation creation, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(creation);
        ArgumentNullException.ThrowIfNull(creation.Events, nameof(creation));
        if (!creation.Record.IsActive)
        {
            throw new ArgumentException("A session starts active: its record has no ending.", nameof(creation));
        }

        using var held = Enter(creation.Record.Id.Shard, cancellationToken);
        return new(MemoryStarts.Start(held.Shard, creation, _strings));
    }

    /// <inheritdoc/>
    public ValueTask<ChangeResult> ChangeAsync(
        SessionId id, TokenStamp expected, RecordChange change, EventBatch events, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(change);
        ArgumentNullException.ThrowIfNull(events);
        using var held = Enter(id.Shard, cancellationToken);
        return new(MemoryChanges.Change(held.Shard, id, expected, change, events));
    }

    /// <inheritdoc/>
    public ValueTask<EndResult> EndAsync(
        SessionId id, EndGuard guard, SessionEnding ending, EventBatch events, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(ending);
        ArgumentNullException.ThrowIfNull(events);
        using var held = Enter(id.Shard, cancellationToken);
        return new(MemoryEnds.End(held.Shard, id, guard, ending, events));
    }

    /// <inheritdoc/>
    public ValueTask<EndSubjectResult> EndSubjectAsync(SubjectEnd ending, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(ending);
        ArgumentNullException.ThrowIfNull(ending.Events, nameof(ending));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ending.Ends.Count, 1000, nameof(ending));
        using var held = Enter(ending.Owner.Shard, cancellationToken);
        return new(MemoryEnds.EndSubject(held.Shard, ending));
    }

    /// <inheritdoc/>
    public ValueTask<ShardEndResult> EndShardAsync(
        byte shard, WriteId write, SessionEndReason reason, EventBatch events, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(events);
        using var held = Enter(shard, cancellationToken);
        return new(MemoryEnds.EndShard(held.Shard, shard, write, reason, events));
    }

    /// <inheritdoc/>
    public ValueTask TouchAsync(IReadOnlyList<SessionTouch> touches, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(touches);
        Ready(cancellationToken);
        for (var i = 0; i < touches.Count; i++)
        {
            var touch = touches[i];
            using var held = _shards[touch.Id.Shard].Enter();
            MemoryChanges.Touch(held.Shard, touch, _strings);
        }

        return default;
    }

    /// <inheritdoc/>
    public ValueTask<DataResult> CommitDataAsync(DataCommit commit, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(commit);
        if (commit.Changes.Count > 1 && commit.Changes.DistinctBy(change => change.Key, StringComparer.Ordinal).Count() < commit.Changes.Count)
        {
            throw new ArgumentException("A commit changes each key once.", nameof(commit));
        }

        using var held = Enter(commit.Session.Shard, cancellationToken);
        return new(MemoryDataWrites.Commit(held.Shard, commit));
    }

    /// <inheritdoc/>
    public ValueTask<DataValue?> TakeDataAsync(DataTake take, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(take);
        using var held = Enter(take.Session.Shard, cancellationToken);
        return new(MemoryDataWrites.Take(held.Shard, take));
    }

    /// <inheritdoc/>
    public ValueTask<DuePage> FindDueAsync(byte shard, DueQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Limit, 1, nameof(query));
        using var held = Enter(shard, cancellationToken);
        return new(MemorySweeps.FindDue(held.Shard, query));
    }

    /// <inheritdoc/>
    public ValueTask<int> PurgeAsync(byte shard, DateTimeOffset now, int limit, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        using var held = Enter(shard, cancellationToken);
        return new(MemorySweeps.Purge(held.Shard, now, limit));
    }

    /// <inheritdoc/>
    public ValueTask AppendAsync(EventBatch events, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(events);
        Ready(cancellationToken);
        _log.Append(events);
        return default;
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<LoggedEvent>> ReadAsync(byte shard, long after, int limit, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        Ready(cancellationToken);
        return new(_log.Read(shard, after, limit));
    }

    /// <summary>Refuses calls from now on. Everything in it is gone with the object.</summary>
    public ValueTask DisposeAsync()
    {
        _isDisposed = true;
        return default;
    }

    private MemoryShard.Scope Enter(byte number, CancellationToken cancellationToken) => Shard(number, cancellationToken).Enter();

    private MemoryShard Shard(byte number, CancellationToken cancellationToken)
    {
        Ready(cancellationToken);
        return _shards[number];
    }

    private void Ready(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (_tenant is null)
        {
            throw new InvalidOperationException("The store is not open: call OpenAsync first.");
        }
    }
}
