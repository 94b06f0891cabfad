using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Sojourn.AspNetCore;

/// <summary>
/// What <c>UseSojournAuthentication()</c> asks of an application before it takes the place of <c>UseAuthentication()</c>
/// (decision 7): nothing may get lost that only the framework's middleware does.
/// </summary>
internal static class SessionAuthentication
{
    // By these WebApplication knows that an application has named the two, and does not put them in front of all others.
    private const string AuthenticationKey = "__AuthenticationMiddlewareSet";
    private const string AuthorizationKey = "__AuthorizationMiddlewareSet";

    private static readonly object NotYet = new();

    /// <summary>Keeps the framework from adding its own two, as naming them would.</summary>
    public static void TakePlace(IApplicationBuilder app)
    {
        app.Properties[AuthenticationKey] = true;
        app.Properties[AuthorizationKey] = NotYet; // until it is named behind; in front it would find nobody
    }

    /// <summary>
    /// Called when all middleware is named. Only <c>WebApplication</c> would have added authorization, so a branch or a
    /// Startup class is not asked for it.
    /// </summary>
    public static void RequireAuthorizationBehind(IApplicationBuilder app)
    {
        if (app is WebApplication && app.Properties.TryGetValue(AuthorizationKey, out var named) && named == NotYet
            && app.ApplicationServices.GetService<IServiceProviderIsService>()?.IsService(typeof(IAuthorizationHandlerProvider)) is true)
        {
            throw new InvalidOperationException("app.UseSojournAuthentication() needs app.UseAuthorization() behind it, as app.UseAuthentication() does: no endpoint that asks for authorization could be served.");
        }
    }

    /// <summary>Whether sessions are all the authentication there is.</summary>
    /// <exception cref="InvalidOperationException">They are not; the message names what else there is.</exception>
    public static void RequireSessionsOnly(IServiceProvider services)
    {
        var options = services.GetRequiredService<IOptions<AuthenticationOptions>>().Value;
        var scheme = services.GetRequiredService<WebParts>().DefaultScheme;
        if (!options.SchemeMap.TryGetValue(scheme, out var ours) || ours.HandlerType != typeof(SojournHandler))
        {
            throw Needs($"the default scheme is {scheme}");
        }

        if (options.Schemes.FirstOrDefault(each => typeof(IAuthenticationRequestHandler).IsAssignableFrom(each.HandlerType)) is { } remote)
        {
            throw Needs($"the scheme {remote.Name} answers requests of its own");
        }

        RequireUsual<IAuthenticationSchemeProvider>(services, service => service.GetType() == typeof(AuthenticationSchemeProvider));
        RequireUsual<IClaimsTransformation>(services, service => service.GetType() == typeof(NoopClaimsTransformation));
        RequireUsual<IAuthenticationService>(services, service => service.GetType().Assembly == typeof(AuthenticationService).Assembly);
        RequireUsual<IAuthenticationHandlerProvider>(services, service => service.GetType() == typeof(AuthenticationHandlerProvider));
    }

    /// <summary>A service that cannot be made without a request is the application's: the framework's can.</summary>
    private static void RequireUsual<T>(IServiceProvider services, Func<T, bool> isUsual) where T : class
    {
        try
        {
            using var scope = services.CreateScope();
            if (scope.ServiceProvider.GetService<T>() is not { } service || isUsual(service))
            {
                return;
            }
        }
        catch (Exception fault)
        {
            throw Needs($"the application has a {typeof(T).Name} of its own", fault);
        }

        throw Needs($"the application has a {typeof(T).Name} of its own");
    }

    private static InvalidOperationException Needs(string what, Exception? fault = null)
        => new($"app.UseSojournAuthentication() is for applications whose sessions are all the authentication there is, and {what}. Call app.UseSojourn() and app.UseAuthentication() instead.", fault);
}
