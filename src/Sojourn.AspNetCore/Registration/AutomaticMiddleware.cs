using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Sojourn.AspNetCore;

/// <summary>
/// <c>WebApplication</c> puts <c>UseAuthentication()</c> and <c>UseAuthorization()</c> in front of an application that
/// names neither. Where sessions are all the authentication there is, <c>UseSojourn()</c> stands in for both: it has the
/// session already, makes its user when somebody asks, and spares each request about 1.8 KB (decision 7).
/// </summary>
internal static class AutomaticMiddleware
{
    // With these the framework notes that an application has named the two by itself.
    private const string AuthenticationKey = "__AuthenticationMiddlewareSet";
    private const string AuthorizationKey = "__AuthorizationMiddlewareSet";

    private static readonly object Replaced = new();

    /// <summary>Keeps the framework from adding the two, unless the application has, or something but sessions needs them.</summary>
    /// <returns>Whether <c>UseSojourn()</c> has to stand in.</returns>
    public static bool TryReplace(IApplicationBuilder app)
    {
        if (app.Properties.ContainsKey(AuthenticationKey) || app.Properties.ContainsKey(AuthorizationKey) || !KnowsOnlySessions(app.ApplicationServices))
        {
            return false;
        }

        app.Properties[AuthenticationKey] = app.Properties[AuthorizationKey] = Replaced;
        return true;
    }

    /// <summary>Authorization in front of <paramref name="next"/>, unless the application has named it after <c>UseSojourn()</c>.</summary>
    public static RequestDelegate Authorize(IApplicationBuilder app, RequestDelegate next)
    {
        if (app.Properties[AuthorizationKey] != Replaced || app.ApplicationServices.GetService<IServiceProviderIsService>()?.IsService(typeof(IAuthorizationHandlerProvider)) is not true)
        {
            return next;
        }

        var branch = app.New();
        branch.UseAuthorization();
        branch.Run(next);
        return branch.Build();
    }

    /// <summary>
    /// Whether nothing else takes part: another default scheme, a scheme with callbacks (OpenID Connect), claims
    /// that are transformed, or the application's own authentication service.
    /// </summary>
    private static bool KnowsOnlySessions(IServiceProvider services)
    {
        var options = services.GetRequiredService<IOptions<AuthenticationOptions>>().Value;
        using var scope = services.CreateScope();
        return (options.DefaultAuthenticateScheme ?? options.DefaultScheme) is { } name
            && options.SchemeMap.TryGetValue(name, out var scheme) && scheme.HandlerType == typeof(SojournHandler)
            && !options.Schemes.Any(each => typeof(IAuthenticationRequestHandler).IsAssignableFrom(each.HandlerType))
            && services.GetService<IAuthenticationSchemeProvider>()?.GetType() == typeof(AuthenticationSchemeProvider)
            && scope.ServiceProvider.GetService<IClaimsTransformation>() is null or NoopClaimsTransformation
            && scope.ServiceProvider.GetService<IAuthenticationService>()?.GetType().Assembly == typeof(AuthenticationService).Assembly;
    }
}
