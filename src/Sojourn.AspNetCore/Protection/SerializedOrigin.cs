using System.Buffers;
using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Sojourn.AspNetCore;

/// <summary>
/// An Origin header taken apart: scheme://host[:port] and nothing else (RFC 6454 section 6.1). User names, paths,
/// <c>null</c>, lists and anything that a browser would not have written are refused, since a lenient reader finds
/// "victim.example" in <c>http://evil@victim.example</c> (FM-13).
/// </summary>
internal readonly ref struct SerializedOrigin
{
    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("-._0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
    private static readonly SearchValues<char> AddressCharacters = SearchValues.Create(":.0123456789ABCDEFabcdef");

    private readonly ReadOnlySpan<char> _scheme;
    private readonly ReadOnlySpan<char> _host;
    private readonly int _port;

    private SerializedOrigin(ReadOnlySpan<char> scheme, ReadOnlySpan<char> host, int port)
    {
        _scheme = scheme;
        _host = host;
        _port = port;
    }

    public static bool TryParse(ReadOnlySpan<char> text, out SerializedOrigin origin)
    {
        origin = default;
        var end = text.IndexOf("://", StringComparison.Ordinal);
        if (end < 0)
        {
            return false;
        }

        return TryParse(text[..end], text[(end + 3)..], out origin);
    }

    /// <summary>
    /// Reads the origin that a request was sent to; its Host header is held to the same grammar. The header itself:
    /// <see cref="HttpRequest.Host"/> turns punycode into other letters, which no Origin has, and throws where it cannot.
    /// </summary>
    public static bool TryParse(HttpRequest request, out SerializedOrigin origin) => TryParse(request.Scheme, request.Headers.Host.ToString(), out origin);

    private static bool TryParse(ReadOnlySpan<char> scheme, ReadOnlySpan<char> authority, out SerializedOrigin origin)
    {
        origin = default;
        var defaultPort = scheme.Equals("https", StringComparison.OrdinalIgnoreCase) ? 443 : scheme.Equals("http", StringComparison.OrdinalIgnoreCase) ? 80 : 0;
        if (defaultPort == 0)
        {
            return false;
        }

        var length = authority.StartsWith("[") ? authority.IndexOf(']') + 1 : authority.IndexOf(':') is >= 0 and var colon ? colon : authority.Length;
        var host = authority[..length];
        if (!IsHost(host) || !TryReadPort(authority[length..], defaultPort, out var port))
        {
            return false;
        }

        origin = new(scheme, host, port);
        return true;
    }

    /// <summary>Whether two origins are the same; schemes and hosts have no case (RFC 3986 section 6.2.2.1).</summary>
    public bool IsSame(SerializedOrigin other) => _port == other._port
        && _scheme.Equals(other._scheme, StringComparison.OrdinalIgnoreCase)
        && _host.Equals(other._host, StringComparison.OrdinalIgnoreCase);

    private static bool IsHost(ReadOnlySpan<char> host) => host is ['[', .., ']']
        ? host.Length > 2 && !host[1..^1].ContainsAnyExcept(AddressCharacters)
        : !host.IsEmpty && !host.ContainsAnyExcept(NameCharacters);

    private static bool TryReadPort(ReadOnlySpan<char> text, int defaultPort, out int port)
    {
        port = defaultPort;
        return text.IsEmpty || (text is [':', _, ..] && TryReadPort(text[1..], out port));
    }

    private static bool TryReadPort(ReadOnlySpan<char> digits, out int port)
    {
        var isPort = ushort.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        port = number;
        return isPort;
    }
}
