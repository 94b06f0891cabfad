using System.Collections.Immutable;
using Sojourn.Storage;

namespace Sojourn.Engine;

/// <summary>A change of privilege: what a session may do changes, so its token does, in the same step (rows 17 and 18).</summary>
internal sealed class PrivilegeChanger(SessionEngine engine)
{
    private const int Attempts = 50;

    /// <summary>
    /// The person authenticated again: fresh methods with their time, both deadlines anew (NIST-5.2-3). What was forgotten stays
    /// forgotten: a new password does not bring back a second factor, or a context class, from before.
    /// </summary>
    public ValueTask<PrivilegeResult> StepUpAsync(SessionToken token, IReadOnlyList<string> methods, string? acr, CancellationToken cancellationToken)
        => ChangeAsync(token, SessionEventKind.SteppedUp, EventDetail.Of("methods", methods), (record, now) => new RecordChange
        {
            Token = record.Token,
            Assurance = (record.AuthenticatedAt is null ? SessionAssurance.None : record.Assurance).With(acr, methods, now),
            AuthenticatedAt = now,
            AbsoluteExpiresAt = now + engine.Policies.Times(record).Absolute,
        }, cancellationToken);

    /// <summary>
    /// The claims changed in the session's own request, and with them, if a function for them is given, its extensions;
    /// when and how the person authenticated stays.
    /// </summary>
    public ValueTask<PrivilegeResult> ChangeClaimsAsync(
        SessionToken token, PackedClaims claims, Func<ImmutableArray<byte>, ImmutableArray<byte>>? extensions, CancellationToken cancellationToken)
        => ChangeAsync(token, SessionEventKind.ClaimsChanged, null, (record, _) => new RecordChange
        {
            Token = record.Token,
            Claims = claims,
            Extensions = extensions?.Invoke(record.Extensions),
        }, cancellationToken);

    /// <summary>The person changed a password or a factor in the session's own request; when and how they authenticated stays.</summary>
    public ValueTask<PrivilegeResult> ChangeCredentialsAsync(SessionToken token, CancellationToken cancellationToken)
        => ChangeAsync(token, SessionEventKind.CredentialsChanged, null, static (record, _) => new RecordChange { Token = record.Token }, cancellationToken);

    /// <summary>
    /// The claims were changed from elsewhere: they apply at once, and the token changes with the next response that may
    /// carry one (row 19). False when no such session is running.
    /// </summary>
    public async ValueTask<bool> ChangeClaimsElsewhereAsync(SessionId id, Func<SessionRecord, ValueTask<PackedClaims>> claims, string? actor, CancellationToken cancellationToken)
    {
        await engine.OpenAsync(cancellationToken);
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            if (await engine.Store.FindAsync(id, new SessionRead(Fresh: true), cancellationToken) is not { Record: { IsActive: true } record })
            {
                return false;
            }

            var next = RotationTable.Decide(record.Token, new(RotationEventKind.ClaimsElsewhere, default, engine.Clock.Now, default)).Next!;
            var change = new RecordChange { Token = next, Claims = await claims(record), Announce = true };
            if (await TryAsync(record, change, EventDraft.About(record, SessionEventKind.ClaimsChanged) with { Epoch = next.Epoch, Actor = actor }) is not null)
            {
                return true;
            }
        }

        throw KeptChanging();
    }

    /// <summary>
    /// When the person authenticated no longer counts: at once, and with a new token soon, as for claims that change elsewhere
    /// (row 19). Whoever authenticates while this is under way stays fresh. False for those, and when the session has ended.
    /// </summary>
    public async ValueTask<bool> ForgetAuthenticationAsync(SessionRecord seen, string? actor)
    {
        var record = seen;
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            if (record.AuthenticatedAt is not { } at)
            {
                return true;
            }

            if (at != seen.AuthenticatedAt)
            {
                return false;
            }

            var next = RotationTable.Decide(record.Token, new(RotationEventKind.ClaimsElsewhere, default, engine.Clock.Now, default)).Next!;
            var change = new RecordChange { Token = next, ForgetsAuthentication = true, Announce = true };
            var draft = EventDraft.About(record, SessionEventKind.AuthenticationForgotten) with { Epoch = next.Epoch, Actor = actor };
            if (await TryAsync(record, change, draft) is not null)
            {
                return true;
            }

            if (await engine.Store.FindAsync(record.Id, new SessionRead(Fresh: true)) is not { Record: { IsActive: true } now })
            {
                return false;
            }

            record = now;
        }

        throw KeptChanging();
    }

    private async ValueTask<PrivilegeResult> ChangeAsync(SessionToken token, SessionEventKind kind, string? detail, Func<SessionRecord, DateTimeOffset, RecordChange> change, CancellationToken cancellationToken)
    {
        await engine.OpenAsync(cancellationToken);
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            // A step-up of a session that has just expired, or whose shard was revoked, must not succeed.
            var validation = await engine.Validator.ValidateAsync(token, default, cancellationToken);
            if (validation is not { IsActive: true, Record: { Subject: not null } record })
            {
                return new(validation.IsActive ? SessionOutcome.Unknown : validation.Outcome, validation); // nobody is signed in
            }

            var key = LineageKey.Create();
            var successor = SessionToken.Create(record.Id, key);
            var now = engine.Clock.Now;
            var decision = RotationTable.Decide(record.Token, new(RotationEventKind.Privilege, validation.Token, now, default) { Successor = TokenHash.Of(successor), Key = key });
            if (decision.Next is not { } next)
            {
                return new(decision.Outcome, validation); // 18
            }

            var wanted = change(record, now) with { Token = next, Announce = true };
            if (await TryAsync(record, wanted, EventDraft.About(record, kind) with { Epoch = next.Epoch, Detail = detail }) is { } changed)
            {
                var presented = new PresentedToken(Presented.Current, next.Current);
                return new(SessionOutcome.Active, new(SessionOutcome.Active, changed, presented)) { Token = successor }; // 17
            }
        }

        throw KeptChanging();
    }

    private async ValueTask<SessionRecord?> TryAsync(SessionRecord record, RecordChange change, EventDraft draft)
    {
        var events = engine.Events.Write(engine.Clock.Now, draft);
        var write = engine.Store.ChangeAsync(record.Id, record.Token.Stamp, change, events);
        var result = await engine.Events.WatchAsync(events, write, static result => result.Status == ChangeStatus.Done);
        return result.Status is ChangeStatus.Done or ChangeStatus.AlreadyDone ? result.Record : null;
    }

    private static SessionStoreException KeptChanging() => new("Change", "the session kept changing; nothing was changed, try again", isTransient: true);
}

/// <summary>What became of a change of privilege.</summary>
/// <param name="Outcome">Active: done. Superseded: the request holds a replaced token (409). Else: there is no such session.</param>
/// <param name="Validation">The session as it now stands.</param>
internal readonly record struct PrivilegeResult(SessionOutcome Outcome, SessionValidation Validation)
{
    /// <summary>The new token; null unless the outcome is active.</summary>
    public SessionToken? Token { get; init; }
}
