using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace Sojourn.AspNetCore;

/// <summary>
/// The page that sends a kept form again, by the browser itself: so it passes everything that any form passes, the check
/// of its origin and the step-up included. Without scripts it has a button.
/// </summary>
internal static class ResumePage
{
    /// <summary>The query parameter that names the form.</summary>
    public const string Parameter = "form";

    // Nothing but its own script and style, and no frame may show it. No form-action: browsers hold it against the redirects behind the
    // form, too, so an order that goes on to a payment provider would stop here.
    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'";

    /// <summary>The module and the style beside it.</summary>
    private const string Script = "resume.js";
    private const string Style = "resume.css";

    private const string Address = "/resume";

    public static void Map(RouteGroupBuilder group, WebParts parts)
    {
        var page = group.MapGet(Address, WriteAsync);
        ((IEndpointConventionBuilder)page).Finally(endpoint =>
        {
            var address = "/" + ((RouteEndpointBuilder)endpoint).RoutePattern.RawText?.TrimStart('/');
            parts.ResumeAddress = address.Contains('{', StringComparison.Ordinal)
                ? throw new InvalidOperationException($"MapSession() is mapped at {address}. It needs a plain path: pages are sent there by this library, which knows no route values.")
                : address;
        });
    }

    private static async Task WriteAsync(HttpContext context)
    {
        if (RotationEligibility.IsPrefetch(context.Request))
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent; // nobody has asked for it yet, and it can be had once
            return;
        }

        var feature = context.Features.GetRequiredFeature<SessionFeature>();
        var id = context.Request.Query[Parameter];
        if (id.Count != 1 || !context.SojournSession.IsSignedIn || await KeptForms.TakeAsync(feature, id.ToString()) is not { } form)
        {
            // Taken already, by the page that was here before, or too late.
            context.Response.StatusCode = StatusCodes.Status303SeeOther;
            context.Response.Headers.Location = context.Request.PathBase.HasValue ? context.Request.PathBase.ToUriComponent() : "/";
            NoStore.Apply(context.Response.Headers);
            return;
        }

        var headers = context.Response.Headers;
        NoStore.Apply(headers);
        headers.ContentSecurityPolicy = Policy;
        headers["Referrer-Policy"] = "same-origin";
        context.Response.ContentType = "text/html; charset=utf-8";
        await context.Response.WriteAsync(Html(form), context.RequestAborted);
    }

    private static string Html(KeptForm form)
    {
        var encode = HtmlEncoder.Default;
        var page = new StringBuilder("<!DOCTYPE html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><meta name=\"color-scheme\" content=\"light dark\"><title>One moment</title>")
            .Append("<link rel=\"stylesheet\" href=\"").Append(Style).Append("\"><h1>One moment</h1><p>Thank you. What you were about to do goes on.</p><form method=\"post\" autocomplete=\"off\" action=\"").Append(encode.Encode(form.Address)).Append('"')
            .Append(form.IsMultipart ? " enctype=\"multipart/form-data\">" : ">");
        foreach (var (name, value) in form.Fields)
        {
            // A text area keeps line breaks, which an input would lose; the first one in it is the parser's.
            page.Append("<textarea hidden name=\"").Append(encode.Encode(name)).Append("\">\n").Append(encode.Encode(value)).Append("</textarea>");
        }

        return page.Append("<button>Continue</button></form><script type=\"module\" src=\"").Append(Script).Append("\"></script></html>").ToString();
    }
}
