using System.Runtime.ExceptionServices;
using Sojourn.Storage;

namespace Sojourn.Engine;

/// <summary>
/// "This wasn't me": first the stranger goes, with everything from the stranger's device; then the person's other sessions
/// ask for a new authentication before anything sensitive (NIST-5.3-2). Whatever fails half way, the ends stand.
/// </summary>
internal sealed class SessionDisowner(SessionEngine engine)
{
    public async ValueTask<SessionDisownResult> DisownAsync(SessionId id, SessionId? by, string? actor, CancellationToken cancellationToken)
    {
        await engine.OpenAsync(cancellationToken);
        if (await engine.Store.FindAsync(id, new SessionRead(Fresh: true), cancellationToken) is not { Record: var named })
        {
            return default;
        }

        if (by is { } caller && !await IsOfAsync(caller, named.Subject, cancellationToken))
        {
            return default;
        }

        if (named.Subject is not { } subject)
        {
            return new(await EndVisitAsync(named, actor) ? 1 : 0, 0);
        }

        var ended = await engine.Subjects.EndDisownedAsync(named, actor, cancellationToken);

        // From here on nobody's patience counts: half of it would leave a stranger fresh who is signed in elsewhere.
        return new(ended, await ForgetInOthersAsync(subject, by, actor));
    }

    /// <summary>What was said, about the session of which it was said.</summary>
    public static EventDraft Draft(SessionRecord record, string? actor)
        => EventDraft.About(record, SessionEventKind.Disowned) with { Reason = SessionEndReason.ReportedByOwner, Actor = actor };

    /// <summary>Nobody speaks for somebody else, should an application forget to look.</summary>
    private async ValueTask<bool> IsOfAsync(SessionId by, string? subject, CancellationToken cancellationToken)
        => subject is not null && await engine.Store.FindAsync(by, new SessionRead(Fresh: true), cancellationToken) is { Record.Subject: { } owner } && owner == subject;

    private async ValueTask<bool> EndVisitAsync(SessionRecord record, string? actor)
    {
        if (!record.IsActive)
        {
            return false;
        }

        var now = engine.Clock.Now;
        var events = engine.Events.Write(now, Draft(record, actor), SessionEnder.Draft(record, SessionEndReason.ReportedByOwner, actor: actor));
        var end = engine.Store.EndAsync(record.Id, default, engine.Ender.Ending(record, SessionEndReason.ReportedByOwner, now), events);
        return (await engine.Events.WatchAsync(events, end, static result => result.Status == EndStatus.Ended)).Status == EndStatus.Ended;
    }

    private async ValueTask<int> ForgetInOthersAsync(string subject, SessionId? by, string? actor)
    {
        var list = await engine.Store.ListAsync(engine.OwnerOf(subject), new SessionListQuery(SubjectRevocation.MaxSessions));
        var stale = 0;
        SessionStoreException? first = null;
        foreach (var record in list.Records)
        {
            try
            {
                stale += record.Id != by && await engine.Privileges.ForgetAuthenticationAsync(record, actor) ? 1 : 0;
            }
            catch (SessionStoreException fault)
            {
                first ??= fault; // one that fails keeps none of the others fresh
            }
        }

        if (first is not null)
        {
            ExceptionDispatchInfo.Throw(first);
        }

        return stale;
    }
}
