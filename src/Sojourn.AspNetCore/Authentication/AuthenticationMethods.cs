using System.Security.Claims;

namespace Sojourn.AspNetCore;

/// <summary>
/// The methods that a principal's <c>amr</c> claims name (RFC 8176), for sign-ins that do not say them otherwise: those
/// of ASP.NET Core Identity and of OpenID Connect.
/// </summary>
internal static class AuthenticationMethods
{
    public const string ClaimType = "amr";

    /// <summary>What the token handlers of .NET make of <c>amr</c> while they map claim names.</summary>
    private const string MappedClaimType = "http://schemas.microsoft.com/claims/authnmethodsreferences";

    /// <summary>An identity provider names them: more, or longer ones, are not taken for method names.</summary>
    private const int MaxMethods = 16;
    private const int MaxLength = 64;

    public static bool IsClaimType(string type) => type is ClaimType or MappedClaimType;

    public static IReadOnlyList<string> Of(ClaimsPrincipal user)
    {
        List<string>? methods = null;
        foreach (var claim in user.Claims)
        {
            if (IsClaimType(claim.Type) && claim.Subject is { IsAuthenticated: true } && IsName(claim.Value)
                && methods?.Contains(claim.Value, StringComparer.Ordinal) != true && (methods ??= []).Count < MaxMethods)
            {
                methods.Add(claim.Value);
            }
        }

        return methods ?? [];
    }

    private static bool IsName(string value) => value.Length is > 0 and <= MaxLength && value.All(c => c is > ' ' and <= '~');
}
