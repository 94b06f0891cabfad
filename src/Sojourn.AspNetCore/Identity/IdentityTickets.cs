using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace Sojourn.AspNetCore;

/// <summary>
/// Reads from the framework's short-lived cookies when a sign-in that takes several requests began: a revocation between
/// password and code, or between the identity provider's answer and the sign-in, has to refuse it.
/// </summary>
internal static class IdentityTickets
{
    /// <summary>
    /// When the authentication began; null for this request. Tickets keep whole seconds, cut off, so a revocation in the
    /// same second refuses too: the person signs in once more.
    /// </summary>
    public static async Task<DateTimeOffset?> BeganAsync(HttpContext context, ClaimsPrincipal user, string userIdClaimType)
    {
        DateTimeOffset? began = null;
        if (await ReadAsync(context, IdentityConstants.TwoFactorUserIdScheme) is { } second
            && second.Principal.FindFirstValue(ClaimTypes.Name) is { } userId && userId == user.FindFirstValue(userIdClaimType))
        {
            began = second.Properties.IssuedUtc;
        }

        if (user.FindFirstValue(ClaimTypes.AuthenticationMethod) is { } provider
            && await ReadAsync(context, IdentityConstants.ExternalScheme) is { } external
            && external.Properties.Items.TryGetValue("LoginProvider", out var loginProvider) && loginProvider == provider
            && !(began < external.Properties.IssuedUtc))
        {
            began = external.Properties.IssuedUtc;
        }

        return began;
    }

    /// <summary>The ticket that the request came with, also when the framework has already cleared its cookie.</summary>
    private static async Task<AuthenticationTicket?> ReadAsync(HttpContext context, string scheme)
        => await context.RequestServices.GetRequiredService<IAuthenticationSchemeProvider>().GetSchemeAsync(scheme) is null
            ? null
            : (await context.AuthenticateAsync(scheme)).Ticket;
}
