using System.Security.Claims;

namespace Sojourn.AspNetCore;

/// <summary>
/// The subject that a principal signs in as. A claim that another party issued is qualified by that party, so that two
/// identity providers cannot spoof each other's users (ASVS-6.8.1).
/// </summary>
/// <remarks>
/// <c>LOCAL AUTHORITY</c>, which .NET puts on claims made without an issuer, is the application itself: its subjects
/// are kept as they are. Others become <c>issuer|subject</c>; in the issuer, <c>%</c> and <c>|</c> are written as %25
/// and %7C, so the first bar is the border. An own subject that holds a bar gets one in front (the issuer is empty), or
/// it could pose as somebody else's. So no two pairs of issuer and subject share a text.
/// </remarks>
internal static class SubjectClaim
{
    private const int MaxLength = 256; // what the engine takes

    /// <param name="principal">Who signs in; its first authenticated identity counts.</param>
    /// <param name="claimType">The configured claim, which alone counts then; null for <c>sub</c>, then the name identifier.</param>
    /// <exception cref="InvalidOperationException">There is no subject, more than one, or one that cannot be kept.</exception>
    public static string Of(ClaimsPrincipal principal, string? claimType)
    {
        var identity = principal.Identities.FirstOrDefault(each => each.IsAuthenticated) ?? throw new InvalidOperationException(
            "The principal to sign in has no authenticated identity: give its ClaimsIdentity an authentication type.");

        var subject = claimType is null
            ? Find(identity, "sub") ?? Find(identity, ClaimTypes.NameIdentifier) ?? throw Unusable("has neither a claim \"sub\" nor a name identifier")
            : Find(identity, claimType) ?? throw Unusable($"has no claim \"{claimType}\"");

        return subject.Length > MaxLength ? throw Unusable($"has a subject of more than {MaxLength} characters, its issuer included") : subject;
    }

    /// <summary>The subject of a principal that may be anybody's; null when it has none that could sign in.</summary>
    public static string? TryOf(ClaimsPrincipal principal, string? claimType)
    {
        try
        {
            return principal.Identities.Any(identity => identity.IsAuthenticated) ? Of(principal, claimType) : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The subject of a user of an identity provider.</summary>
    public static string Qualify(string issuer, string subject) => issuer == ClaimsIdentity.DefaultIssuer
        ? subject.Contains('|', StringComparison.Ordinal) ? string.Concat("|", subject) : subject
        : string.Concat(issuer.Replace("%", "%25", StringComparison.Ordinal).Replace("|", "%7C", StringComparison.Ordinal), "|", subject);

    private static string? Find(ClaimsIdentity identity, string type)
    {
        string? found = null;
        foreach (var claim in identity.FindAll(type))
        {
            if (string.IsNullOrWhiteSpace(claim.Value))
            {
                throw Unusable($"has an empty claim \"{type}\"");
            }

            // A store could not keep these, or would keep two subjects as one.
            if (claim.Value.Any(char.IsControl) || !IsWellFormed(claim.Value) || !IsWellFormed(claim.Issuer))
            {
                throw Unusable($"has a claim \"{type}\" with control characters or invalid Unicode");
            }

            var subject = Qualify(claim.Issuer, claim.Value);
            found = found is null || found == subject ? subject : throw Unusable($"has several different claims \"{type}\"");
        }

        return found;
    }

    private static bool IsWellFormed(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogate(text[i]) && !(i + 1 < text.Length && char.IsSurrogatePair(text[i], text[++i])))
            {
                return false;
            }
        }

        return true;
    }

    private static InvalidOperationException Unusable(string what) => new(
        $"The identity to sign in {what}, so nobody could say whose session it is. "
        + "Add the user's lasting id as the claim \"sub\", or name the claim that holds it: ConfigureWeb(web => web.SubjectClaim = …).");
}
