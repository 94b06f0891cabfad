using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Net.Http.Headers;

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

        return (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HasForm(request))
            && request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>
    /// Whether the body is a form, by its Content-Type alone: the framework's property for that throws once antiforgery has
    /// found the request forged.
    /// </summary>
    public static bool HasForm(HttpRequest request) => MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
        && (type.MediaType.Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) || type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase));
}
