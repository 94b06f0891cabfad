using System.Security.Claims;
using Sojourn.Engine;
using Sojourn.Storage;

namespace Sojourn;

/// <summary>
/// Sessions outside a request, and for servers without ASP.NET Core: it takes and returns tokens, and writes no cookie.
/// One per store and tenant; all methods may be called in parallel.
/// </summary>
public sealed class SessionManager
{
    private readonly SessionEngine _engine;

    internal SessionManager(SessionEngine engine) => _engine = engine;

    /// <summary>Starts a session.</summary>
    /// <exception cref="ArgumentException">The policy is unknown, or the claims do not fit.</exception>
    /// <exception cref="SessionStoreException">The store failed; nothing was started, or it is safe to repeat.</exception>
    public ValueTask<SessionStartResult> StartAsync(SessionStart start, CancellationToken cancellationToken = default)
        => _engine.Starter.StartAsync(start, cancellationToken);

    /// <summary>
    /// Validates a token: at most one store read, and no allocation when the store answers from memory. A good token
    /// counts as activity unless <paramref name="access"/> says otherwise.
    /// </summary>
    /// <exception cref="SessionStoreException">The store failed. That is neither signed in nor signed out: answer 503.</exception>
    public ValueTask<SessionValidation> ValidateAsync(SessionToken token, SessionAccess access = default, CancellationToken cancellationToken = default)
        => _engine.Validator.ValidateAsync(token, access, cancellationToken);

    /// <summary>
    /// Notes activity in a session that is known to be in use without a request, such as a call over a socket. False
    /// when it is not running.
    /// </summary>
    public async ValueTask<bool> TouchAsync(SessionId id, CancellationToken cancellationToken = default)
    {
        await _engine.OpenAsync(cancellationToken);
        if (await _engine.Store.FindAsync(id, default, cancellationToken) is not { } found || !_engine.IsRunning(found))
        {
            return false;
        }

        await _engine.Touches.NoteAsync(found.Record, client: null, _engine.Clock.Now);
        return true;
    }

    /// <summary>
    /// Makes a successor of a client's token. The current one stays good until the successor is first presented, so a lost
    /// answer signs nobody out. Null when the token does not serve, a successor is on its way, or the last rotation is younger
    /// than the late band.
    /// </summary>
    public async ValueTask<SessionToken?> RotateAsync(SessionToken token, CancellationToken cancellationToken = default)
    {
        var validation = await _engine.Validator.ValidateAsync(token, default, cancellationToken);
        return await _engine.Rotator.DeliverAsync(validation, isEligible: true, onDemand: true);
    }

    /// <summary>
    /// Notes that the person has just authenticated again; returns the new token, and the old one is dead. Null when the
    /// token does not serve, or has been replaced.
    /// </summary>
    /// <param name="token">The client's token.</param>
    /// <param name="methods">The methods that succeeded, as in RFC 8176.</param>
    /// <param name="acr">The authentication context class now reached; null leaves it.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    public async ValueTask<SessionToken?> StepUpAsync(SessionToken token, IReadOnlyList<string> methods, string? acr = null, CancellationToken cancellationToken = default)
        => (await _engine.Privileges.StepUpAsync(token, methods, acr, cancellationToken)).Token;

    /// <summary>Replaces the claims of a running session: they apply at once, and its token changes soon. False when there is none.</summary>
    public ValueTask<bool> ReplaceClaimsAsync(SessionId id, ClaimsPrincipal principal, string? actor = null, CancellationToken cancellationToken = default)
        => _engine.Privileges.ChangeClaimsElsewhereAsync(id, record => new(ClaimsPacker.Pack(principal, record.Subject)), actor, cancellationToken);

    /// <summary>
    /// Makes the claims anew in all running sessions of a subject, after a role or a right changed: they apply at once
    /// (ASVS-8.3.2), and the tokens change soon. A sign-in that is under way meanwhile keeps the claims it came with.
    /// </summary>
    /// <param name="subject">The subject.</param>
    /// <param name="refresh">
    /// Makes a session's new principal of its present one, so that what only this session knows can stay. Ask the user's
    /// database in it: it runs once for each session, and again when a session changed meanwhile, so the newest rights win.
    /// </param>
    /// <param name="actor">Who did it, for the audit log, when that is not the subject.</param>
    /// <param name="cancellationToken">Stops between two sessions.</param>
    /// <returns>How many sessions changed.</returns>
    /// <exception cref="ArgumentException">The claims are too large.</exception>
    /// <exception cref="SessionStoreException">The store failed; some may have changed. It is safe to repeat.</exception>
    public async ValueTask<int> RefreshClaimsAsync(
        string subject, Func<ClaimsPrincipal, CancellationToken, ValueTask<ClaimsPrincipal>> refresh, string? actor = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(subject);
        ArgumentNullException.ThrowIfNull(refresh);
        await _engine.OpenAsync(cancellationToken);
        var list = await _engine.Store.ListAsync(_engine.OwnerOf(subject), new SessionListQuery(SubjectRevocation.MaxSessions), cancellationToken);
        var changed = 0;
        foreach (var record in list.Records)
        {
            changed += await _engine.Privileges.ChangeClaimsElsewhereAsync(record.Id, RefreshAsync, actor, cancellationToken) ? 1 : 0;
        }

        return changed;

        async ValueTask<PackedClaims> RefreshAsync(SessionRecord record)
        {
            var present = new ClaimsPrincipal(ClaimsReader.Read(record.Claims, record.Subject).Select(identity => identity.ToIdentity()));
            return ClaimsPacker.Pack(await refresh(present, cancellationToken), record.Subject);
        }
    }

