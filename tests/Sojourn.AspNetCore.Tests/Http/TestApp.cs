using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Sojourn.Engine;
using Sojourn.Storage;
using Sojourn.Testing;

namespace Sojourn.AspNetCore.Tests;

/// <summary>A real application on Kestrel with a clock that the test moves and a store that fails on request.</summary>
internal sealed class TestApp : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TestApp(WebApplication app, ManualTimeProvider time, FaultInjectingSessionStore store, LogLines log)
    {
        (_app, Time, Store, Log) = (app, time, store, log);
        Address = new Uri(app.Urls.FirstOrDefault() ?? "https://shop.example/");
    }

    public Uri Address { get; }

    public ManualTimeProvider Time { get; }

    public FaultInjectingSessionStore Store { get; }

    public LogLines Log { get; }

    public SessionManager Sessions => _app.Services.GetRequiredService<SessionManager>();

    public SessionEngine Engine => _app.Services.GetRequiredService<SessionEngine>();

    public IServiceProvider Services => _app.Services;

    public Browser NewBrowser() => new(Address, _app.Services.GetService<IServer>() is TestServer server ? server.CreateClient() : null);

    /// <summary>A browser on which somebody has signed in, and whose session is confirmed.</summary>
    public async Task<Browser> SignInAsync(string name)
    {
        var browser = NewBrowser();
        Assert.Equal(200, (await browser.PostAsync("/sign-in/" + name)).Status);
        Assert.Equal(name, (await browser.GetAsync("/who")).Body);
        return browser;
    }

    /// <summary>After this the store is reached again: the guard asks a store that failed only after a second.</summary>
    public void Repair()
    {
        Store.Clear();
        Time.Advance(TimeSpan.FromSeconds(2));
    }

    public static Task<TestApp> StartAsync(
        Action<WebApplication>? endpoints = null,
        Action<SojournOptions>? options = null,
        Action<SojournWebOptions>? web = null,
        Action<IServiceCollection>? services = null,
        Action<WebApplication>? pipeline = null,
        string environment = "Production",
        ISessionStore? store = null,
        bool https = false)
        => StartAsync(endpoints, options, web, services, pipeline, environment, store ?? new InMemorySessionStore(new InMemoryStoreOptions()), new ManualTimeProvider(), https);

    private static async Task<TestApp> StartAsync(
        Action<WebApplication>? endpoints, Action<SojournOptions>? options, Action<SojournWebOptions>? web, Action<IServiceCollection>? services,
        Action<WebApplication>? pipeline, string environment, ISessionStore store, ManualTimeProvider time, bool https)
    {
        var faulty = new FaultInjectingSessionStore(store, time);
        var log = new LogLines();
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = environment });
        if (https)
        {
            builder.WebHost.UseTestServer(); // the one way to https without a certificate
        }
        else
        {
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        }

        builder.Logging.ClearProviders().AddProvider(log).AddFilter("Sojourn", LogLevel.Trace);
        builder.Services.AddSingleton<TimeProvider>(time);
        builder.Services.AddAuthorization();
        services?.Invoke(builder.Services);
        builder.Services.Configure<SojournOptions>(settings => settings.StoreTime = time); // the store that fails on request does it by this clock
        builder.Services.AddSojourn(options).UseStore(_ => faulty).ConfigureWeb(settings => web?.Invoke(settings));

        // The tests move the clock and call the background work themselves.
        builder.Services.RemoveAll<IHostedService>();
        builder.Services.AddSingleton<IHostedService>(new NoBackground());
        var app = builder.Build();
        if (pipeline is null)
        {
            app.UseSojourn();
        }
        else
        {
            pipeline(app);
        }

        MapStandard(app);
        endpoints?.Invoke(app);
        await app.StartAsync();
        return new TestApp(app, time, faulty, log);
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    public static ClaimsPrincipal User(string name) => new(new ClaimsIdentity([new Claim("sub", name), new Claim("name", name)], "test", "name", "role"));

    private static void MapStandard(IEndpointRouteBuilder app)
    {
        app.MapGet("/open", () => "open");
        app.MapGet("/who", (Session session) => session.Subject ?? "nobody");
        app.MapGet("/private", (ClaimsPrincipal user) => user.Identity!.Name).RequireAuthorization();
        app.MapGet("/page", (ClaimsPrincipal user) => TypedResults.Content($"<p>{user.Identity!.Name}", "text/html")).RequireAuthorization();
        app.MapGet("/assets/style.css", () => "body{}").WithoutSession();
        app.MapGet("/data/{key}", async (string key, Session session, CancellationToken ct) => await session.GetAsync(new SessionKey<string>(key), ct) ?? "none");
        app.MapPost("/data/{key}/{value}", (string key, string value, Session session) =>
        {
            session.Set(new SessionKey<string>(key), value);
            return "set";
        });
        app.MapPost("/count", async (Session session, CancellationToken ct) => await session.UpdateAsync(Counter, count => count + 1, ct));
        app.MapPost("/sign-in/{name}", (string name, bool? remember, HttpContext context)
            => context.SignInAsync(User(name), new SessionSignIn { IsPersistent = remember == true, Methods = ["pwd"] }));
        app.MapPost("/sign-out", (HttpContext context) => context.SignOutAsync());
        app.MapPost("/step-up", (Session session) => session.StepUpAsync("otp").AsTask());
    }

    private static readonly SessionKey<int> Counter = new("counter");

    private sealed class NoBackground : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
