using Sojourn.Storage;

namespace Sojourn.Engine;

/// <summary>
/// Token in, outcome out. What a running session with its current token needs is decided without waiting; every other
/// way takes a fresh read, acts once by compare-and-set, and decides again when it lost.
/// </summary>
internal sealed class SessionValidator(SessionEngine engine)
{
    private const int Attempts = 3;

    /// <summary>Ends are repeated until they win or the token is something else; a store that never lets one is at fault.</summary>
    private const int EndAttempts = 50;

    public ValueTask<SessionValidation> ValidateAsync(SessionToken token, SessionAccess access, CancellationToken cancellationToken)
    {
        if (engine.IsOpen && engine.Clock.IsUsable)
        {
            var find = engine.Store.FindAsync(token.Id, default, cancellationToken);
            if (!find.IsCompletedSuccessfully)
            {
                return AfterReadAsync(find, token, access, cancellationToken);
            }

            var snapshot = find.GetAwaiter().GetResult();
            var now = engine.Clock.Now;
            if (TryDecide(snapshot, token, now, out var validation))
            {
                var touch = TouchAsync(validation, access, now);
                return touch.IsCompletedSuccessfully ? new(validation) : AfterTouchAsync(touch, validation);
            }
        }

        return WithStepsAsync(token, access, cancellationToken);
    }

    private async ValueTask<SessionValidation> AfterReadAsync(ValueTask<SessionSnapshot?> find, SessionToken token, SessionAccess access, CancellationToken cancellationToken)
    {
        var snapshot = await find;
        var now = engine.Clock.Now;
        if (!TryDecide(snapshot, token, now, out var validation))
        {
            return await WithStepsAsync(token, access, cancellationToken);
        }

        await TouchAsync(validation, access, now);
        return validation;
    }

    private static async ValueTask<SessionValidation> AfterTouchAsync(ValueTask touch, SessionValidation validation)
    {
        await touch;
        return validation;
    }

    /// <summary>The outcomes that need no store step: rows 1, 10, 11, 13 to 16, 26, 27 and 29.</summary>
    private bool TryDecide(SessionSnapshot? found, in SessionToken token, DateTimeOffset now, out SessionValidation validation)
    {
        validation = new(SessionOutcome.Unknown);
        if (found is not { } snapshot)
        {
            return true; // 29
        }

        var record = snapshot.Record;
        RequireSameSession(record, token);
        var policy = engine.Policies.Of(record);
        var times = PolicyBook.Times(policy, record.Subject, record.IsPersistent);
        var (presented, decision) = Decide(record, token, policy, times, now);
        if (record.IsActive && presented.IsGenuine && presented.Kind != Presented.Dead
            && (record.ShardEpoch < snapshot.ShardEpoch || SessionLifetime.Judge(record, times, record.LastSeenAt, now) != SessionEndReason.None))
        {
            return false; // 24, 25
        }

        if (decision.Next is not null || decision.EndsAsReplay)
        {
            return false; // 7, 12
        }

        if (decision.Finding is { } finding)
        {
            engine.Findings.Note(finding, record, now); // 11, 13, 15
        }

        validation = presented.IsGenuine ? new(decision.Outcome, record, presented, decision.IsSuperseded) : new(decision.Outcome);
        return true;
    }

    /// <summary>The outcomes with a store step: promotion (7), replay (12), deadlines (24), newer shard epoch (25).</summary>
    private async ValueTask<SessionValidation> WithStepsAsync(SessionToken token, SessionAccess access, CancellationToken cancellationToken)
    {
        await engine.OpenAsync(cancellationToken);
        engine.Clock.RequireUsable();
        var losses = 0;
        for (var attempt = 0; attempt < EndAttempts && losses < Attempts; attempt++)
        {
            var found = await engine.Store.FindAsync(token.Id, new SessionRead(Fresh: true), cancellationToken);
            var now = engine.Clock.Now;
            if (!TryDecide(found, token, now, out var validation))
            {
                var record = found!.Value.Record;
                var end = await TryEndAsync(found.Value, token, now);
                if (end.Validation is { } ended)
                {
                    return ended;
                }

                if (end.IsDue)
                {
                    continue; // somebody else ended it, or it changed: what it is now decides (rows 8, 12, 24, 25)
                }

                var (presented, decision) = Decide(record, token, now);
                if (decision.Next is { } next)
                {
                    if (await PromoteAsync(record, next) is not { } promoted)
                    {
                        losses++; // 8
                        continue;
                    }

                    record = promoted;
                    presented = promoted.Token.Current == presented.Hash ? presented with { Kind = Presented.Current } : presented;
                }

                validation = new(decision.Outcome, record, presented, decision.IsSuperseded);
            }

            await TouchAsync(validation, access, engine.Clock.Now);
            return validation;
        }

        throw new SessionStoreException("Validate", "the session kept changing; try again", isTransient: true);
    }

