using System.Security.Claims;

namespace Sojourn.AspNetCore;

/// <summary>
/// What was really checked of a user in this request. The framework signs in with <c>amr</c> "pwd" after a passkey, and
/// says only "mfa" after a second factor.
/// </summary>
/// <param name="UserId">Whose it is.</param>
/// <param name="Methods">The methods, as in RFC 8176; the strongest statement first, since the framework keeps the first when claims are refreshed.</param>
/// <param name="IsPasskey">Whether they take the place of what the framework says; else they are added to its "mfa".</param>
internal sealed record IdentityProof(string UserId, IReadOnlyList<string> Methods, bool IsPasskey)
{
    /// <summary>Corrects the claims of a principal that is about to sign in, if it is that user's.</summary>
    public void Correct(ClaimsPrincipal user, string userIdClaimType)
    {
        var claims = user.FindAll(AuthenticationMethods.ClaimType).ToArray();
        var isSaid = Array.Exists(claims, claim => claim.Value == (IsPasskey ? "pwd" : "mfa")) || (IsPasskey && claims.Length == 0);
        if (!isSaid || user.FindFirstValue(userIdClaimType) != UserId || user.Identities.FirstOrDefault(each => each.IsAuthenticated) is not { } identity)
        {
            return; // somebody else, or the application says in its own words how
        }

        foreach (var claim in IsPasskey ? claims : [])
        {
            claim.Subject?.TryRemoveClaim(claim);
        }

        foreach (var method in Methods)
        {
            identity.AddClaim(new Claim(AuthenticationMethods.ClaimType, method));
        }
    }
}
