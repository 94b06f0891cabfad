using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Sojourn.AspNetCore;

/// <summary>
/// Whether a request was made to this machine, by its Host header: the one place where sign-in works over plain HTTP.
/// Only the spellings that browsers send count: localhost, *.localhost (RFC 6761), 127.0.0.0/8 and [::1].
/// </summary>
/// <remarks>
/// The address of the connection would not do: behind a proxy on the same machine every request comes from loopback.
/// Browsers shorten addresses before they send them ([0:0:0:0:0:0:0:1] to [::1], 127.1 to 127.0.0.1), and
/// [::ffff:127.0.0.1] arrives as [::ffff:7f00:1], which they do not hold for trustworthy: neither do we.
/// </remarks>
internal static class Loopback
{
    public static bool IsLoopback(HostString host)
    {
        var text = host.Value.AsSpan();
        if (text.StartsWith("["))
        {
            return text.StartsWith("[::1]", StringComparison.Ordinal) && IsPort(text["[::1]".Length..]);
        }

        var colon = text.IndexOf(':');
        if (colon >= 0)
        {
            if (!IsPort(text[colon..]))
            {
                return false;
            }

            text = text[..colon];
        }

        text = text.EndsWith(".") ? text[..^1] : text; // the root of the DNS, written out
        return text.Equals("localhost", StringComparison.OrdinalIgnoreCase) || IsBelowLocalhost(text) || IsLoopbackAddress(text);
    }

    private static bool IsPort(ReadOnlySpan<char> text)
        => text.IsEmpty || (text[0] == ':' && text.Length > 1 && ushort.TryParse(text[1..], NumberStyles.None, CultureInfo.InvariantCulture, out _));

    private static bool IsBelowLocalhost(ReadOnlySpan<char> text)
    {
        const string Suffix = ".localhost";
        if (text.Length <= Suffix.Length || !text.EndsWith(Suffix, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        foreach (var label in text[..^Suffix.Length].Split('.'))
        {
            if (text[label].IsEmpty || text[label].ContainsAnyExcept(HostCharacters))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsLoopbackAddress(ReadOnlySpan<char> text)
    {
        var parts = 0;
        foreach (var range in text.Split('.'))
        {
            var part = text[range];

            // No leading zeros: some programs read them as octal.
            if (part.Length is 0 or > 3 || (part.Length > 1 && part[0] == '0')
                || !byte.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || (parts++ == 0 && number != 127))
            {
                return false;
            }
        }

        return parts == 4;
    }

    private static readonly System.Buffers.SearchValues<char> HostCharacters =
        System.Buffers.SearchValues.Create("-_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
}
