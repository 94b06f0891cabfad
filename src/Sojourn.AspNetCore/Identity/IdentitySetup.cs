using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Sojourn.AspNetCore;

/// <summary>
/// Serves Identity's application scheme, whenever and however it was registered: adding it again would throw, so its
/// handler is exchanged once all registrations are known.
/// </summary>
internal sealed class IdentitySchemeSetup : IPostConfigureOptions<AuthenticationOptions>
{
    public void PostConfigure(string? name, AuthenticationOptions options)
    {
        if (options.SchemeMap.TryGetValue(IdentityConstants.ApplicationScheme, out var scheme))
        {
            scheme.HandlerType = typeof(SojournHandler);
        }
        else
        {
            options.AddScheme(IdentityConstants.ApplicationScheme, added => added.HandlerType = typeof(SojournHandler));
        }

        // Identity makes the external cookie the default for signing in, so that a sign-out without a scheme would clear
        // that one and leave the session running.
        options.DefaultSignOutScheme ??= IdentityConstants.ApplicationScheme;
    }
}

/// <summary>
/// Keeps the framework's short-lived cookies from being renewed: the time in them says when the authentication began, and a
/// request between the factors must not move it past a revocation.
/// </summary>
internal sealed class IdentityCookieSetup : IPostConfigureOptions<CookieAuthenticationOptions>
{
    public void PostConfigure(string? name, CookieAuthenticationOptions options)
    {
        if (name == IdentityConstants.ExternalScheme || name == IdentityConstants.TwoFactorUserIdScheme)
        {
            options.SlidingExpiration = false;
        }
    }
}

/// <summary>
/// Takes over what the application said to Identity and its cookie: the claim with the user's id, and where people sign
/// in. What <c>ConfigureWeb</c> says goes first.
/// </summary>
internal sealed class IdentityWebSetup(
    IOptions<IdentityOptions> identity, IEnumerable<IConfigureOptions<CookieAuthenticationOptions>> configured, IOptionsMonitor<CookieAuthenticationOptions> cookies)
    : IPostConfigureOptions<SojournWebOptions>
{
    public void PostConfigure(string? name, SojournWebOptions options)
    {
        options.SubjectClaim ??= identity.Value.ClaimsIdentity.UserIdClaimType;

        // Where nobody registered or configured that cookie, its defaults would be pages that nobody has.
        if (!configured.Any(each => each is ConfigureNamedOptions<CookieAuthenticationOptions> { Name: var of } && of == IdentityConstants.ApplicationScheme))
        {
            return;
        }

        var cookie = cookies.Get(IdentityConstants.ApplicationScheme);
        options.SignInPath ??= cookie.LoginPath.HasValue ? cookie.LoginPath : null;
        options.ForbiddenPath ??= cookie.AccessDeniedPath.HasValue ? cookie.AccessDeniedPath : null;
        if (options.ReturnUrlParameter == SojournWebOptions.DefaultReturnUrlParameter)
        {
            options.ReturnUrlParameter = cookie.ReturnUrlParameter;
        }
    }
}
