using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Features.Authentication;

namespace Sojourn.AspNetCore;

/// <summary>
/// <c>UseSojourn()</c>: validates a shown token before the endpoint runs, and refuses unsafe requests from other sites and,
/// in token mode, ones without the session's CSRF token.
/// As <c>UseSojournAuthentication()</c> it also says who the user is.
/// </summary>
/// <param name="next">What follows.</param>
/// <param name="setsUser">Whether it does.</param>
internal sealed class SessionMiddleware(RequestDelegate next, bool setsUser)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var feature = context.Features.GetRequiredFeature<SessionFeature>();
        if (CrossSiteCheck.Refusal(feature) is { } foreign)
        {
            feature.Refuse(foreign);
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
        else
        {
            if (feature.Parts.Csrf is { } tokens && await CsrfCheck.RefusalAsync(feature, tokens) is { } refusal)
            {
                feature.Refuse(refusal);
                return;
            }

            if (setsUser)
            {
                SessionUser.Set(feature);
            }
        }

        try
        {
            await next(context);
            if (feature.IsPassiveInVain && feature.Parts.TellsOfPassive())
            {
                SojournWebLog.PassiveInVain(feature.Parts.Logger, context.GetEndpoint()!.DisplayName ?? "");
            }
        }
        catch (Exception fault)
        {
            feature.Refuse(fault); // one that SessionManager threw, say, before a page makes a 500 of it
            feature.Request.DropChanges(); // whatever page tells of the exception must not commit half of the handler's work
            throw;
        }
    }
}
