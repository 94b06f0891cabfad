using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Features.Authentication;

namespace Sojourn.AspNetCore;

/// <summary>
/// <c>UseSojourn()</c>: validates a shown token before the endpoint runs, and refuses unsafe requests from other sites.
/// As <c>UseSojournAuthentication()</c> it also says who the user is.
/// </summary>
/// <param name="next">What follows.</param>
/// <param name="setsUser">Whether it does.</param>
internal sealed class SessionMiddleware(RequestDelegate next, bool setsUser)
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
            var unknowable = new UnknowableUser();
            context.Features.Set<IHttpAuthenticationFeature>(unknowable);
            context.Features.Set<IAuthenticateResultFeature>(unknowable);
        }
        else if (setsUser)
        {
            SessionUser.Set(feature);
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
