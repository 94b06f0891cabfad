using System.Security.Claims;

namespace Sojourn.AspNetCore;

/// <summary>What a session's claims become when the user store was asked again, as the framework's cookies do now and then.</summary>
internal static class RenewedClaims
{
    /// <summary>
    /// The new principal, with how the person authenticated taken over from the session, which the user store does not know;
    /// null when nothing has changed. The order does not count: a database gives roles in any.
    /// </summary>
    public static ClaimsPrincipal? Of(ClaimsPrincipal session, ClaimsPrincipal renewed, string stampClaimType)
    {
        if (renewed.Identities.FirstOrDefault(each => each.IsAuthenticated) is not { } identity || !renewed.HasClaim(each => each.Type == stampClaimType))
        {
            return null; // it could not be compared the next time
        }

        identity.AddClaims(session.Claims.Where(each => IsAboutSignIn(each.Type)).Select(each => each.Clone(identity)).ToArray());
        return Known(session).SetEquals(Known(renewed)) ? null : renewed;
    }

    private static bool IsAboutSignIn(string type) => type == ClaimTypes.AuthenticationMethod || AuthenticationMethods.IsClaimType(type);

    private static HashSet<(string, string, string, string)> Known(ClaimsPrincipal principal)
        => [.. principal.Claims.Select(each => (each.Type, each.Value, each.ValueType, each.Issuer))];
}
