using Sojourn.Storage;

namespace Sojourn.Engine;

/// <summary>Ends all sessions of a subject, or everybody's.</summary>
internal sealed class SubjectRevocation(SessionEngine engine)
{
    /// <summary>No subject has more active sessions than this, whatever its policy says (protocol 3).</summary>
    public const int MaxSessions = 1000;

    private const int Attempts = 100;

    /// <summary>
    /// Ends every running session of a subject but one, in one step, and refuses sign-ins that began before now.
    /// </summary>
    public ValueTask<int> RevokeAsync(string subject, SessionEndReason reason, SessionId? except, string? actor, CancellationToken cancellationToken)
        => EndAsync(subject, reason, record => record.Id != except, static engine => engine.Clock.Now, actor, cancellationToken);

    /// <summary>
    /// Ends those of a subject's running sessions that a rule picks, in one step. Sign-ins that began before
    /// <paramref name="notBefore"/> are refused from then on; null refuses none, and writes nothing when no session is picked.
    /// </summary>
    public ValueTask<int> RevokeSomeAsync(string subject, SessionEndReason reason, Func<SessionRecord, bool> isPicked, DateTimeOffset? notBefore, CancellationToken cancellationToken)
        => EndAsync(subject, reason, isPicked, _ => notBefore, actor: null, cancellationToken);

    /// <summary>
    /// Ends a session that its owner does not know, and all from its device, if that is known. That the owner said so is in
    /// the same step, unless it is known already: a repetition changes nothing. With what ends goes a refusal of sign-ins that
    /// began before, since the stranger may be about to come in again. Where nothing runs any more none is refused: whoever
    /// repeats that could keep the owner out.
    /// </summary>
    public ValueTask<int> EndDisownedAsync(SessionRecord named, string? actor, CancellationToken cancellationToken)
        => EndAsync(
            named.Subject!,
            SessionEndReason.ReportedByOwner,
            record => record.Id == named.Id || (!named.Device.IsUnknown && record.Device == named.Device),
            static engine => engine.Clock.Now,
            actor,
            cancellationToken,
            named);

    /// <summary>
    /// Raises the epoch of every shard, then ends the sessions themselves in batches. Acknowledged when every shard is
    /// done; the same operation id goes on where an interrupted call stopped.
    /// </summary>
    public async ValueTask RevokeEverybodyAsync(SessionEndReason reason, string? actor, WriteId operation, CancellationToken cancellationToken)
    {
        await engine.OpenAsync(cancellationToken);
        for (var shard = 0; shard <= byte.MaxValue; shard++)
        {
            var events = engine.Events.Write(engine.Clock.Now, new EventDraft(SessionEventKind.ShardEnded, (byte)shard) { Reason = reason, Actor = actor });
            var result = await engine.Store.EndShardAsync((byte)shard, operation, reason, events, CancellationToken.None);
            if (!result.Raised)
            {
                engine.Events.Void(events);
            }
        }

        engine.Sweeper.SweepSoon();
    }

    private async ValueTask<int> EndAsync(
        string subject, SessionEndReason reason, Func<SessionRecord, bool> isPicked, Func<SessionEngine, DateTimeOffset?> notBefore, string? actor, CancellationToken cancellationToken,
        SessionRecord? disowned = null)
    {
        await engine.OpenAsync(cancellationToken);
        var owner = engine.OwnerOf(subject);
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var list = await engine.Store.ListAsync(owner, new SessionListQuery(MaxSessions), cancellationToken);
            var now = engine.Clock.Now;
            var victims = list.Records.Where(isPicked).ToArray();
            var refuseBefore = victims.Length == 0 && disowned is not null ? null : notBefore(engine);
            if (victims.Length == 0 && (disowned is null ? refuseBefore is null : await IsReportedAsync(disowned.Id, cancellationToken)))
            {
                return 0;
            }

            EventDraft[] drafts =
            [
                disowned is not null ? SessionDisowner.Draft(disowned, actor) : new EventDraft(SessionEventKind.SubjectRevoked, owner.Shard) { Reason = reason, Subject = subject, Actor = actor },
                .. victims.Select(victim => SessionEnder.Draft(victim, reason, actor: actor)),
            ];
            var events = engine.Events.Write(now, drafts);
            var end = engine.Store.EndSubjectAsync(
                new SubjectEnd
                {
                    Owner = owner,
                    Write = WriteId.Create(),
                    OwnerVersion = list.Version,
                    Ends = [.. victims.Select(victim => new SessionEnd(victim.Id, engine.Ender.Ending(victim, reason, now)))],
                    NotBefore = refuseBefore,
                    Events = events,
                },
                CancellationToken.None);
            var result = await engine.Events.WatchAsync(events, end, static result => result.Status == EndSubjectStatus.Done);
            if (result.Status == EndSubjectStatus.Done)
            {
                return result.Ended;
            }
        }

        throw new SessionStoreException("EndSubject", "the subject's sessions kept changing; nothing was ended, try again", isTransient: true);
    }

    /// <summary>Whether that was said already; asked behind the list, so that of two clicks at once only one is recorded.</summary>
    private async ValueTask<bool> IsReportedAsync(SessionId id, CancellationToken cancellationToken)
        => await engine.Store.FindAsync(id, new SessionRead(Fresh: true), cancellationToken) is { Record.Ending.Reason: SessionEndReason.ReportedByOwner };
}
