using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Sojourn.AspNetCore;

/// <summary>
/// Whether a response may carry a successor token: the protocol's "eligible response". Browsers store Set-Cookie also
/// from 304, 101, HEAD and prefetched answers, and a shared cache would hand a token to strangers. Asked at the commit,
/// and again when the headers go.
/// </summary>
internal static class RotationEligibility
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(10);

    /// <param name="context">The request by cookie, and the response as it stands.</param>
    /// <param name="validatedAt">When the token was validated: a late answer would overwrite a newer cookie.</param>
    /// <param name="now">The present.</param>
    public static bool MayCarry(HttpContext context, DateTimeOffset validatedAt, DateTimeOffset now)
        => now - validatedAt <= MaxAge
            && context.Request.Method is "GET" or "POST" or "PUT" or "PATCH" or "DELETE"
            && context.Response.StatusCode is >= 200 and < 400 and not StatusCodes.Status304NotModified
            && !IsUpgrade(context)
            && !IsPrefetch(context.Request)
            && !IsShared(context.Response.Headers);

    /// <summary>Whether the browser fetches in advance, so that nobody has seen or asked for the page yet.</summary>
    public static bool IsPrefetch(HttpRequest request)
        => HeaderTokens.Contain(request.Headers["Sec-Purpose"], "prefetch") || HeaderTokens.Contain(request.Headers["Purpose"], "prefetch");

    // By the headers: IHttpUpgradeFeature.IsUpgradableRequest is true for every request behind IIS.
    private static bool IsUpgrade(HttpContext context)
        => HeaderTokens.Contain(context.Request.Headers.Connection, "upgrade")
            || context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true };

    // Age is what the output cache and the response cache write on a hit.
    private static bool IsShared(IHeaderDictionary headers)
    {
        var control = headers.CacheControl;
        return headers.Age.Count > 0
            || HeaderTokens.Contain(control, "public")
            || HeaderTokens.Contain(control, "s-maxage")
            || HeaderTokens.Contain(control, "immutable");
    }
}
