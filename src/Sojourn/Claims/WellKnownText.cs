using System.Security.Claims;

namespace Sojourn.Engine;

/// <summary>
/// Texts that packed claims name by number instead of spelling them out. The order is part of the stored format: new
/// ones are added at the end, none is moved.
/// </summary>
internal static class WellKnownText
{
    /// <summary>Number 0 stands for null, number 1 for the session's own subject.</summary>
    public const int Subject = 1;

    private static readonly string?[] Texts =
    [
        null, null, "",
        ClaimsIdentity.DefaultIssuer, ClaimValueTypes.String, ClaimValueTypes.Integer, ClaimValueTypes.Integer64, ClaimValueTypes.Boolean, ClaimValueTypes.DateTime, "JSON",
        ClaimTypes.Name, ClaimTypes.NameIdentifier, ClaimTypes.Role, ClaimTypes.Email, ClaimTypes.GivenName, ClaimTypes.Surname,
        ClaimTypes.AuthenticationMethod, ClaimTypes.AuthenticationInstant, ClaimTypes.Sid, ClaimTypes.Upn,
        "sub", "name", "email", "role", "roles", "amr", "acr", "auth_time", "sid", "iss", "preferred_username", "given_name", "family_name",
        "email_verified", "tenant", "scope", "groups", "locale", "AspNet.Identity.SecurityStamp",
        "Cookies", "Sojourn", "Identity.Application", "pwd", "otp", "mfa", "hwk", "true", "false",
        "http://schemas.microsoft.com/identity/claims/identityprovider", "http://schemas.microsoft.com/identity/claims/tenantid", "http://schemas.microsoft.com/identity/claims/objectidentifier",
    ];

    private static readonly Dictionary<string, int> Numbers = Texts.Select((text, number) => (text, number)).Skip(2).ToDictionary(entry => entry.text!, entry => entry.number, StringComparer.Ordinal);

    public static bool TryGetNumber(string text, out int number) => Numbers.TryGetValue(text, out number);

    public static bool TryGetText(int number, out string? text)
    {
        var known = number >= 0 && number < Texts.Length;
        text = known ? Texts[number] : null;
        return known;
    }
}
