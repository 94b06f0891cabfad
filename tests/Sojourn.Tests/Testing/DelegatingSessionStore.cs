using Sojourn.Storage;

namespace Sojourn.Tests.Testing;

/// <summary>Passes everything on; a broken store overrides what it breaks.</summary>
internal abstract class DelegatingSessionStore(ISessionStore inner) : ISessionStore, ISessionEventLog
{
    private int _pauses;

    protected ISessionStore Inner { get; } = inner;

    public virtual ISessionFeed Feed => Inner.Feed;

    public virtual ValueTask<StoreIdentity> OpenAsync(StoreOpening opening, CancellationToken cancellationToken)
        => Inner.OpenAsync(opening, cancellationToken);

    public virtual ValueTask<StoreProbe> ProbeAsync(ulong nonce, CancellationToken cancellationToken)
        => Inner.ProbeAsync(nonce, cancellationToken);

    public virtual ValueTask<SessionSnapshot?> FindAsync(SessionId id, SessionRead read, CancellationToken cancellationToken)
        => Inner.FindAsync(id, read, cancellationToken);

    public virtual ValueTask<OwnerSnapshot> ListAsync(SessionOwner owner, SessionListQuery query, CancellationToken cancellationToken)
        => Inner.ListAsync(owner, query, cancellationToken);

    public virtual ValueTask<StartResult> StartAsync(SessionCreation creation, CancellationToken cancellationToken)
        => Inner.StartAsync(creation, cancellationToken);

    public virtual ValueTask<ChangeResult> ChangeAsync(SessionId id, TokenStamp expected, RecordChange change, EventBatch events, CancellationToken cancellationToken)
        => Inner.ChangeAsync(id, expected, change, events, cancellationToken);

    public virtual ValueTask<EndResult> EndAsync(SessionId id, EndGuard guard, SessionEnding ending, EventBatch events, CancellationToken cancellationToken)
        => Inner.EndAsync(id, guard, ending, events, cancellationToken);

    public virtual ValueTask<EndSubjectResult> EndSubjectAsync(SubjectEnd ending, CancellationToken cancellationToken)
        => Inner.EndSubjectAsync(ending, cancellationToken);

    public virtual ValueTask<ShardEndResult> EndShardAsync(byte shard, WriteId write, SessionEndReason reason, EventBatch events, CancellationToken cancellationToken)
        => Inner.EndShardAsync(shard, write, reason, events, cancellationToken);

    public virtual ValueTask TouchAsync(IReadOnlyList<SessionTouch> touches, CancellationToken cancellationToken)
        => Inner.TouchAsync(touches, cancellationToken);

    public virtual ValueTask<DataResult> CommitDataAsync(DataCommit commit, CancellationToken cancellationToken)
        => Inner.CommitDataAsync(commit, cancellationToken);

    public virtual ValueTask<DataValue?> TakeDataAsync(DataTake take, CancellationToken cancellationToken)
        => Inner.TakeDataAsync(take, cancellationToken);

    public virtual ValueTask<DuePage> FindDueAsync(byte shard, DueQuery query, CancellationToken cancellationToken)
        => Inner.FindDueAsync(shard, query, cancellationToken);

    public virtual ValueTask<int> PurgeAsync(byte shard, DateTimeOffset now, int limit, CancellationToken cancellationToken)
        => Inner.PurgeAsync(shard, now, limit, cancellationToken);

    public virtual ValueTask AppendAsync(EventBatch events, CancellationToken cancellationToken)
        => Inner.AppendAsync(events, cancellationToken);

    public virtual ValueTask<IReadOnlyList<LoggedEvent>> ReadAsync(byte shard, long after, int limit, CancellationToken cancellationToken)
        => ((ISessionEventLog)Inner).ReadAsync(shard, after, limit, cancellationToken);

    /// <summary>A store that takes two steps takes a while between them: mostly microseconds, now and then a millisecond.</summary>
    protected void Pause()
    {
        if (Interlocked.Increment(ref _pauses) % 64 == 0)
        {
            Thread.Sleep(1);
        }
        else
        {
            Thread.SpinWait(100);
        }
    }

    public ValueTask DisposeAsync() => Inner.DisposeAsync();
}
