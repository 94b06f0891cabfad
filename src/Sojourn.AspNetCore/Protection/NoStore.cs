using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Sojourn.AspNetCore;

/// <summary>Keeps answers that carry a token or belong to one person out of every cache (ASVS-14.3.2, CSMCS-35, rule 11).</summary>
internal static class NoStore
{
    /// <summary>For answers that carry a token or a refusal: whatever the endpoint said, nobody stores them.</summary>
    public static void Apply(IHeaderDictionary headers)
    {
        if (!HeaderTokens.Contain(headers.CacheControl, "no-store"))
        {
            headers.CacheControl = "no-store";
        }

        headers.Pragma = "no-cache"; // HTTP/1.0 caches know nothing else
        if (!HeaderTokens.Contain(headers.Vary, "cookie") && !HeaderTokens.Contain(headers.Vary, "*"))
        {
            headers.Vary = StringValues.Concat(headers.Vary, "Cookie");
        }
    }

    /// <summary>For signed-in pages: an endpoint that says how it may be cached is left alone.</summary>
    public static void ApplyUnlessDeclared(IHeaderDictionary headers)
    {
        if (StringValues.IsNullOrEmpty(headers.CacheControl))
        {
            Apply(headers);
        }
    }
}
