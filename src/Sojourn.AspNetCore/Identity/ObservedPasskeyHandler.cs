using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace Sojourn.AspNetCore;

/// <summary>Stands before the application's or the framework's passkey handler and notes what an assertion proved.</summary>
internal sealed class ObservedPasskeyHandler<TUser>(IPasskeyHandler<TUser> inner) : IPasskeyHandler<TUser> where TUser : class
{
    /// <summary>Under this key the handler that was registered lives on, made and disposed of by its container.</summary>
    private static readonly object Key = new();

    private static readonly Func<IServiceProvider, object> Factory = static services => new ObservedPasskeyHandler<TUser>(services.GetRequiredKeyedService<IPasskeyHandler<TUser>>(Key));

    /// <summary>Puts this handler before the one that is registered by now; one that comes later is caught by <see cref="PasskeyServices{TUser}"/>.</summary>
    public static void Install(IServiceCollection services)
    {
        if (!IsInstalled(services))
        {
            var found = Registered(services)!;
            services[services.IndexOf(found)] = new(typeof(IPasskeyHandler<TUser>), Factory, found.Lifetime);
            services.Add(Keyed(found));
        }
    }

    /// <summary>Whether the handler that a container of these services gives is this one, or there is none.</summary>
    public static bool IsInstalled(IServiceCollection services)
        => Registered(services) is not { } last || last.ImplementationFactory == Factory;

    public Task<PasskeyCreationOptionsResult> MakeCreationOptionsAsync(PasskeyUserEntity userEntity, HttpContext httpContext) => inner.MakeCreationOptionsAsync(userEntity, httpContext);

    public Task<PasskeyRequestOptionsResult> MakeRequestOptionsAsync(TUser? user, HttpContext httpContext) => inner.MakeRequestOptionsAsync(user, httpContext);

    public Task<PasskeyAttestationResult> PerformAttestationAsync(PasskeyAttestationContext context) => inner.PerformAttestationAsync(context);

    public async Task<PasskeyAssertionResult<TUser>> PerformAssertionAsync(PasskeyAssertionContext context)
    {
        var result = await inner.PerformAssertionAsync(context);
        if (result.Succeeded && context.HttpContext.Features.Get<SessionFeature>() is { } feature)
        {
            var users = context.HttpContext.RequestServices.GetRequiredService<UserManager<TUser>>();
            feature.Proof = new IdentityProof(await users.GetUserIdAsync(result.User), PasskeyMethods.Of(context.CredentialJson, result.Passkey), IsPasskey: true);
        }

        return result;
    }

    private static ServiceDescriptor? Registered(IServiceCollection services)
        => services.LastOrDefault(each => !each.IsKeyedService && each.ServiceType == typeof(IPasskeyHandler<TUser>));

    private static ServiceDescriptor Keyed(ServiceDescriptor plain)
    {
        if (plain.ImplementationInstance is { } instance)
        {
            return new(typeof(IPasskeyHandler<TUser>), Key, instance);
        }

        return plain.ImplementationFactory is { } factory
            ? new(typeof(IPasskeyHandler<TUser>), Key, (services, _) => factory(services), plain.Lifetime)
            : new(typeof(IPasskeyHandler<TUser>), Key, plain.ImplementationType!, plain.Lifetime);
    }
}

/// <summary>
/// The services that a <see cref="SojournUserManager{TUser}"/> hands on. The framework's sign-in manager takes the passkey
/// handler from there, so here it is seen whenever it was registered.
/// </summary>
internal sealed class PasskeyServices<TUser>(IServiceProvider inner) : IKeyedServiceProvider, ISupportRequiredService where TUser : class
{
    public object? GetService(Type serviceType)
    {
        var service = inner.GetService(serviceType);
        return service is IPasskeyHandler<TUser> handler and not ObservedPasskeyHandler<TUser> && serviceType == typeof(IPasskeyHandler<TUser>)
            ? new ObservedPasskeyHandler<TUser>(handler)
            : service;
    }

    public object GetRequiredService(Type serviceType) => GetService(serviceType) ?? inner.GetRequiredService(serviceType);

    public object? GetKeyedService(Type serviceType, object? serviceKey) => ((IKeyedServiceProvider)inner).GetKeyedService(serviceType, serviceKey);

    public object GetRequiredKeyedService(Type serviceType, object? serviceKey) => ((IKeyedServiceProvider)inner).GetRequiredKeyedService(serviceType, serviceKey);
}
