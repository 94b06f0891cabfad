using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Sojourn.AspNetCore;

/// <summary>Fills in the cookie names that follow from the session cookie's, and refuses what cannot be safe.</summary>
internal sealed class SojournWebOptionsSetup : IPostConfigureOptions<SojournWebOptions>, IValidateOptions<SojournWebOptions>
{
    public void PostConfigure(string? name, SojournWebOptions options)
    {
        options.AnonymousCookie.Name ??= options.Cookie.Name + SojournDefaults.VisitSuffix;
        options.DeviceCookie.Name ??= options.Cookie.Name + SojournDefaults.DeviceSuffix;
    }

    public ValidateOptionsResult Validate(string? name, SojournWebOptions options)
    {
        var faults = new List<string>();
        Cookie(faults, nameof(options.Cookie), options.Cookie);
        Cookie(faults, nameof(options.AnonymousCookie), options.AnonymousCookie);
        Cookie(faults, nameof(options.DeviceCookie), options.DeviceCookie);
        var names = new[] { options.Cookie.Name, options.AnonymousCookie.Name, options.DeviceCookie.Name };
        Check(faults, names.Distinct(StringComparer.OrdinalIgnoreCase).Count() == names.Length, "Cookie, AnonymousCookie and DeviceCookie", "need three different names");
        Check(faults, !string.IsNullOrEmpty(options.ReturnUrlParameter), nameof(options.ReturnUrlParameter), "must not be empty");
        foreach (var origin in options.TrustedOrigins)
        {
            var isOrigin = Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http" && uri.GetLeftPart(UriPartial.Authority) == origin;
            Check(faults, isOrigin, $"TrustedOrigins \"{origin}\"", "must be a full origin such as https://app.example.org, lower case, without path or default port");
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static void Cookie(List<string> faults, string setting, CookieBuilder cookie)
    {
        var name = cookie.Name ?? "";
        Check(faults, name.Length is > 0 and <= 128 && name.All(IsTokenCharacter), setting + ".Name", "must be 1 to 128 characters that a cookie name may have (RFC 6265)");
        Check(faults, cookie.HttpOnly, setting + ".HttpOnly", "cannot be switched off: scripts must not read a session token (CSMCS-12)");
        Check(faults, cookie.Expiration is null && cookie.MaxAge is null, setting + ".Expiration and MaxAge", "cannot be set: the cookie lives as long as its session");
        Check(faults, cookie.SameSite != SameSiteMode.Unspecified, setting + ".SameSite", "must be explicit (CK-06): Lax, Strict or None");
        Check(faults, cookie.SameSite != SameSiteMode.None || cookie.SecurePolicy == CookieSecurePolicy.Always, setting + ".SecurePolicy", "must be Always with SameSite=None (CK-05)");
        if (name.StartsWith("__Host-", StringComparison.OrdinalIgnoreCase))
        {
            Check(faults, name.StartsWith("__Host-", StringComparison.Ordinal), setting + ".Name", "must spell its prefix __Host- (CK-02)");
            Check(faults, cookie is { Path: "/", Domain: null, SecurePolicy: CookieSecurePolicy.Always }, setting, "needs Path=/, no Domain and SecurePolicy=Always with the prefix __Host- (CK-02); rename it, or set these");
        }
        else if (name.StartsWith("__Secure-", StringComparison.OrdinalIgnoreCase))
        {
            Check(faults, cookie.SecurePolicy == CookieSecurePolicy.Always, setting + ".SecurePolicy", "must be Always with the prefix __Secure- (CK-01)");
        }
    }

    private static bool IsTokenCharacter(char c) => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal);

    private static void Check(List<string> faults, bool holds, string setting, string rule)
    {
        if (!holds)
        {
            faults.Add($"Sojourn setting {setting} {rule}.");
        }
    }
}
