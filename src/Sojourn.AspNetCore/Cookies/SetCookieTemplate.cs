using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Sojourn.AspNetCore;

/// <summary>
/// The Set-Cookie line of one cookie, prepared once from its <see cref="CookieBuilder"/>. HttpOnly is always written
/// (rule 11, CSMCS-12), SameSite too (CK-06: without it some browsers send the cookie with cross-site POSTs), and Secure
/// unless the name has no prefix, the builder's policy is None, and SameSite does not need it (CK-05).
/// </summary>
/// <remarks>
/// A lifetime is written as Max-Age alone: it counts from the arrival, so that it neither needs our clock nor trusts the
/// client's, and it overrides Expires wherever cookie prefixes are known. Deleting writes both.
/// </remarks>
internal sealed class SetCookieTemplate
{
    // CK-07: browsers cap lifetimes at 400 days, CK-08: and drop cookies of more than 4,096 bytes.
    private const long MaxSeconds = 34_560_000;
    private const int MaxNameAndValue = 4096;

    private static readonly string[] OwnAttributes = ["path", "domain", "expires", "max-age", "secure", "httponly", "samesite"];

    // RFC 6265 section 4.1.1: a name is a token of RFC 9110, a value is cookie-octets.
    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
    private static readonly SearchValues<char> ValueCharacters = SearchValues.Create(
        "!#$%&'()*+-./:<=>?@[]^_`{|}~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private readonly string _attributes;

    /// <exception cref="ArgumentException">The name is empty or no token, or an attribute would break the header.</exception>
    public SetCookieTemplate(CookieBuilder builder)
    {
        if (string.IsNullOrEmpty(builder.Name) || builder.Name.AsSpan().ContainsAnyExcept(NameCharacters))
        {
            throw new ArgumentException($"\"{builder.Name}\" cannot name a cookie: use letters, digits, '-' and '_'.", nameof(builder));
        }

        Name = builder.Name;
        _attributes = Attributes(builder);
    }

    public string Name { get; }

    /// <summary>The line that sets the cookie. Without a lifetime it goes when the browser closes (CSMCS-17).</summary>
    /// <param name="value">The value: base64url in all our cookies.</param>
    /// <param name="lifetime">
    /// How long the browser keeps it, at most 400 days. Whole seconds, rounded up, and never below one: zero would
    /// delete the cookie, which only sign-out may do.
    /// </param>
    /// <exception cref="ArgumentException">The value would not come back as it is.</exception>
    public string Write(string value, TimeSpan? lifetime)
    {
        if (value.AsSpan().ContainsAnyExcept(ValueCharacters) || Name.Length + value.Length > MaxNameAndValue)
        {
            throw new ArgumentException($"The value of the cookie {Name} is too long, or holds characters that a cookie cannot.", nameof(value));
        }

        return lifetime is { } time
            ? string.Create(null, stackalloc char[256], $"{Name}={value}{_attributes}; Max-Age={Math.Clamp((long)Math.Ceiling(time.TotalSeconds), 1, MaxSeconds)}")
            : string.Concat(Name, "=", value, _attributes);
    }

    /// <summary>The line that deletes it: the same attributes, or the browser would keep the one it has (CSMCS-33).</summary>
    public string Clear() => $"{Name}={_attributes}; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT";

    private static string Attributes(CookieBuilder builder)
    {
        var line = new StringBuilder();
        var sameSite = builder.SameSite == SameSiteMode.Unspecified ? SameSiteMode.Lax : builder.SameSite;

        Append("Path", string.IsNullOrEmpty(builder.Path) ? "/" : builder.Path);
        if (HasPrefix(builder.Name!) || builder.SecurePolicy != CookieSecurePolicy.None || sameSite == SameSiteMode.None)
        {
            line.Append("; Secure");
        }

        line.Append("; HttpOnly");
        Append("SameSite", sameSite.ToString());
        if (!string.IsNullOrEmpty(builder.Domain))
        {
            Append("Domain", builder.Domain);
        }

        foreach (var extension in builder.Extensions.Distinct(StringComparer.OrdinalIgnoreCase))
        {
            // CK-10: no attribute twice. Ours win, so that an extension cannot undo one of them.
            if (!OwnAttributes.Contains(extension.Split('=')[0].Trim(), StringComparer.OrdinalIgnoreCase))
            {
                line.Append("; ").Append(Checked(extension));
            }
        }

        return line.ToString();

        void Append(string name, string value) => line.Append("; ").Append(name).Append('=').Append(Checked(value));

        string Checked(string text) => text.AsSpan().ContainsAnyExceptInRange(' ', '~') || text.Contains(';', StringComparison.Ordinal)
            ? throw new ArgumentException($"The cookie {builder.Name} has an attribute that is not printable ASCII or holds a semicolon.", nameof(builder))
            : text;
    }

    // Browsers compare prefixes without regard to case (CK-02), so a cookie with any spelling of one needs Secure.
    private static bool HasPrefix(string name) => name.StartsWith("__Host-", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("__Secure-", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("__Http-", StringComparison.OrdinalIgnoreCase);
}
