using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Builder;

using Sojourn.AspNetCore;

/// <summary>Puts Sojourn into the request pipeline.</summary>
public static class SojournApplicationBuilderExtensions
{
    /// <summary>
    /// Validates sessions before the endpoints run and refuses unsafe requests from other sites. Anywhere before the
    /// endpoints, next to whatever authentication the application has. Where <c>UseRouting</c> is called, after it: what an
    /// endpoint says (<c>AllowCrossSite</c>) is not known before, and unsafe requests are then refused.
    /// </summary>
    /// <exception cref="InvalidOperationException"><c>AddSojourn()</c> was not called.</exception>
    public static IApplicationBuilder UseSojourn(this IApplicationBuilder app)
    {
        Register(app, nameof(UseSojourn));
        return app.Use(next => new SessionMiddleware(next, setsUser: false).InvokeAsync);
    }

    /// <summary>
    /// <c>UseSojourn()</c> and <c>UseAuthentication()</c> in one, for an application whose sessions are all the
    /// authentication there is. The session is there already, so the user is made only when somebody asks, which spares
    /// a request more than 1 KB. As with <c>UseAuthentication()</c>, what stands in front sees nobody signed in, so
    /// <c>UseAuthorization()</c> has to follow, and <c>UseOutputCache()</c> may only follow.
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// <c>AddSojourn()</c> was not called; or something takes part that only <c>UseAuthentication()</c> asks: another default
    /// scheme, a scheme with callbacks such as OpenID Connect, a claims transformation, an authentication service of the
    /// application. When the application starts: authorization is registered (as <c>AddControllers()</c> does too), and
    /// <c>UseAuthorization()</c> does not follow. In a request: an output cache in front is about to keep answers.
    /// </exception>
    public static IApplicationBuilder UseSojournAuthentication(this IApplicationBuilder app)
    {
        Register(app, nameof(UseSojournAuthentication));
        SessionAuthentication.RequireSessionsOnly(app.ApplicationServices);
        SessionAuthentication.TakePlace(app);
        return app.Use(next =>
        {
            SessionAuthentication.RequireAuthorizationBehind(app);
            return new SessionMiddleware(next, setsUser: true).InvokeAsync;
        });
    }

    private static void Register(IApplicationBuilder app, string name)
    {
        ArgumentNullException.ThrowIfNull(app);
        var parts = app.ApplicationServices.GetService<WebParts>()
            ?? throw new InvalidOperationException($"{name}() needs builder.Services.AddSojourn().");
        parts.IsInPipeline = true;
    }
}
