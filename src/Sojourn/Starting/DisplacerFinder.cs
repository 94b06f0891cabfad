using Sojourn.Storage;

namespace Sojourn.Engine;

/// <summary>
/// Finds the sign-in for which a session had to make room. Nothing is kept for that: it is the subject's session that
/// started at that moment. Asked for only when somebody shows the token of a session that ended so.
/// </summary>
internal sealed class DisplacerFinder(SessionEngine engine)
{
    /// <summary>Few: with two candidates nobody is named, and a client that polls asks with every 401.</summary>
    private const int Most = 10;

    /// <summary>A start takes its time, then lists and chooses; it may have to do that again.</summary>
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Where that was. Null when the session did not end so, nothing is known of the other one any more, or the store fails:
    /// that the session has ended is right all the same.
    /// </summary>
    public async ValueTask<OtherSignIn?> FindAsync(SessionRecord record, CancellationToken cancellationToken)
    {
        try
        {
            if (record.IsActive && await engine.Store.FindAsync(record.Id, new SessionRead(Fresh: true), cancellationToken) is { } found)
            {
                record = found.Record; // it ended while its request ran
            }

            return record is { Subject: { } subject, Ending: { Reason: SessionEndReason.LimitReached, At: var at } }
                && await FindAsync(engine.OwnerOf(subject), record.Id, at, cancellationToken) is { } displacer ? OtherSignIn.Of(displacer) : null;
        }
        catch (SessionStoreException fault)
        {
            SojournLog.DisplacerUnknown(engine.Logger, record.Id, fault);
            return null;
        }
    }

    /// <summary>
    /// It nearly always still runs; else it is among the ended ones, newest start first. Of two that started then nobody can
    /// tell which it was, and a wrong one would frighten, or calm.
    /// </summary>
    private async ValueTask<SessionRecord?> FindAsync(SessionOwner owner, SessionId displaced, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var running = await engine.Store.ListAsync(owner, new(Most, After: new(at - Moment, default)), cancellationToken);
        var found = running.Records.Where(each => each.StartedAt <= at).Take(2).ToList();
        if (found.Count > 1)
        {
            return null;
        }

        var ended = await engine.Store.ListAsync(owner, new(Most, Ended: true, After: new(at + TimeSpan.FromMilliseconds(1), default)), cancellationToken);
        found.AddRange(ended.Records.Where(each => each.Id != displaced && each.StartedAt <= at && each.StartedAt >= at - Moment && each.Ending!.At >= at));
        return found is [var only] ? only : null;
    }
}
