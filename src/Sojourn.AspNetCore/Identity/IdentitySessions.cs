using Microsoft.AspNetCore.Http;
using Sojourn.Engine;

namespace Sojourn.AspNetCore;

/// <summary>What a change to a user does to that user's sessions, as seen from a request or, without one, from a job.</summary>
internal sealed class IdentitySessions(WebParts parts, HttpContext? context)
{
    private readonly SessionFeature? _feature = context?.Features.Get<SessionFeature>();

    public string? SubjectClaimType => parts.Options.SubjectClaim;

    private SecurityStamps Stamps => parts.Stamps ?? throw new InvalidOperationException("SojournUserManager needs builder.Services.AddSojourn().AddIdentity<TUser>().");

    /// <summary>A code of the user's authenticator app was right; counts when the sign-in follows in this request.</summary>
    public void NoteOneTimePassword(string userId)
    {
        if (_feature is not null)
        {
            _feature.Proof = new IdentityProof(userId, ["otp"], IsPasskey: false);
        }
    }

    /// <summary>
    /// Before the user is updated: parallel requests of the session that changes its own credentials must not find it
    /// outdated between the update and <c>RefreshSignInAsync</c> (rule 7). Only if it was up to date: holding is no way
    /// to escape a comparison.
    /// </summary>
    /// <exception cref="SessionRefusedException">The request's token was just replaced, so <c>RefreshSignInAsync</c> could not follow (row 18); nothing has changed.</exception>
    public async Task HoldAsync(string subject, string? stamp)
    {
        if (stamp is null || await CurrentAsync(subject) is not { } current)
        {
            return;
        }

        if (_feature!.Request.Session.IsSuperseded)
        {
            var refusal = SessionDataWriter.Superseded();
            _feature.Refuse(refusal);
            throw refusal;
        }

        if (Stamps.StampOf(current, parts.Principals) == stamp)
        {
            Stamps.Hold(current.Id);
        }
    }

    /// <summary>
    /// Ends the subject's other sessions that have another stamp. When the stamp is known to have changed, so do those without
    /// one, and sign-ins that began before this request are refused: their password may be the old one.
    /// </summary>
    public async Task EndOutdatedAsync(string subject, string stamp, bool isKnownChange)
    {
        var current = (await CurrentAsync(subject))?.Id;

        // In whole seconds, as the tickets of a two-factor sign-in keep them, and not later than this request began: it
        // may itself be the sign-in, with a password that had to be hashed anew. A hub's request began long ago, and signs
        // nobody in any more.
        var began = _feature is { Context.Response.HasStarted: false } ? _feature.OpenedAt : parts.Engine.Clock.Now;
        DateTimeOffset? notBefore = isKnownChange ? DateTimeOffset.FromUnixTimeSeconds(began.ToUnixTimeSeconds()) : null;
        await TellAsync(() => parts.Engine.Subjects.RevokeSomeAsync(
            subject,
            SessionEndReason.CredentialsChanged,
            record => record.Id != current && (Stamps.StampOf(record, parts.Principals) is { } old ? old != stamp : isKnownChange),
            notBefore,
            CancellationToken.None));
    }

    /// <summary>Ends all sessions of a user that is no more.</summary>
    public Task EndAllAsync(string subject)
        => TellAsync(() => parts.Engine.Subjects.RevokeAsync(subject, SessionEndReason.SubjectDisabled, except: null, actor: null, CancellationToken.None));

    /// <summary>The running session of this request, if it is the subject's.</summary>
    private async Task<Storage.SessionRecord?> CurrentAsync(string subject)
    {
        if (_feature is not { IsOpening: false })
        {
            return null;
        }

        await _feature.OpenAsync();
        return !_feature.Request.IsUnavailable && _feature.Request.Running is { } record && record.Subject == subject ? record : null;
    }

    private async Task TellAsync(Func<ValueTask<int>> end)
    {
        try
        {
            await end();
        }
        catch (SessionStoreException fault)
        {
            _feature?.Refuse(fault); // whatever page catches it, the answer is 503
            throw;
        }
    }
}
