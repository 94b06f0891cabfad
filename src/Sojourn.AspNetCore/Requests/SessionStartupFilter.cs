using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Sojourn.Engine;

namespace Sojourn.AspNetCore;

/// <summary>Puts the session's frame outermost, and refuses to start without <c>UseSojourn()</c> or <c>UseSojournAuthentication()</c>.</summary>
internal sealed class SessionStartupFilter(WebParts parts, StoreChoice store, IHostEnvironment environment, IHostApplicationLifetime lifetime, IServer server) : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.UseMiddleware<SessionFrameMiddleware>();
        next(app);
        if (!parts.IsInPipeline)
        {
            throw new InvalidOperationException("AddSojourn() was called, but app.UseSojourn() was not: no request would be protected. Add app.UseSojourn() before the endpoints.");
        }

        if (!store.IsNamed && !environment.IsDevelopment())
        {
            SojournLog.MemoryInProduction(parts.Logger);
        }

        lifetime.ApplicationStarted.Register(WarnOfPlainHttp);
    };

    /// <summary>Said once the addresses are known. A proxy that ends TLS is fine, and the message says what it needs.</summary>
    private void WarnOfPlainHttp()
    {
        var addresses = server.Features.Get<IServerAddressesFeature>()?.Addresses.Select(BindingAddress.Parse).ToArray() ?? [];
        if (addresses.Length > 0 && Array.TrueForAll(addresses, address => address.Scheme == "http")
            && Array.Exists(addresses, address => !Loopback.IsLoopback(new HostString(address.Host))))
        {
            SojournWebLog.OnlyHttp(parts.Logger);
        }
    }
}
