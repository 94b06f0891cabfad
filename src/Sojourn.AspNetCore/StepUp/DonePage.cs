using Microsoft.AspNetCore.Http;

namespace Sojourn.AspNetCore;

/// <summary>
/// Where the small window of <c>fetchWithStepUp()</c> ends: it tells the page that opened it, and closes. The server says to that page
/// whether anything was confirmed, so this one may be opened by anybody.
/// </summary>
internal static class DonePage
{
    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'";

    private const string Html = "<!DOCTYPE html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><meta name=\"color-scheme\" content=\"light dark\">"
        + "<title>Thank you</title><link rel=\"stylesheet\" href=\"resume.css\"><h1>Thank you</h1><p>You can close this window and go on.</p><script type=\"module\" src=\"done.js\"></script></html>";

    public static Task WriteAsync(HttpContext context)
    {
        context.Response.Headers.ContentSecurityPolicy = Policy;
        context.Response.Headers.CacheControl = "no-cache";
        context.Response.ContentType = "text/html; charset=utf-8";
        return context.Response.WriteAsync(Html, context.RequestAborted);
    }
}