    /// <summary>Ends a session; false when there is none running. Once this returns, no validation accepts it.</summary>
    /// <param name="id">The session.</param>
    /// <param name="reason">Why.</param>
    /// <param name="actor">Who did it, for the audit log, when that is not the subject.</param>
    /// <param name="cancellationToken">Cancels the wait before it is done, never half of it.</param>
    public ValueTask<bool> RevokeAsync(SessionId id, SessionEndReason reason, string? actor = null, CancellationToken cancellationToken = default)
        => _engine.Ender.EndAsync(id, Known(reason), actor, cancellationToken);

    /// <summary>
    /// Ends every running session of a subject in one step, and refuses sign-ins whose authentication began before.
    /// </summary>
    /// <param name="subject">The subject.</param>
    /// <param name="reason">Why.</param>
    /// <param name="except">A session to keep, usually the caller's own.</param>
    /// <param name="actor">Who did it, for the audit log, when that is not the subject.</param>
    /// <param name="cancellationToken">Cancels the wait before it is done, never half of it.</param>
    /// <returns>How many ended.</returns>
    public ValueTask<int> RevokeSubjectAsync(string subject, SessionEndReason reason, SessionId? except = null, string? actor = null, CancellationToken cancellationToken = default)
        => _engine.Subjects.RevokeAsync(subject ?? throw new ArgumentNullException(nameof(subject)), Known(reason), except, actor, cancellationToken);

    /// <summary>
    /// Ends every running session of a subject whose account was disabled or deleted (ASVS-7.4.2), and refuses sign-ins whose
    /// authentication began before. Disable the account first: later sign-ins are the application's to refuse.
    /// </summary>
    /// <returns>How many ended.</returns>
    /// <inheritdoc cref="RevokeSubjectAsync"/>
    public ValueTask<int> DisableSubjectAsync(string subject, string? actor = null, CancellationToken cancellationToken = default)
        => RevokeSubjectAsync(subject, SessionEndReason.SubjectDisabled, except: null, actor, cancellationToken);

    /// <summary>
    /// The person says of a session "this wasn't me" (NIST-5.3-2). It ends, with every other running session from its device if
    /// that is known, for the reason <see cref="SessionEndReason.ReportedByOwner"/>, and sign-ins whose authentication began
    /// before are refused, if anything was left to end. Then the last authentication of the person's other sessions no longer
    /// counts: whatever needs a recent one asks again, and what methods there were before, too. Whether the session is the
    /// person's own to report is the caller's to check, or comes with <paramref name="by"/>.
    /// </summary>
    /// <param name="id">The session, running or ended. Of an anonymous one only that one ends.</param>
    /// <param name="by">
    /// The session from which the person says so: its authentication goes on counting. It ends all the same if it comes from the
    /// reported device. Unless it is one of the same subject, nothing happens.
    /// </param>
    /// <param name="actor">Who did it, for the audit log, when that is not the subject.</param>
    /// <param name="cancellationToken">Cancels the wait before it is done, never half of it.</param>
    /// <returns>How many ended, and in how many others the person must authenticate again; nothing for a session that is not known, or that is not the subject's of <paramref name="by"/>.</returns>
    /// <exception cref="SessionStoreException">The store failed: what was done stays done, the ends first. It is safe to repeat.</exception>
    public ValueTask<SessionDisownResult> DisownAsync(SessionId id, SessionId? by = null, string? actor = null, CancellationToken cancellationToken = default)
        => _engine.Disowner.DisownAsync(id, by, actor, cancellationToken);

    /// <summary>
    /// Ends everybody's sessions, anonymous ones included (ASVS-7.4.5). Returns when none that started before validates
    /// any more; their own records follow in batches. After an exception repeat it.
    /// </summary>
    public ValueTask RevokeEverybodyAsync(string? actor = null, CancellationToken cancellationToken = default)
        => _engine.Subjects.RevokeEverybodyAsync(SessionEndReason.Everybody, actor, WriteId.Create(), cancellationToken);

    /// <summary>Lists a subject's sessions: running ones, oldest first, or ended ones, newest first.</summary>
    /// <param name="subject">The subject.</param>
    /// <param name="ended">Whether the ended ones are wanted.</param>
    /// <param name="limit">How many at most; 1 to 1,000.</param>
    /// <param name="after">The page's start, from <see cref="SessionPage.Next"/>.</param>
    /// <param name="ct">Cancels the wait.</param>
    public async ValueTask<SessionPage> ListAsync(string subject, bool ended = false, int limit = 200, SessionCursor? after = null, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(subject);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, SubjectRevocation.MaxSessions);
        await _engine.OpenAsync(ct);
        var list = await _engine.Store.ListAsync(_engine.OwnerOf(subject), new SessionListQuery(limit, ended, after), ct);
        return new([.. list.Records.Select(record => new SessionInfo(record))], list.Next);
    }

    /// <summary>Finds a session by its handle, running or ended; null when there is none.</summary>
    public async ValueTask<SessionInfo?> FindAsync(SessionId id, CancellationToken cancellationToken = default)
    {
        await _engine.OpenAsync(cancellationToken);
        return await _engine.Store.FindAsync(id, new SessionRead(Fresh: true), cancellationToken) is { } found ? new SessionInfo(found.Record) : null;
    }

    private static SessionEndReason Known(SessionEndReason reason)
        => reason != SessionEndReason.None && Enum.IsDefined(reason) ? reason : throw new ArgumentOutOfRangeException(nameof(reason), reason, "Say why the session ends: one of the named reasons.");
}

/// <summary>A page of a list.</summary>
/// <param name="Sessions">The sessions.</param>
/// <param name="Next">Where the next page begins; null when this is the last.</param>
public sealed record SessionPage(IReadOnlyList<SessionInfo> Sessions, SessionCursor? Next);
