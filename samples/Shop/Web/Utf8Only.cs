using Microsoft.Net.Http.Headers;

namespace Shop.Web;

/// <summary>
/// Refuses bodies in another charset. JSON has only this one (RFC 8259 section 8.1), and the framework answers one that
/// it does not know with 500.
/// </summary>
internal sealed class Utf8Only(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type) && type.Charset.HasValue
            && !HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase))
        {
            context.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return Task.CompletedTask;
        }

        return next(context);
    }
}
