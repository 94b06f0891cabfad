using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Sojourn.AspNetCore;

/// <summary>
/// Keeps a response to one Set-Cookie per name (CK-10): browsers may process two in either order. The lines of the
/// application and of other names stay as and where they are; each keeps a header of its own (CK-11).
/// </summary>
internal static class SetCookie
{
    /// <summary>Adds our line, in place of any earlier one for this cookie.</summary>
    public static void Replace(IHeaderDictionary headers, string cookieName, string setCookieLine)
    {
        RemoveOurs(headers, cookieName);
        headers.SetCookie = StringValues.Concat(headers.SetCookie, setCookieLine);
    }

    /// <summary>Takes our lines back, for example when the answer turns out not to be ours to give.</summary>
    public static void RemoveOurs(IHeaderDictionary headers, string cookieName)
    {
        var lines = headers.SetCookie;
        var others = 0;
        for (var i = 0; i < lines.Count; i++)
        {
            others += Sets(lines[i], cookieName) ? 0 : 1;
        }

        if (others == lines.Count)
        {
            return;
        }

        var kept = new string?[others];
        for (int i = 0, next = 0; i < lines.Count; i++)
        {
            if (!Sets(lines[i], cookieName))
            {
                kept[next++] = lines[i];
            }
        }

        headers.SetCookie = others == 0 ? StringValues.Empty : new StringValues(kept);
    }

    private static bool Sets(string? line, string cookieName)
    {
        var pair = line.AsSpan();
        var end = pair.IndexOfAny(';', '=');
        return end >= 0 && pair[end] == '=' && pair[..end].Trim(" \t").SequenceEqual(cookieName);
    }
}
