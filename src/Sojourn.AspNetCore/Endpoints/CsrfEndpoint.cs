using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Sojourn.AspNetCore;

/// <summary>The CSRF token for scripts. Another site can have it fetched, and cannot read it.</summary>
internal static class CsrfEndpoint
{
    public static Task WriteAsync(HttpContext context)
    {
        NoStore.Apply(context.Response.Headers);
        if (context.Features.GetRequiredFeature<SessionFeature>().Parts.Csrf is not { } tokens)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        if (context.SojournCsrfToken is not { } token)
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return Task.CompletedTask;
        }

        var body = new CsrfBody(token, tokens.Options.HeaderName);
        return context.Response.WriteAsJsonAsync(body, SojournJsonContext.Default.CsrfBody, cancellationToken: context.RequestAborted);
    }
}

/// <summary>The answer.</summary>
/// <param name="Token">The token.</param>
/// <param name="Header">The request header that it belongs in.</param>
internal sealed record CsrfBody(string Token, string Header);
