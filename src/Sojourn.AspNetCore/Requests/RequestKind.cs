using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace Sojourn.AspNetCore;

/// <summary>Whether a request wants a page or data: the endpoint's own word, then Fetch Metadata, then what it accepts.</summary>
internal static class RequestKind
{
    public static bool IsPage(HttpContext context)
    {
        var metadata = context.GetEndpoint()?.Metadata;
        if (metadata?.GetMetadata<IDisableCookieRedirectMetadata>() is not null && metadata.GetMetadata<IAllowCookieRedirectMetadata>() is null)
        {
            return false;
        }

        var request = context.Request;
        if (request.Headers["Sec-Fetch-Mode"] is { Count: > 0 } mode)
        {
            return mode == "navigate";
        }

        return (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || request.HasFormContentType)
            && request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);
    }
}
