using System.Net;
using Microsoft.AspNetCore.Builder;

namespace Shop.Tests;

/// <summary>The shop as it is, on Kestrel and a free port, for the tests of one class.</summary>
public sealed class ShopServer : IAsyncLifetime
{
    private readonly string[] _arguments;
    private readonly TimeProvider? _time;
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("shop-tests-");
    private WebApplication? _app;

    public ShopServer() : this([])
    {
    }

    internal ShopServer(string[] arguments, TimeProvider? time = null)
    {
        _arguments = arguments;
        _time = time;
    }

    public Uri Address => new(_app!.Urls.First());

    public WebApplication App => _app!;

    public static async Task<ShopServer> StartAsync(string[] arguments, TimeProvider? time = null)
    {
        var server = new ShopServer(arguments, time);
        await server.InitializeAsync();
        return server;
    }

    public async ValueTask InitializeAsync()
    {
        string[] address = _arguments.Contains("--urls") ? [] : ["--urls", $"http://{IPAddress.Loopback}:0"];
        _app = ShopApp.Build(ShopArguments.Parse([.. address, "--environment", "Development", "--data", _data.FullName, .. _arguments]), _time);
        await _app.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
        }

        _data.Delete(recursive: true);
    }

    internal Browser Open(string? userAgent = null) => new(Address) { UserAgent = userAgent ?? Browser.ChromeOnLinux };
}
