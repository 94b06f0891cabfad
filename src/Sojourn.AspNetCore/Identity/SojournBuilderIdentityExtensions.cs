using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Sojourn.AspNetCore;
using Sojourn.Engine;

namespace Sojourn;

/// <summary>Brings ASP.NET Core Identity and sessions together.</summary>
public static class SojournBuilderIdentityExtensions
{
    /// <summary>
    /// Has sessions serve Identity's application scheme, before or after the framework's <c>AddIdentity</c> or
    /// <c>AddIdentityCore</c> with <c>AddSignInManager</c>: <see cref="SignInManager{TUser}"/> works as ever, and needs no
    /// application cookie. External and two-factor sign-ins keep their short-lived cookies. Paths and the return parameter
    /// come from <c>ConfigureApplicationCookie</c> unless <c>ConfigureWeb</c> sets them (to <c>PathString.Empty</c> for
    /// none). Registers <see cref="SojournUserManager{TUser}"/> unless the application has a user manager of its own.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Sets the options; they are checked at the start, which fails without Identity's services.</param>
    /// <typeparam name="TUser">The user type; one for an application.</typeparam>
    /// <exception cref="InvalidOperationException">It was called for another user type before.</exception>
    public static SojournBuilder AddIdentity<TUser>(this SojournBuilder builder, Action<SojournIdentityOptions>? configure = null) where TUser : class
    {
        var services = builder.Services;
        if (services.LastOrDefault(each => each.ServiceType == typeof(IdentityUserType))?.ImplementationInstance is IdentityUserType known && known.Type != typeof(TUser))
        {
            throw new InvalidOperationException(
                $"AddSojourn().AddIdentity<{typeof(TUser).Name}>() was called after AddIdentity<{known.Type.Name}>(): the application scheme has one user type. Call it once.");
        }

        var options = services.AddOptions<SojournIdentityOptions>().ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        if (services.All(each => each.ServiceType != typeof(IdentityUserType)))
        {
            services.AddSingleton(new IdentityUserType(typeof(TUser)));
            services.AddSingleton<IPostConfigureOptions<AuthenticationOptions>, IdentitySchemeSetup>();
            services.AddSingleton<IPostConfigureOptions<SojournWebOptions>, IdentityWebSetup>();
            services.AddSingleton<IPostConfigureOptions<CookieAuthenticationOptions>, IdentityCookieSetup>();
            services.AddSingleton<IValidateOptions<SojournIdentityOptions>>(provider => new IdentityStartCheck<TUser>(services, provider.GetRequiredService<ILogger<SessionFeature>>()));
            services.AddSingleton(MakeStamps<TUser>);
        }

        UseUserManager<TUser>(services);
        ObservedPasskeyHandler<TUser>.Install(services);
        return builder;
    }

    private static SecurityStamps MakeStamps<TUser>(IServiceProvider provider) where TUser : class => new(
        provider.GetRequiredService<SessionEngine>(),
        provider.GetRequiredService<IOptions<SojournIdentityOptions>>(),
        provider.GetRequiredService<IOptions<IdentityOptions>>(),
        static async (services, principal) =>
        {
            var signIn = services.GetRequiredService<SignInManager<TUser>>();
            return await signIn.ValidateSecurityStampAsync(principal) is { } user ? await signIn.CreateUserPrincipalAsync(user) : null;
        });

    /// <summary>The framework adds its own only if there is none, and the application's own is left alone.</summary>
    private static void UseUserManager<TUser>(IServiceCollection services) where TUser : class
    {
        var found = services.LastOrDefault(each => !each.IsKeyedService && each.ServiceType == typeof(UserManager<TUser>));
        if (found?.ImplementationType == typeof(UserManager<TUser>))
        {
            services.Remove(found);
            found = null;
        }

        if (found is null)
        {
            services.AddScoped<UserManager<TUser>, SojournUserManager<TUser>>();
        }
    }

    /// <summary>The user type that the application scheme signs in.</summary>
    private sealed record IdentityUserType(Type Type);
}
