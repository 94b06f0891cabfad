using System.Collections.Concurrent;
using System.Security.Claims;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Sojourn.Engine;
using Sojourn.Storage;

namespace Sojourn.AspNetCore;

/// <summary>
/// Compares a session with its user, now and then, where tokens are validated. A session whose security stamp is no longer
/// the user's ends: the credentials changed elsewhere. One whose other claims have changed, a role say, gets the new ones.
/// </summary>
/// <param name="engine">The engine.</param>
/// <param name="settings">How often.</param>
/// <param name="identity">The claim types.</param>
/// <param name="renew">The principal as the user store would make it now, asked of the request's services; null when the stamp is outdated or the user gone.</param>
internal sealed class SecurityStamps(
    SessionEngine engine, IOptions<SojournIdentityOptions> settings, IOptions<IdentityOptions> identity, Func<IServiceProvider, ClaimsPrincipal, Task<ClaimsPrincipal?>> renew)
{
    private const int Attempts = 3;

    /// <summary>For so long a request that changes credentials may take until <c>RefreshSignInAsync</c>.</summary>
    private static readonly TimeSpan HoldTime = TimeSpan.FromSeconds(30);

    private readonly ComparedSessions _held = new(HoldTime);
    private readonly TimeSpan _interval = settings.Value.SecurityStampInterval;
    private readonly ComparedSessions _compared = new(settings.Value.SecurityStampInterval);
    private readonly ConcurrentDictionary<SessionId, TaskCompletionSource> _running = new();

    public IdentityOptions Options { get; } = identity.Value;

    /// <summary>The stamp that a session was given; null for a sign-in without one, which is never compared.</summary>
    public string? StampOf(SessionRecord record, PrincipalFactory principals) => principals.FindFirst(record, Options.ClaimsIdentity.SecurityStampClaimType);

    /// <summary>Whether a session has to be compared now. Asked in every request, so it allocates nothing.</summary>
    public bool IsDue(SessionRecord record, PrincipalFactory principals)
    {
        var now = engine.Clock.Now;
        if (_compared.IsRecent(record.Id, now))
        {
            return false;
        }

        if (StampOf(record, principals) is null)
        {
            _compared.Note(record.Id, now);
            return false;
        }

        return true;
    }

    /// <summary>The session's own request is about to change its credentials, and then to renew it.</summary>
    public void Hold(SessionId session) => _held.Note(session, engine.Clock.Now);

    /// <summary>The session's claims have just come from the user store.</summary>
    public void NoteCompared(SessionId session) => _compared.Note(session, engine.Clock.Now);

    /// <summary>What the token comes to, now that the stamp has been compared.</summary>
    /// <exception cref="UserStoreException">The user store failed, so nobody knows.</exception>
    /// <exception cref="SessionStoreException">The session store failed.</exception>
    public async ValueTask<SessionValidation> CompareAsync(SessionFeature feature, SessionValidation validation, SessionToken token, SessionAccess access)
    {
        // Of parallel requests one asks; the others wait for it, and ask themselves if it came to nothing. With no
        // interval each must ask, since the answer to an earlier request says nothing of now.
        var id = validation.Record!.Id;
        var mine = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var leader = _interval > TimeSpan.Zero ? _running.GetOrAdd(id, mine) : mine;
        if (leader != mine)
        {
            await leader.Task.WaitAsync(feature.Context.RequestAborted);
            return IsDue(validation.Record, feature.Parts.Principals) ? await CompareNowAsync(feature, validation, token, access) : validation;
        }

        try
        {
            return await CompareNowAsync(feature, validation, token, access);
        }
        finally
        {
            _running.TryRemove(new(id, mine));
            mine.TrySetResult();
        }
    }

    private async ValueTask<SessionValidation> CompareNowAsync(SessionFeature feature, SessionValidation validation, SessionToken token, SessionAccess access)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var record = validation.Record!;
            var shown = feature.Parts.Principals.Create(record);
            if (await RenewAsync(feature, record, shown) is { } renewed)
            {
                NoteCompared(record.Id);
                return RenewedClaims.Of(shown, renewed, Options.ClaimsIdentity.SecurityStampClaimType) is not { } claims
                    || !await engine.Privileges.ChangeClaimsElsewhereAsync(record.Id, each => new(ClaimsPacker.Pack(claims, each.Subject)), actor: null, CancellationToken.None)
                    ? validation
                    : await engine.Validator.ValidateAsync(token, access, feature.Context.RequestAborted);
            }

            // The user's own request that changes the credentials may be about to renew this session (rule 7).
            var now = engine.Clock.Now;
            if (_held.IsRecent(record.Id, now) || _compared.IsRecent(record.Id, now))
            {
                return validation;
            }

            var end = await engine.Ender.EndAsync(record, SessionEndReason.CredentialsChanged, new EndGuard(Token: record.Token.Stamp));
            if (end.Status == EndStatus.Ended)
            {
                return new(SessionOutcome.Ended, end.Record ?? record, validation.Token);
            }

            // It ended otherwise, or got a new token meanwhile, perhaps with the new stamp: what it is now decides.
            validation = await engine.Validator.ValidateAsync(token, access, feature.Context.RequestAborted);
            if (!validation.IsActive)
            {
                return validation;
            }
        }

        throw new SessionStoreException("CompareStamp", "the session kept changing; try again", isTransient: true);
    }

    private async Task<ClaimsPrincipal?> RenewAsync(SessionFeature feature, SessionRecord record, ClaimsPrincipal shown)
    {
        try
        {
            return await feature.CompareAsync(() => renew(feature.Context.RequestServices, shown));
        }
        catch (Exception fault) when (!feature.Context.RequestAborted.IsCancellationRequested)
        {
            throw new UserStoreException(record.Id, fault);
        }
    }
}

/// <summary>The user store failed while a session's stamp was compared: neither signed in nor signed out (rule 6).</summary>
internal sealed class UserStoreException(SessionId session, Exception inner) : Exception("The user store failed.", inner)
{
    public SessionId Session => session;
}