    /// <summary>
    /// Rows 12, 24 and 25: whether the session has to end, and the validation if it was ended here. Due without one means
    /// that the end was lost, and the record that was read says nothing any more.
    /// </summary>
    private async ValueTask<(bool IsDue, SessionValidation? Validation)> TryEndAsync(SessionSnapshot snapshot, SessionToken token, DateTimeOffset now)
    {
        var record = snapshot.Record;
        var (presented, decision) = Decide(record, token, now);
        var reason = record.ShardEpoch < snapshot.ShardEpoch ? snapshot.ShardEndReason : await JudgeAsync(record, now);
        if (reason != SessionEndReason.None)
        {
            // Neither a touch nor a step-up, which extends both deadlines, may be overtaken by an end that did not see it.
            var guard = reason is SessionEndReason.Idle or SessionEndReason.Absolute ? new EndGuard(record.LastSeenAt, record.Token.Stamp) : default;
            var end = await engine.Ender.EndAsync(record, reason, guard);
            return (true, end.Status == EndStatus.Ended ? new SessionValidation(SessionOutcome.Ended, end.Record ?? record, presented) : null);
        }

        if (decision.EndsAsReplay)
        {
            var end = await engine.Ender.EndAsync(record, SessionEndReason.TokenReplay, new EndGuard(Token: record.Token.Stamp), finding: decision.Finding);
            if (end.Status != EndStatus.Ended)
            {
                return (true, null);
            }

            SojournLog.Replayed(engine.Logger, record.Id);
            return (true, new SessionValidation(SessionOutcome.Replayed, end.Record ?? record, presented));
        }

        return default;
    }

    private (PresentedToken Presented, RotationDecision Decision) Decide(SessionRecord record, in SessionToken token, DateTimeOffset now)
    {
        var policy = engine.Policies.Of(record);
        return Decide(record, token, policy, PolicyBook.Times(policy, record.Subject, record.IsPersistent), now);
    }

    private (PresentedToken Presented, RotationDecision Decision) Decide(
        SessionRecord record, in SessionToken token, SessionPolicy policy, SessionTimeouts times, DateTimeOffset now)
    {
        var rules = RotationRules.Of(policy, times, record.Subject is null);
        var presented = PresentedToken.Classify(record.Token, token, rules, now);
        var e = new RotationEvent(RotationEventKind.Presented, presented, now, rules) { IsActive = record.IsActive, ClockTrusted = engine.Clock.IsTrusted };
        return (presented, RotationTable.Decide(record.Token, e));
    }

    /// <summary>
    /// Whether the session is over by time. Activity that this node has not yet written counts, and is written first;
    /// with a clock that cannot be trusted nothing ends by time.
    /// </summary>
    private async ValueTask<SessionEndReason> JudgeAsync(SessionRecord record, DateTimeOffset now)
    {
        if (!engine.Clock.IsTrusted)
        {
            return SessionEndReason.None;
        }

        var lastSeen = engine.Touches.LastSeen(record);
        var reason = SessionLifetime.Judge(record, engine.Policies.Times(record), lastSeen, now);
        if (reason == SessionEndReason.None)
        {
            await engine.Touches.FlushAsync(record.Id);
        }

        return reason;
    }

    /// <summary>Row 7 and, when the store cannot write, row 9. Null: another request changed the state first.</summary>
    private async ValueTask<SessionRecord?> PromoteAsync(SessionRecord record, TokenState next)
    {
        var change = new RecordChange { Token = next };
        var events = engine.Events.Write(engine.Clock.Now, EventDraft.About(record, SessionEventKind.Rotated) with { Epoch = next.Epoch });
        try
        {
            var write = engine.Store.ChangeAsync(record.Id, record.Token.Stamp, change, events, CancellationToken.None);
            var result = await engine.Events.WatchAsync(events, write, static result => result.Status == ChangeStatus.Done);
            return result.Status is ChangeStatus.Done or ChangeStatus.AlreadyDone ? result.Record : null;
        }
        catch (SessionStoreException fault) when (fault.IsTransient)
        {
            SojournLog.PromotionPutOff(engine.Logger, record.Id, fault);
            return record;
        }
    }

    private ValueTask TouchAsync(in SessionValidation validation, SessionAccess access, DateTimeOffset now)
        => validation.IsActive && !access.IsPassive ? engine.Touches.NoteAsync(validation.Record!, access.Client, now) : default;

    /// <summary>Protocol 6: every answer repeats the id, and another one is a fault, never a session.</summary>
    private static void RequireSameSession(SessionRecord record, in SessionToken token)
    {
        if (record.Id != token.Id)
        {
            throw new SessionStoreException("Find", "the store answered with another session than the one asked for; its connection must not be used", isTransient: false);
        }
    }
}
