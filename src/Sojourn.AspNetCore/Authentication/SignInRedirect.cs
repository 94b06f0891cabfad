using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Http;

namespace Sojourn.AspNetCore;

/// <summary>Sends a page to the sign-in page, with a local way back and the reason.</summary>
internal static class SignInRedirect
{
    public static void Write(SessionFeature feature, string? reason, string? returnUrl = null)
    {
        var (request, response, options) = (feature.Context.Request, feature.Context.Response, feature.Parts.Options);

        // What was not a GET cannot be repeated by a link, so its way back is the start page.
        var back = returnUrl is not null && ReturnAddress.IsLocal(returnUrl) ? returnUrl
            : HttpMethods.IsGet(request.Method) ? ReturnAddress.Of(request) : "/";
        var address = $"{request.PathBase}{options.SignInPath}?{options.ReturnUrlParameter}={UrlEncoder.Default.Encode(back)}";
        response.StatusCode = StatusCodes.Status303SeeOther;
        response.Headers.Location = reason is null ? address : $"{address}&reason={reason}";
        NoStore.Apply(response.Headers);
    }
}
