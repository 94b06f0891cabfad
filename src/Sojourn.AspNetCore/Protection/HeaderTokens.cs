using Microsoft.Extensions.Primitives;

namespace Sojourn.AspNetCore;

/// <summary>Looks into headers without allocating; for names in list-shaped ones: <c>public, s-maxage=60</c>, <c>prefetch;prerender</c>.</summary>
internal static class HeaderTokens
{
    /// <summary>
    /// Whether one of the elements, or one of an element's parameters, has this name, in any case and with any argument.
    /// Quoted text is not skipped: a name inside it may count, which errs on the careful side for every caller.
    /// </summary>
    public static bool Contain(in StringValues headers, ReadOnlySpan<char> name)
    {
        for (var i = 0; i < headers.Count; i++)
        {
            var rest = headers[i].AsSpan();
            while (!rest.IsEmpty)
            {
                var end = rest.IndexOfAny(',', ';');
                var element = end < 0 ? rest : rest[..end];
                rest = end < 0 ? default : rest[(end + 1)..];
                var equals = element.IndexOf('=');
                if ((equals < 0 ? element : element[..equals]).Trim(" \t").Equals(name, StringComparison.OrdinalIgnoreCase))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>The value that all lines of a header, or all fields of a name, agree on; null when they differ or there is none.</summary>
    public static string? Single(in StringValues lines)
    {
        for (var i = 1; i < lines.Count; i++)
        {
            if (lines[i] != lines[0])
            {
                return null;
            }
        }

        return lines.Count == 0 ? null : lines[0];
    }
}
