using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

using Sojourn;
using Sojourn.AspNetCore;

/// <summary>Adds Sojourn to an ASP.NET Core application.</summary>
public static class SojournServiceCollectionExtensions
{
    /// <summary>
    /// Adds sessions: the authentication scheme <c>Sojourn</c> (the default scheme when none is set), <see cref="Session"/>
    /// as a handler parameter, and <see cref="SessionManager"/>. Call <c>app.UseSojourn()</c> too. Without a named store
    /// sessions live in memory, with a warning outside Development.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Sets the engine's options; they are checked at the start.</param>
    public static SojournBuilder AddSojourn(this IServiceCollection services, Action<SojournOptions>? configure = null)
    {
        var builder = services.AddSojournCore(configure);
        services.AddOptions<SojournWebOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IPostConfigureOptions<SojournWebOptions>, SojournWebOptionsSetup>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<SojournWebOptions>, SojournWebOptionsSetup>());
        services.TryAddSingleton<WebParts>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IStartupFilter, SessionStartupFilter>());
        services.AddHttpContextAccessor();
        services.TryAddScoped(CurrentSession);
        services.AddAuthenticationCore(); // AddAuthentication() would also make a key ring in the home folder, which sessions do not need
        services.TryAddTransient<SojournHandler>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IAuthorizationHandler, StepUpHandler>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IPostConfigureOptions<AuthorizationOptions>, StepUpPolicy>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<AuthenticationOptions>, SchemeSetup>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IPostConfigureOptions<AuthenticationOptions>, SchemeSetup>());
        return builder;
    }

    private static Session CurrentSession(IServiceProvider services)
        => services.GetRequiredService<IHttpContextAccessor>().HttpContext?.SojournSession
            ?? throw new InvalidOperationException("There is no request here, so there is no Session. Outside requests use SessionManager; in a hub use Context.GetHttpContext()!.SojournSession.");
}
