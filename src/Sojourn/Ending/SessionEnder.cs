using Sojourn.Storage;

namespace Sojourn.Engine;

/// <summary>Ends one session, for one reason, with its event in the same step.</summary>
internal sealed class SessionEnder(SessionEngine engine)
{
    /// <summary>How long a visitor's sealed data waits for the sign-in that claims it (protocol 3).</summary>
    public static readonly TimeSpan SealFor = TimeSpan.FromMinutes(5);

    public async ValueTask<EndResult> EndAsync(SessionRecord record, SessionEndReason reason, EndGuard guard = default, string? heir = null, string? actor = null, string? finding = null, SessionClient? client = null)
    {
        var now = engine.Clock.Now;
        var events = engine.Events.Write(now, Draft(record, reason, finding, actor, client));
        var end = engine.Store.EndAsync(record.Id, guard, Ending(record, reason, now, heir), events);
        return await engine.Events.WatchAsync(events, end, static result => result.Status == EndStatus.Ended);
    }

    /// <summary>Ends a session by its handle; false when there is none, or none that is running.</summary>
    public async ValueTask<bool> EndAsync(SessionId id, SessionEndReason reason, string? actor, CancellationToken cancellationToken)
    {
        await engine.OpenAsync(cancellationToken);
        var found = await engine.Store.FindAsync(id, new SessionRead(Fresh: true), cancellationToken);
        return found is { Record.IsActive: true } snapshot && (await EndAsync(snapshot.Record, reason, actor: actor)).Status == EndStatus.Ended;
    }

    /// <summary>An ending as the policy wants it kept: a subject's as history, a visitor's not at all (but its sealed data).</summary>
    public SessionEnding Ending(SessionRecord record, SessionEndReason reason, DateTimeOffset now, string? heir = null)
    {
        DateTimeOffset? seal = heir is null ? null : now + SealFor;
        var history = record.Subject is null ? TimeSpan.Zero : engine.Policies.Of(record).History;
        var keep = now + history;
        return new() { Reason = reason, Write = WriteId.Create(), At = now, KeepUntil = seal > keep ? seal.Value : keep, KeepDataUntil = seal, Heir = heir };
    }

    public static EventDraft Draft(SessionRecord record, SessionEndReason reason, string? finding = null, string? actor = null, SessionClient? client = null)
        => EventDraft.About(record, SessionEventKind.Ended, client) with { Reason = reason, Detail = finding is null ? null : EventDetail.Of("finding", finding), Actor = actor };
}
