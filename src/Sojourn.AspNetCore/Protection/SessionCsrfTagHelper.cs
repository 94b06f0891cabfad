using System.Net;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;
using Sojourn.AspNetCore;

namespace Sojourn;

/// <summary>
/// Writes the CSRF token of the session into every <c>&lt;form method="post"&gt;</c> of MVC views and Razor Pages that is sent to
/// this application: <c>@addTagHelper *, Sojourn.AspNetCore</c>. A form whose <c>action</c> is an absolute address, or of
/// another scheme, gets none; nor does any without <c>AddCsrfTokens()</c> or when nobody is signed in.
/// </summary>
[HtmlTargetElement("form")]
public sealed class SessionCsrfTagHelper : TagHelper
{
    /// <summary>The view; set by the framework.</summary>
    [ViewContext, HtmlAttributeNotBound]
    public ViewContext ViewContext { get; set; } = null!;

    /// <inheritdoc/>
    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        // As the form goes out: the framework's own helpers, which come first, may have set both.
        var isPost = Text(output, "method").Trim().Equals("post", StringComparison.OrdinalIgnoreCase);
        if (isPost && StaysHere(Text(output, "action")) && ViewContext.HttpContext.SojournCsrfToken is { } token)
        {
            var field = ViewContext.HttpContext.Features.GetRequiredFeature<SessionFeature>().Parts.Csrf!.Options.FormFieldName;
            output.PostContent.AppendHtml($"<input type=\"hidden\" name=\"{HtmlEncoder.Default.Encode(field)}\" value=\"{token}\">");
        }
    }

    /// <summary>
    /// Whether a browser would send the form to this origin, whatever it reads into the address: it drops tabs and line
    /// breaks, and takes backslashes for slashes. An absolute address of our own counts as another's: no need to tell.
    /// </summary>
    private static bool StaysHere(string action)
    {
        var address = action.AsSpan().Trim();
        var end = address.IndexOfAny("/\\?#") is >= 0 and var at ? at : address.Length;
        return !address.ContainsAnyInRange('\0', '\u001f')
            && !address[..end].Contains(':')
            && !(address.Length > 1 && address[0] is '/' or '\\' && address[1] is '/' or '\\');
    }

    /// <summary>An attribute as the browser reads it: Razor may have put encoded text into it.</summary>
    private static string Text(TagHelperOutput output, string name)
    {
        if (output.Attributes[name]?.Value is not IHtmlContent content)
        {
            return output.Attributes[name]?.Value?.ToString() ?? "";
        }

        using var writer = new StringWriter();
        content.WriteTo(writer, HtmlEncoder.Default);
        return WebUtility.HtmlDecode(writer.ToString());
    }
}
