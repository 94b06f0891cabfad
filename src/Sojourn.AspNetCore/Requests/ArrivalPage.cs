using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Sojourn.AspNetCore;

/// <summary>
/// The page that loads its own address once more. No redirect would do: the browser follows it on behalf of the other site.
/// It runs no script and fetches nothing, and nobody may keep or frame it.
/// </summary>
internal static class ArrivalPage
{
    private const string Policy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static async Task WriteAsync(HttpContext context, string address)
    {
        var body = Encoding.UTF8.GetBytes(Html(OnThisPage(address)));
        var (response, headers) = (context.Response, context.Response.Headers);
        NoStore.Apply(headers);
        headers.Vary = StringValues.Concat(headers.Vary, new StringValues(["Sec-Fetch-Site", "Sec-Fetch-Mode", "Sec-Fetch-Dest"]));
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer"; // the application would see its own page as where the person came from
        response.ContentType = "text/html; charset=utf-8";
        response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await response.Body.WriteAsync(body, context.RequestAborted);
        }
    }

    /// <summary>
    /// The address as seen from itself, such as <c>./orders?page=2</c>: it cannot lead to another host, whatever is in it, and
    /// holds behind a proxy that took directories of the path away.
    /// </summary>
    private static string OnThisPage(string address)
    {
        var query = address.IndexOf('?', StringComparison.Ordinal);
        var path = query < 0 ? address : address[..query];
        return "./" + address[(path.LastIndexOf('/') + 1)..];
    }

    private static string Html(string address)
    {
        var encoded = HtmlEncoder.Default.Encode(address);
        return $"""
            <!DOCTYPE html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
            <meta http-equiv="refresh" content="0;url={encoded}"><title>One moment</title><p>One moment, please. <a href="{encoded}">Go on</a></p></html>
            """;
    }
}
