using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Sojourn.Storage;

namespace Sojourn.AspNetCore;

/// <summary>
/// The authentication scheme. It implements the framework's interfaces directly: the usual base class brings events and
/// options that sessions do not need, at the price of several hundred bytes a request.
/// </summary>
internal sealed class SojournHandler : IAuthenticationSignInHandler
{
    private SessionFeature _feature = null!;
    private string _scheme = SojournDefaults.AuthenticationScheme;

    public Task InitializeAsync(AuthenticationScheme scheme, HttpContext context)
    {
        _feature = context.Features.GetRequiredFeature<SessionFeature>();
        _scheme = scheme.Name;
        return Task.CompletedTask;
    }

    public async Task<AuthenticateResult> AuthenticateAsync()
    {
        await _feature.OpenAsync();
        if (_feature.Request.IsUnavailable)
        {
            return AuthenticateResult.Fail("The session store is not available.");
        }

        if (_feature.Request.Running is not { Subject: not null } record)
        {
            return AuthenticateResult.NoResult();
        }

        return Success(_feature, record, _feature.Parts.Principals.Create(record), _scheme);
    }

    /// <summary>Who is signed in, as the framework's tickets tell it.</summary>
    public static AuthenticateResult Success(SessionFeature feature, SessionRecord record, ClaimsPrincipal user, string scheme)
        => AuthenticateResult.Success(new AuthenticationTicket(user, new SessionTicketProperties(record.Id, feature.ItemsOf(record)), scheme));

    public Task ChallengeAsync(AuthenticationProperties? properties) => ChallengeAnswer.ChallengeAsync(_feature, properties?.RedirectUri);

    public Task ForbidAsync(AuthenticationProperties? properties) => ChallengeAnswer.ForbidAsync(_feature);

    public Task SignInAsync(ClaimsPrincipal user, AuthenticationProperties? properties) => SignInFlow.SignInAsync(_feature, user, properties);

    public Task SignOutAsync(AuthenticationProperties? properties) => SignOutFlow.SignOutAsync(_feature, properties);
}

/// <summary>The properties of a request's own ticket. Signing in with them again is a change of claims, not a sign-in.</summary>
internal sealed class SessionTicketProperties : AuthenticationProperties
{
    private readonly Dictionary<string, string?>? _kept;

    /// <param name="session">The session.</param>
    /// <param name="kept">The items that the session holds; copied, since the application may write to its own.</param>
    public SessionTicketProperties(SessionId session, Dictionary<string, string?>? kept)
        : base(kept is null ? new Dictionary<string, string?>(StringComparer.Ordinal) : new(kept, StringComparer.Ordinal))
    {
        Session = session;
        _kept = kept;
    }

    public SessionId Session { get; }

    /// <summary>Whether the application changed the items. Ones that could not be read count as absent, and stay.</summary>
    public bool HasNewItems(Dictionary<string, string?>? items) => !TicketItems.AreSame(_kept, items);
}
