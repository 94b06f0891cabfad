using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Sojourn.AspNetCore;

/// <summary>
/// <c>UseSojourn()</c>: validates a shown token before the endpoint runs, and refuses unsafe requests from other sites.
/// </summary>
internal sealed class SessionMiddleware(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var feature = context.Features.GetRequiredFeature<SessionFeature>();
        if (!IsSameSite(feature))
        {
            return;
        }

        await feature.OpenAsync();
        if (feature.Request.IsUnavailable && !feature.IsWithoutSession)
        {
            if (context.GetEndpoint() is not null && (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method)))
            {
                feature.Refuse(SessionAnswer.StoreDown());
                return;
            }

            // It may be a sign-out, which clears the cookie even now (row 33), or an endpoint that is found only later.
            // Whoever asks who this is gets the fault.
            context.User = new UnknowablePrincipal();
        }

        try
        {
            await next(context);
        }
        catch (Exception fault)
        {
            feature.Refuse(fault); // one that SessionManager threw, say, before a page makes a 500 of it
            feature.Request.DropChanges(); // whatever page tells of the exception must not commit half of the handler's work
            throw;
        }
    }

    /// <summary>Every unsafe request, sign-in included (FM-16), and every upgrade, unless its endpoint says <c>AllowCrossSite()</c>.</summary>
    private static bool IsSameSite(SessionFeature feature)
    {
        var metadata = feature.Context.GetEndpoint()?.Metadata;
        if (metadata?.GetMetadata<AllowCrossSiteMetadata>() is not null)
        {
            return true;
        }

        var verdict = OriginCheck.Check(feature.Context.Request, feature.Parts.Options.TrustedOrigins);
        if (!verdict.IsAllowed)
        {
            SojournWebLog.CrossSiteRefused(feature.Parts.Logger, feature.Context.Request.Method, verdict.Failure ?? "");
            feature.Refuse(SessionAnswer.CrossSite(verdict.Failure, verdict.Detail));
        }

        return verdict.IsAllowed;
    }
}
