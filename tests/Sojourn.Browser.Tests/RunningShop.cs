using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Shop.Tests;
using Sojourn.Testing;

namespace Sojourn.Browser.Tests;

/// <summary>The shop for the tests of one class. Its clock starts with the browser's, then stands until a test moves it.</summary>
public sealed class RunningShop : IAsyncLifetime
{
    private static readonly string[] People = ["alice", "bob", "admin"];

    private ShopServer? _server;

    public ManualTimeProvider Time { get; } = new(TimeProvider.System.GetUtcNow());

    public Findings Findings { get; } = new();

    public SessionManager Sessions => Server.App.Services.GetRequiredService<SessionManager>();

    /// <summary>By name: on localhost Chromium keeps Secure cookies over plain http, and 127.0.0.1 is another site.</summary>
    public Uri Address => new($"http://localhost:{Server.Address.Port}/");

    private ShopServer Server => _server ?? throw new InvalidOperationException("The shop did not start.");

    public async ValueTask InitializeAsync()
    {
        if (Chromium.IsInstalled)
        {
            _server = await ShopServer.StartAsync(["--Logging:Console:LogLevel:Default=None"], Time);
            Server.App.Services.GetRequiredService<ILoggerFactory>().AddProvider(Findings);
        }
    }

    /// <summary>Signs everybody out and forgets what was found, for the next test.</summary>
    public async Task StartAnewAsync()
    {
        foreach (var person in People)
        {
            await Sessions.RevokeSubjectAsync(person, SessionEndReason.SignedOutEverywhere);
        }

        Time.Advance(TimeSpan.FromSeconds(1)); // sign-ins that began before are refused
        Findings.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }
}
