using Sojourn;
using Sojourn.Storage;

namespace Peers.Contestants;

/// <summary>
/// Counts the calls of Sojourn's engine. What the background does (opening, sweeping, probing) is not a request's and is
/// left out; the buffered touches of many requests are one write.
/// </summary>
internal sealed class CountingSessionStore(ISessionStore inner, StoreCalls calls) : ISessionStore
{
    public ISessionFeed Feed => inner.Feed;

    public ValueTask<StoreIdentity> OpenAsync(StoreOpening opening, CancellationToken cancellationToken = default)
        => inner.OpenAsync(opening, cancellationToken);

    public ValueTask<StoreProbe> ProbeAsync(ulong nonce, CancellationToken cancellationToken = default)
        => inner.ProbeAsync(nonce, cancellationToken);

    public ValueTask<SessionSnapshot?> FindAsync(SessionId id, SessionRead read, CancellationToken cancellationToken = default)
        => Read(inner.FindAsync(id, read, cancellationToken));

    public ValueTask<OwnerSnapshot> ListAsync(SessionOwner owner, SessionListQuery query, CancellationToken cancellationToken = default)
        => Read(inner.ListAsync(owner, query, cancellationToken));

    public ValueTask<StartResult> StartAsync(SessionCreation creation, CancellationToken cancellationToken = default)
        => Write(inner.StartAsync(creation, cancellationToken));

    public ValueTask<ChangeResult> ChangeAsync(SessionId id, TokenStamp expected, RecordChange change, EventBatch events, CancellationToken cancellationToken = default)
        => Write(inner.ChangeAsync(id, expected, change, events, cancellationToken));

    public ValueTask<EndResult> EndAsync(SessionId id, EndGuard guard, SessionEnding ending, EventBatch events, CancellationToken cancellationToken = default)
        => Write(inner.EndAsync(id, guard, ending, events, cancellationToken));

    public ValueTask<EndSubjectResult> EndSubjectAsync(SubjectEnd ending, CancellationToken cancellationToken = default)
        => Write(inner.EndSubjectAsync(ending, cancellationToken));

    public ValueTask<ShardEndResult> EndShardAsync(byte shard, WriteId write, SessionEndReason reason, EventBatch events, CancellationToken cancellationToken = default)
        => Write(inner.EndShardAsync(shard, write, reason, events, cancellationToken));

    public ValueTask TouchAsync(IReadOnlyList<SessionTouch> touches, CancellationToken cancellationToken = default)
    {
        calls.Write();
        return inner.TouchAsync(touches, cancellationToken);
    }

    public ValueTask<DataResult> CommitDataAsync(DataCommit commit, CancellationToken cancellationToken = default)
        => Write(inner.CommitDataAsync(commit, cancellationToken));

    public ValueTask<DataValue?> TakeDataAsync(DataTake take, CancellationToken cancellationToken = default)
        => Write(inner.TakeDataAsync(take, cancellationToken));

    public ValueTask<DuePage> FindDueAsync(byte shard, DueQuery query, CancellationToken cancellationToken = default)
        => inner.FindDueAsync(shard, query, cancellationToken);

    public ValueTask<int> PurgeAsync(byte shard, DateTimeOffset now, int limit, CancellationToken cancellationToken = default)
        => inner.PurgeAsync(shard, now, limit, cancellationToken);

    public ValueTask AppendAsync(EventBatch events, CancellationToken cancellationToken = default)
    {
        calls.Write();
        return inner.AppendAsync(events, cancellationToken);
    }

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private ValueTask<T> Read<T>(ValueTask<T> call)
    {
        calls.Read();
        return call;
    }

    private ValueTask<T> Write<T>(ValueTask<T> call)
    {
        calls.Write();
        return call;
    }
}
