using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

using Sojourn;
using Sojourn.Engine;
using Sojourn.Storage;

/// <summary>Adds the engine alone, for programs without ASP.NET Core.</summary>
public static class SojournCoreServiceCollectionExtensions
{
    /// <summary>
    /// Adds <see cref="SessionManager"/> and the background work behind it. Without a named store sessions live in memory.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Sets the options; they are checked at the start.</param>
    public static SojournBuilder AddSojournCore(this IServiceCollection services, Action<SojournOptions>? configure = null)
    {
        var options = services.AddOptions<SojournOptions>().ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<SojournOptions>, SojournOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(_ => new StoreChoice(new InMemorySessionStore(new InMemoryStoreOptions()), IsNamed: false));
        services.TryAddSingleton(provider => new SessionEngine(
            provider.GetRequiredService<IOptions<SojournOptions>>().Value,
            provider.GetRequiredService<StoreChoice>().Store,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<SessionManager>>()));
        services.TryAddSingleton(provider => new SessionManager(provider.GetRequiredService<SessionEngine>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, SojournHostedService>());
        return new SojournBuilder(services);
    }
}
