using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Sojourn.Storage;

namespace Sojourn;

/// <summary>Goes on setting Sojourn up, after <c>services.AddSojourn()</c>.</summary>
public sealed class SojournBuilder
{
    internal SojournBuilder(IServiceCollection services) => Services = services;

    /// <summary>The services that are being set up.</summary>
    public IServiceCollection Services { get; }

    /// <summary>Keeps sessions in the memory of this process: they end with it. Says that this is meant, so no warning is logged.</summary>
    /// <param name="configure">Sets the bounds; null for the defaults.</param>
    public SojournBuilder UseMemory(Action<InMemoryStoreOptions>? configure = null)
    {
        var options = new InMemoryStoreOptions();
        configure?.Invoke(options);
        return UseStore(_ => new InMemorySessionStore(options));
    }

    /// <summary>Keeps sessions in a store of one's own; the last call wins. Sojourn disposes the store.</summary>
    public SojournBuilder UseStore(Func<IServiceProvider, ISessionStore> store)
    {
        Services.Replace(ServiceDescriptor.Singleton(provider => new Engine.StoreChoice(store(provider), IsNamed: true)));
        return this;
    }
}
