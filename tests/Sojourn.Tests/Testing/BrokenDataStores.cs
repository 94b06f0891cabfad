using System.Collections.Concurrent;
using Sojourn.Storage;
using Sojourn.Testing;

namespace Sojourn.Tests.Testing;

/// <summary>The last write wins, whatever it expected.</summary>
internal sealed class IgnoresSetIf(ISessionStore inner) : DelegatingSessionStore(inner)
{
    public override ValueTask<DataResult> CommitDataAsync(DataCommit commit, CancellationToken cancellationToken)
        => base.CommitDataAsync(commit with { Changes = [.. commit.Changes.Select(Unconditional)] }, cancellationToken);

    public static DataChange Unconditional(DataChange change) => change with { Kind = change.Kind == DataChangeKind.SetIf ? DataChangeKind.Set : change.Kind };
}

/// <summary>Compares versions first and writes afterwards: two may find the version that they expect.</summary>
internal sealed class ComparesThenSets(ISessionStore inner) : DelegatingSessionStore(inner)
{
    public override async ValueTask<DataResult> CommitDataAsync(DataCommit commit, CancellationToken cancellationToken)
    {
        var found = await FindAsync(commit.Session, new(AllData: true), cancellationToken);
        foreach (var change in commit.Changes.Where(change => change.Kind == DataChangeKind.SetIf))
        {
            var current = found?.Data.FirstOrDefault(value => value.Key == change.Key);
            if ((current?.Version ?? 0) != change.ExpectedVersion)
            {
                return new(DataStatus.Conflict, 0, change.Key, current);
            }
        }

        Pause();
        return await base.CommitDataAsync(commit with { Changes = [.. commit.Changes.Select(IgnoresSetIf.Unconditional)] }, cancellationToken);
    }
}

/// <summary>Takes every write for a new one.</summary>
internal sealed class IgnoresWriteIds(ISessionStore inner) : DelegatingSessionStore(inner)
{
    public override ValueTask<EndResult> EndAsync(SessionId id, EndGuard guard, SessionEnding ending, EventBatch events, CancellationToken cancellationToken)
        => base.EndAsync(id, guard, ending with { Write = WriteId.Create() }, events, cancellationToken);

    public override ValueTask<DataResult> CommitDataAsync(DataCommit commit, CancellationToken cancellationToken)
        => base.CommitDataAsync(commit with { Write = WriteId.Create() }, cancellationToken);

    public override ValueTask<DataValue?> TakeDataAsync(DataTake take, CancellationToken cancellationToken)
        => base.TakeDataAsync(take with { Write = WriteId.Create() }, cancellationToken);

    public override ValueTask<EndSubjectResult> EndSubjectAsync(SubjectEnd ending, CancellationToken cancellationToken)
        => base.EndSubjectAsync(ending with { Write = WriteId.Create() }, cancellationToken);

    public override ValueTask<ShardEndResult> EndShardAsync(byte shard, WriteId write, SessionEndReason reason, EventBatch events, CancellationToken cancellationToken)
        => base.EndShardAsync(shard, WriteId.Create(), reason, events, cancellationToken);
}

/// <summary>Reads a value first and removes it afterwards: two may read it.</summary>
internal sealed class ReadsThenRemoves(ISessionStore inner) : DelegatingSessionStore(inner)
{
    public override async ValueTask<DataValue?> TakeDataAsync(DataTake take, CancellationToken cancellationToken)
    {
        var found = await FindAsync(take.Session, new([take.Key]), cancellationToken);
        Pause();
        await base.TakeDataAsync(take, cancellationToken);
        return found?.Data.SingleOrDefault();
    }
}

/// <summary>Keeps the data of ended sessions.</summary>
internal sealed class KeepsDataOfEnded(ISessionStore inner) : DelegatingSessionStore(inner)
{
    private readonly ConcurrentDictionary<SessionId, IReadOnlyList<DataValue>> _data = [];

    public override async ValueTask<SessionSnapshot?> FindAsync(SessionId id, SessionRead read, CancellationToken cancellationToken)
    {
        var found = await base.FindAsync(id, read, cancellationToken);
        return found is { Record.IsActive: false } ended && _data.TryGetValue(id, out var data) ? ended with { Data = data } : found;
    }

    public override async ValueTask<EndResult> EndAsync(SessionId id, EndGuard guard, SessionEnding ending, EventBatch events, CancellationToken cancellationToken)
    {
        _data[id] = (await base.FindAsync(id, new(AllData: true), cancellationToken))?.Data ?? [];
        return await base.EndAsync(id, guard, ending, events, cancellationToken);
    }
}

/// <summary>Changes without telling.</summary>
internal sealed class ForgetsEvents(ISessionStore inner) : DelegatingSessionStore(inner)
{
    public override ValueTask<ChangeResult> ChangeAsync(SessionId id, TokenStamp expected, RecordChange change, EventBatch events, CancellationToken cancellationToken)
        => base.ChangeAsync(id, expected, change, EventBatch.None, cancellationToken);
}

/// <summary>Writes the events first and the change afterwards, if it wins.</summary>
internal sealed class WritesEventsApart(ISessionStore inner) : DelegatingSessionStore(inner)
{
    public override async ValueTask<ChangeResult> ChangeAsync(SessionId id, TokenStamp expected, RecordChange change, EventBatch events, CancellationToken cancellationToken)
    {
        await AppendAsync(events, cancellationToken);
        return await base.ChangeAsync(id, expected, change, EventBatch.None, cancellationToken);
    }
}

/// <summary>Writes the change first and its events afterwards, in whatever order they come.</summary>
internal sealed class WritesEventsAfterwards(ISessionStore inner) : DelegatingSessionStore(inner)
{
    public override async ValueTask<ChangeResult> ChangeAsync(SessionId id, TokenStamp expected, RecordChange change, EventBatch events, CancellationToken cancellationToken)
    {
        var result = await base.ChangeAsync(id, expected, change, EventBatch.None, cancellationToken);
        Pause();
        await AppendAsync(result.Status == ChangeStatus.Done ? events : EventBatch.None, cancellationToken);
        return result;
    }
}

/// <summary>Writes an event again when it comes again.</summary>
internal sealed class RepeatsEvents(ISessionStore inner) : DelegatingSessionStore(inner)
{
    public override ValueTask AppendAsync(EventBatch events, CancellationToken cancellationToken)
        => base.AppendAsync(new([.. events.Events.Select(each => each with { Number = each.Number + Random.Shared.Next(1, 9_999_999) })]), cancellationToken);
}

/// <summary>Tells nobody that a session ended.</summary>
internal sealed class TellsNobody(ISessionStore inner) : DelegatingSessionStore(inner)
{
    public override ISessionFeed Feed => new Muted(Inner.Feed);

    private sealed class Muted(ISessionFeed inner) : ISessionFeed
    {
        public IDisposable Subscribe(Action<FeedMessage> onMessage) => inner.Subscribe(message =>
        {
            if (message.Kind != FeedMessageKind.Ended)
            {
                onMessage(message);
            }
        });
    }
}
