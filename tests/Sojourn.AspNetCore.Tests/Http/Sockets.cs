using System.Net.WebSockets;
using Microsoft.Extensions.DependencyInjection;

namespace Sojourn.AspNetCore.Tests;

/// <summary>WebSockets of a browser: with its cookies, and with the Origin that it would send.</summary>
internal static class Sockets
{
    public static async Task<ClientWebSocket> ConnectAsync(Browser browser, string path, string? origin = null)
    {
        var socket = new ClientWebSocket();
        try
        {
            socket.Options.CollectHttpResponseDetails = true;
            socket.Options.SetRequestHeader("Cookie", browser.CookieHeader);
            if (origin is not null)
            {
                socket.Options.SetRequestHeader("Origin", origin);
            }

            await socket.ConnectAsync(new UriBuilder(new Uri(browser.Address, path)) { Scheme = "ws" }.Uri, TestContext.Current.CancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public static void AddGate(this IServiceCollection services, Gate gate) => services.AddSingleton(gate);

    public static Gate Gate(this IServiceProvider services) => services.GetRequiredService<Gate>();
}
