using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Sojourn.AspNetCore;

/// <summary>Whether a request comes from the application's own pages; when not, which header told, and what to do.</summary>
internal readonly struct OriginVerdict
{
    private OriginVerdict(string? failure, string? detail)
    {
        Failure = failure;
        Detail = detail;
    }

    public static OriginVerdict Allowed => default;

    public bool IsAllowed => Failure is null;

    /// <summary>A word for programs: <c>sec-fetch-site</c>, <c>origin</c>, <c>host</c> or <c>missing</c>.</summary>
    public string? Failure { get; }

    /// <summary>One sentence for people. It repeats nothing of what the request said.</summary>
    public string? Detail { get; }

    public static OriginVerdict Refused(string failure, string detail) => new(failure, detail);
}

/// <summary>
/// Protection against requests that other sites have a browser send (WSTG-SESS-05, FM-05 to FM-16): Fetch Metadata
/// first, the full Origin where it is absent, and neither is a refusal, unlike in Go and .NET 11, since a request with a
/// session cookie and no such header is no browser that needs serving (FM-07).
/// </summary>
internal static class OriginCheck
{
    /// <summary>The failure that a wrong scheme or host causes, as well as a foreign site.</summary>
    public const string Foreign = "origin";

    /// <param name="request">The request.</param>
    /// <param name="trustedOrigins">Origins that may send cross-site, as browsers write them: <c>https://app.example</c>.</param>
    public static OriginVerdict Check(HttpRequest request, ISet<string> trustedOrigins)
    {
        // Browsers always send Origin with an upgrade, so one without is a program.
        var isChecked = IsUpgrade(request) ? request.Headers.Origin.Count > 0 : IsUnsafe(request);
        return isChecked ? CheckSender(request, trustedOrigins) : OriginVerdict.Allowed;
    }

    /// <summary>
    /// Whether a request may change something, by its method, exactly as registered: methods have case (RFC 9110 section
    /// 9.1), and a "get" that a router takes for GET is checked.
    /// </summary>
    public static bool IsUnsafe(HttpRequest request) => request.Method is not ("GET" or "HEAD" or "OPTIONS" or "TRACE");

    /// <summary>A GET that takes the connection over is checked like a POST: any page may open a WebSocket to anywhere (ASVS-4.4.2).</summary>
    public static bool IsUpgrade(HttpRequest request) => (request.Method == "GET" && request.Headers.Upgrade.Count > 0)
        || request.HttpContext.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true };

    private static OriginVerdict CheckSender(HttpRequest request, ISet<string> trustedOrigins)
    {
        var site = request.Headers["Sec-Fetch-Site"];
        var origin = request.Headers.Origin;
        if (site.Count > 0)
        {
            return HeaderTokens.Single(site) is "same-origin" or "none" || IsTrusted(origin, trustedOrigins) ? OriginVerdict.Allowed : CrossSite;
        }

        if (origin.Count == 0)
        {
            return Missing;
        }

        if (!SerializedOrigin.TryParse(request, out var own))
        {
            return NoHost;
        }

        var isOwn = SerializedOrigin.TryParse(HeaderTokens.Single(origin), out var sender) && sender.IsSame(own);
        return isOwn || IsTrusted(origin, trustedOrigins) ? OriginVerdict.Allowed : ForeignOrigin;
    }

    private static OriginVerdict CrossSite => OriginVerdict.Refused(
        "sec-fetch-site", "The request comes from another site; send it from the application's own pages, add that origin to TrustedOrigins, "
        + "or mark the endpoint with AllowCrossSite().");

    private static OriginVerdict ForeignOrigin => OriginVerdict.Refused(
        Foreign, "The Origin header does not name this application; behind a proxy pass on the scheme and Host (forwarded headers), "
        + "otherwise add the origin to TrustedOrigins.");

    private static OriginVerdict NoHost => OriginVerdict.Refused(
        "host", "The request names no valid host to compare the Origin header with; send a Host header.");

    private static OriginVerdict Missing => OriginVerdict.Refused(
        "missing", "The request has neither Sec-Fetch-Site nor Origin, of which every browser sends one. Another program says "
        + "Sec-Fetch-Site: same-origin, or the endpoint is marked with AllowCrossSite().");

    // The text has to be an origin before it is looked up, so that "null" can never be trusted.
    private static bool IsTrusted(in StringValues origin, ISet<string> trustedOrigins)
        => trustedOrigins.Count > 0 && HeaderTokens.Single(origin) is { } text && SerializedOrigin.TryParse(text, out _) && trustedOrigins.Contains(text);
}
