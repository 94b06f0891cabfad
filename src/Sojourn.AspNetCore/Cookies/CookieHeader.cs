using Microsoft.Extensions.Primitives;

namespace Sojourn.AspNetCore;

/// <summary>What a request's Cookie headers hold under one name.</summary>
internal enum CookieLookup : byte
{
    /// <summary>No cookie of that name.</summary>
    Absent,

    /// <summary>One token, perhaps several times.</summary>
    Found,

    /// <summary>Something that is not a token; no store has to be asked (CSMCS-22).</summary>
    Malformed,

    /// <summary>Two different values: one of them may have been planted, and nothing says which (CK-12, ASVS-15.3.7).</summary>
    Conflicting,
}

/// <summary>
/// Finds one cookie in a request without allocating. All Cookie headers count, since HTTP/2 splits them (CK-12), and no
/// occurrence comes first: identical ones are one, different ones a conflict.
/// </summary>
/// <remarks>
/// As browsers write it (RFC 6265 section 4.2.1): pairs separated by a semicolon, the name up to the first equals sign.
/// Quotes never hide a semicolon, as in browsers; a parser that let them would join its neighbours' cookies into one
/// value. Commas separate nothing. Names are compared byte by byte, so <c>__host-x</c>, which some browsers let a
/// script set, is another cookie than <c>__Host-x</c> (CK-02). A value in double quotes is read without them: the RFC
/// allows them and some clients add them; what is inside has to be as exact as without.
/// </remarks>
internal static class CookieHeader
{
    public static CookieLookup Find(in StringValues headers, string name, out SessionToken token)
    {
        token = default;
        if (!TryGetValue(headers, name, out var value, out var conflicting))
        {
            return conflicting ? CookieLookup.Conflicting : CookieLookup.Absent;
        }

        return SessionToken.TryParse(value, out token) ? CookieLookup.Found : CookieLookup.Malformed;
    }

    /// <summary>The value of a cookie, without quotes; false when there is none, or when there are different ones.</summary>
    public static bool TryGetValue(in StringValues headers, string name, out ReadOnlySpan<char> value, out bool conflicting)
    {
        value = default;
        conflicting = false;
        var found = false;

        for (var i = 0; i < headers.Count; i++)
        {
            var rest = headers[i].AsSpan();
            while (!rest.IsEmpty)
            {
                if (!IsNamed(Next(ref rest), name, out var next))
                {
                    continue;
                }

                if (found && !value.SequenceEqual(next))
                {
                    value = default;
                    conflicting = true;
                    return false;
                }

                value = next;
                found = true;
            }
        }

        return found;
    }

    private static ReadOnlySpan<char> Next(scoped ref ReadOnlySpan<char> rest)
    {
        var end = rest.IndexOf(';');
        var pair = end < 0 ? rest : rest[..end];
        rest = end < 0 ? default : rest[(end + 1)..];
        return pair.Trim(" \t");
    }

    private static bool IsNamed(ReadOnlySpan<char> pair, string name, out ReadOnlySpan<char> value)
    {
        if (pair.Length > name.Length && pair[name.Length] == '=' && pair.StartsWith(name, StringComparison.Ordinal))
        {
            value = pair[(name.Length + 1)..];
            value = value is ['"', .., '"'] ? value[1..^1] : value;
            return true;
        }

        value = default;
        return false;
    }
}
