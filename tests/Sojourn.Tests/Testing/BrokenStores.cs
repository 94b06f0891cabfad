using System.Collections.Concurrent;
using Sojourn.Storage;
using Sojourn.Testing;

namespace Sojourn.Tests.Testing;

/// <summary>A touch of an ended session makes it active again, as a session that is written back whole would be.</summary>
internal sealed class ResurrectsOnTouch(ISessionStore inner) : DelegatingSessionStore(inner)
{
    private readonly ConcurrentDictionary<SessionId, bool> _revived = [];

    public override ValueTask TouchAsync(IReadOnlyList<SessionTouch> touches, CancellationToken cancellationToken)
    {
        foreach (var touch in touches)
        {
            _revived[touch.Id] = true;
        }

        return base.TouchAsync(touches, cancellationToken);
    }

    public override async ValueTask<SessionSnapshot?> FindAsync(SessionId id, SessionRead read, CancellationToken cancellationToken)
        => await base.FindAsync(id, read, cancellationToken) is { } found
            ? _revived.ContainsKey(id) ? found with { Record = found.Record with { Ending = null } } : found
            : null;
}

/// <summary>A touch behind the deadline counts as one at the deadline.</summary>
internal sealed class RevivesBehindDeadline(ISessionStore inner) : DelegatingSessionStore(inner)
{
    public override async ValueTask TouchAsync(IReadOnlyList<SessionTouch> touches, CancellationToken cancellationToken)
    {
        List<SessionTouch> kind = [];
        foreach (var touch in touches)
        {
            var deadline = (await FindAsync(touch.Id, default, cancellationToken))?.Record.ExpiresAt ?? touch.At;
            kind.Add(touch with { At = touch.At < deadline ? touch.At : deadline });
        }

        await base.TouchAsync(kind, cancellationToken);
    }
}

/// <summary>A change inserts what it does not find.</summary>
internal sealed class UpsertsOnChange(ISessionStore inner) : DelegatingSessionStore(inner)
{
    public override async ValueTask<ChangeResult> ChangeAsync(SessionId id, TokenStamp expected, RecordChange change, EventBatch events, CancellationToken cancellationToken)
    {
        var result = await base.ChangeAsync(id, expected, change, events, cancellationToken);
        if (result.Status != ChangeStatus.Missing)
        {
            return result;
        }

        var record = Make.Record("any", new("ada", id.Shard), Trial.Noon) with { Id = id, Token = change.Token };
        await Inner.StartAsync(new() { Record = record, AuthenticationBegan = Trial.Noon, Limit = 100, Events = events }, cancellationToken);
        return new(ChangeStatus.Done, record);
    }
}

/// <summary>A change compares the lineage and lets any epoch pass.</summary>
internal sealed class ComparesLineageOnly(ISessionStore inner) : DelegatingSessionStore(inner)
{
    public override async ValueTask<ChangeResult> ChangeAsync(SessionId id, TokenStamp expected, RecordChange change, EventBatch events, CancellationToken cancellationToken)
    {
        while (true)
        {
            var found = await FindAsync(id, default, cancellationToken);
            var epoch = found?.Record.Token.Epoch ?? expected.Epoch;
            var result = await base.ChangeAsync(id, expected with { Epoch = epoch }, change, events, cancellationToken);
            if (result.Status != ChangeStatus.Lost || result.Record!.Token.Lineage != expected.Lineage)
            {
                return result;
            }
        }
    }
}

/// <summary>A change that forgets the authentication leaves it.</summary>
internal sealed class RemembersAuthentication(ISessionStore inner) : DelegatingSessionStore(inner)
{
    public override ValueTask<ChangeResult> ChangeAsync(SessionId id, TokenStamp expected, RecordChange change, EventBatch events, CancellationToken cancellationToken)
        => base.ChangeAsync(id, expected, change with { ForgetsAuthentication = false, AuthenticatedAt = change.ForgetsAuthentication ? null : change.AuthenticatedAt }, events, cancellationToken);
}

/// <summary>A change loses when the session was touched since, as one that compares a whole record would.</summary>
internal sealed class LosesToTouches(ISessionStore inner) : DelegatingSessionStore(inner)
{
    public override async ValueTask<ChangeResult> ChangeAsync(SessionId id, TokenStamp expected, RecordChange change, EventBatch events, CancellationToken cancellationToken)
        => await FindAsync(id, default, cancellationToken) is { Record: var record } && record.LastSeenAt > record.StartedAt
            ? new(ChangeStatus.Lost, record)
            : await base.ChangeAsync(id, expected, change, events, cancellationToken);
}

/// <summary>Looks whether a session is active, and only then ends it: two may find it active.</summary>
internal sealed class ChecksThenEnds(ISessionStore inner) : DelegatingSessionStore(inner)
{
    public override async ValueTask<EndResult> EndAsync(SessionId id, EndGuard guard, SessionEnding ending, EventBatch events, CancellationToken cancellationToken)
    {
        var found = await FindAsync(id, default, cancellationToken);
        Pause();
        var result = await base.EndAsync(id, guard, ending, events, cancellationToken);
        return found is { Record.IsActive: true } && result.Status == EndStatus.AlreadyEnded ? result with { Status = EndStatus.Ended } : result;
    }
}

/// <summary>Reads the record first and the data after it.</summary>
internal sealed class ReadsInTwoSteps(ISessionStore inner) : DelegatingSessionStore(inner)
{
    public override async ValueTask<SessionSnapshot?> FindAsync(SessionId id, SessionRead read, CancellationToken cancellationToken)
    {
        var record = await base.FindAsync(id, default, cancellationToken);
        Pause();
        var data = await base.FindAsync(id, read, cancellationToken);
        return record is { } found ? found with { Data = data!.Value.Data } : null;
    }
}

/// <summary>Answers with what the call before asked for, as a connection whose replies are out of step does.</summary>
internal sealed class MixesUpReplies(ISessionStore inner) : DelegatingSessionStore(inner)
{
    private SessionSnapshot? _last;

    public override async ValueTask<SessionSnapshot?> FindAsync(SessionId id, SessionRead read, CancellationToken cancellationToken)
    {
        var found = await base.FindAsync(id, read, cancellationToken);
        var reply = _last ?? found;
        _last = found;
        return reply;
    }
}

/// <summary>Gives out the list that it keeps.</summary>
internal sealed class SharesItsLists(ISessionStore inner) : DelegatingSessionStore(inner)
{
    private readonly ConcurrentDictionary<SessionId, List<DataValue>> _lists = [];

    public override async ValueTask<SessionSnapshot?> FindAsync(SessionId id, SessionRead read, CancellationToken cancellationToken)
        => await base.FindAsync(id, read, cancellationToken) is { } found ? found with { Data = _lists.GetOrAdd(id, _ => [.. found.Data]) } : null;
}

/// <summary>Hides sessions that have expired by its own clock.</summary>
internal sealed class HasAClock(ISessionStore inner) : DelegatingSessionStore(inner)
{
    public override async ValueTask<SessionSnapshot?> FindAsync(SessionId id, SessionRead read, CancellationToken cancellationToken)
        => await base.FindAsync(id, read, cancellationToken) is { } found && found.Record.AbsoluteExpiresAt.AddDays(400) > TimeProvider.System.GetUtcNow() ? found : null;
}
