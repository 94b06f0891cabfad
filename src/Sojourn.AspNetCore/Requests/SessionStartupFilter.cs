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

    /// <summary>
    /// Said once the addresses are known. Https beside it does not make plain http safe; a redirect or a proxy that ends TLS
    /// does, neither of which can be seen from here, so the message says what is fine.
    /// </summary>
    private void WarnOfPlainHttp()
    {
        var open = server.Features.Get<IServerAddressesFeature>()?.Addresses.Where(IsPlainHttpForOthers).ToArray() ?? [];
        if (open.Length > 0)
        {
            SojournWebLog.PlainHttpServed(parts.Logger, string.Join(", ", open));
        }
    }

    /// <summary>Sockets and pipes that have a name are this machine's own.</summary>
    private static bool IsPlainHttpForOthers(string address) => BindingAddress.Parse(address) is { IsUnixPipe: false, IsNamedPipe: false } parsed
        && parsed.Scheme.Equals("http", StringComparison.OrdinalIgnoreCase) && !Loopback.IsLoopback(new HostString(parsed.Host));
}
