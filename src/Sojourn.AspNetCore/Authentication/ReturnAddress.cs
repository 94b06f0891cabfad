using System.Buffers;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace Sojourn.AspNetCore;

/// <summary>
/// Addresses to send the browser back to after sign-in: only ones on this host, whatever reads them on the way. So not
/// just <c>//evil.example</c> is refused, but also what browsers turn into it (backslashes, tabs, dot segments) and
/// what a proxy that decodes once more would (<c>/%2Fevil.example</c>). What is left is printable ASCII, which goes
/// into a Location header as it is (RFC 3986 section 2).
/// </summary>
internal static class ReturnAddress
{
    /// <summary>The longest address that is kept; it travels in a query string.</summary>
    public const int MaxLength = 2000;

    private static readonly SearchValues<char> Allowed = SearchValues.Create(
        "!#$%&'()*+,-./:;=?@[]_~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz|^`{}<>\"");

    public static bool IsLocal(string? url)
    {
        var text = url.AsSpan();
        if (text.Length is 0 or > MaxLength || text[0] != '/' || text.ContainsAnyExcept(Allowed))
        {
            return false;
        }

        var end = text.IndexOfAny('?', '#');
        var path = end < 0 ? text : text[..end];
        return !IsSlash(path[1..]) && !HasTrickyEscape(path) && !HasDotSegment(path);
    }

    /// <summary>The address of a request, or <c>/</c> when it is too long or would not be safe to come back to.</summary>
    public static string Of(HttpRequest request) => TryOf(request, out var address) ? address : "/";

    /// <summary>The address of a request; false when it is too long or would not be safe to come back to.</summary>
    public static bool TryOf(HttpRequest request, out string address)
    {
        address = string.Concat(request.PathBase.ToUriComponent(), request.Path.ToUriComponent(), request.QueryString.ToUriComponent());
        return IsLocal(address);
    }

    /// <summary>As the framework's handlers do: on to the address in the properties, if it is a local one.</summary>
    public static void Follow(HttpContext context, AuthenticationProperties? properties)
    {
        if (properties?.RedirectUri is { } address && IsLocal(address))
        {
            context.Response.Redirect(address);
        }
    }

    private static bool IsSlash(ReadOnlySpan<char> rest) => rest.StartsWith("/") || rest.StartsWith("%2f", StringComparison.OrdinalIgnoreCase);

    // Escaped control characters and backslashes have no business in a path; in a query they are ordinary text.
    private static bool HasTrickyEscape(ReadOnlySpan<char> path)
    {
        for (var at = path.IndexOf('%'); at >= 0; at = path.IndexOf('%'))
        {
            path = path[(at + 1)..];
            if (path is ['0' or '1', ..] or ['5', 'c' or 'C', ..] or ['7', 'f' or 'F', ..])
            {
                return true;
            }
        }

        return false;
    }

    // "/a/..//evil.example" becomes "//evil.example" when its dots are resolved, and "/.%2F/evil.example" after decoding.
    private static bool HasDotSegment(ReadOnlySpan<char> path)
    {
        const int None = 3; // a segment of three dots is a name like any other
        var dots = None;
        while (!path.IsEmpty)
        {
            var isEscape = path is ['%', '2', 'f' or 'F' or 'e' or 'E', ..];
            var character = !isEscape ? path[0] : path[2] is 'f' or 'F' ? '/' : '.';
            if (character == '/' && dots is 1 or 2)
            {
                return true;
            }

            dots = character switch { '/' => 0, '.' => Math.Min(dots + 1, None), _ => None };
            path = path[(isEscape ? 3 : 1)..];
        }

        return dots is 1 or 2;
    }
}
