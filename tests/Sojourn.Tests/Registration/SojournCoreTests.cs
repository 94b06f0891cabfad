using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Sojourn.Tests.Registration;

public sealed class SojournCoreTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task One_line_gives_a_manager_that_keeps_sessions_in_memory()
    {
        await using var provider = Services(services => services.AddSojournCore()).BuildServiceProvider();
        var sessions = provider.GetRequiredService<SessionManager>();

        var started = await sessions.StartAsync(new() { Subject = "alice" });

        Assert.True((await sessions.ValidateAsync(started.Token!.Value)).IsActive);
        Assert.Same(sessions, provider.GetRequiredService<SessionManager>());
        Assert.IsType<InMemorySessionStore>(provider.GetRequiredService<StoreChoice>().Store);
        Assert.False(provider.GetRequiredService<StoreChoice>().IsNamed);
    }

    [Fact]
    public async Task Adding_it_twice_configures_both_times_and_registers_once()
    {
        await using var provider = Services(services =>
        {
            services.AddSojournCore(options => options.Tenant = "shop");
            services.AddSojournCore(options => options.DefaultPolicy.MaxSessions = 7);
        }).BuildServiceProvider();

        var engine = provider.GetRequiredService<SessionEngine>();
        Assert.Equal(("shop", 7), (engine.Options.Tenant, engine.Options.DefaultPolicy.MaxSessions));
        Assert.Single(provider.GetServices<IHostedService>());
        Assert.Same(_time, engine.Clock.Time);
    }

    [Fact]
    public async Task A_named_store_wins_over_memory_the_last_one_over_all_and_is_disposed()
    {
        var store = new FaultInjectingSessionStore(new InMemorySessionStore(new()), _time);
        var provider = Services(services => services.AddSojournCore().UseMemory(memory => memory.MaxSessions = 5).UseStore(_ => store)).BuildServiceProvider();
        Assert.True(provider.GetRequiredService<StoreChoice>().IsNamed);
        Assert.Same(store, provider.GetRequiredService<StoreChoice>().Store);
        await provider.GetRequiredService<SessionManager>().StartAsync(new() { Subject = "alice" });

        await provider.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.FindAsync(TokenLab.New().Id, default));
    }

    [Fact]
    public async Task Options_that_are_wrong_stop_the_start_with_setting_and_rule()
    {
        using var host = Host(services => services.AddSojournCore(options => options.DefaultPolicy.MaxSessions = 0));

        var fault = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        Assert.Contains("Policy \"default\": MaxSessions must be 1 to 1000 (it is 0).", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_that_is_down_does_not_stop_the_start_and_one_that_refuses_does()
    {
        var down = new FaultInjectingSessionStore(new InMemorySessionStore(new()), _time);
        down.Inject(StoreOperation.Open, StoreFault.FailBefore, times: 1);
        using (var host = Host(services => services.AddSojournCore().UseStore(_ => down)))
        {
            await host.StartAsync();
            var started = await host.Services.GetRequiredService<SessionManager>().StartAsync(new() { Subject = "alice" });
            Assert.Equal(SessionStartOutcome.Started, started.Outcome);
            await host.StopAsync();
        }

        var refusing = StoreProxy.Over(new InMemorySessionStore(new()), (method, _) => method == nameof(ISessionStore.OpenAsync)
            ? throw new SessionStoreException("Open", "the schema is newer than this program", isTransient: false)
            : null);
        using var refused = Host(services => services.AddSojournCore().UseStore(_ => refusing));
        await Assert.ThrowsAsync<SessionStoreException>(() => refused.StartAsync());
    }

    [Fact]
    public async Task Activity_in_the_buffer_is_written_at_the_stop_findings_too()
    {
        var store = new FaultInjectingSessionStore(new InMemorySessionStore(new()), _time);
        using var host = Host(services => services.AddSojournCore(options => options.FlushInterval = TimeSpan.FromMinutes(1)).UseStore(_ => store));
        await host.StartAsync();
        var sessions = host.Services.GetRequiredService<SessionManager>();
        var token = (await sessions.StartAsync(new() { Subject = "alice" })).Token!.Value;
        await sessions.ValidateAsync(token);
        _time.SetUtcNow(_time.GetUtcNow().AddMinutes(5)); // no timer fires
        await sessions.ValidateAsync(token);
        Assert.NotEqual(_time.GetUtcNow(), (await sessions.FindAsync(token.Id))!.LastSeenAt);

        await host.StopAsync();

        Assert.Equal(_time.GetUtcNow(), (await sessions.FindAsync(token.Id))!.LastSeenAt);
    }

    [Fact]
    public async Task In_the_background_activity_is_flushed_clocks_are_compared_and_shards_are_swept()
    {
        var store = new FaultInjectingSessionStore(new InMemorySessionStore(new()), _time) { ClockOffset = TimeSpan.Zero };
        using var host = Host(services => services.AddSojournCore(options => options.StoreTime = _time).UseStore(_ => store));
        await host.StartAsync();
        var engine = host.Services.GetRequiredService<SessionEngine>();
        var sessions = host.Services.GetRequiredService<SessionManager>();
        var token = (await sessions.StartAsync(new() { Subject = "alice" })).Token!.Value;

        await UntilAsync(TimeSpan.FromSeconds(5), () => store.Calls(StoreOperation.Probe) > 0);
        await UntilAsync(TimeSpan.FromMinutes(1), () => store.Calls(StoreOperation.FindDue) >= 256);
        store.InjectAll(StoreFault.FailBefore, times: 50);
        await UntilAsync(TimeSpan.FromMinutes(1), () => store.Calls(StoreOperation.FindDue) >= 512); // it outlives faults
        await UntilAsync(TimeSpan.FromMinutes(1), () => !sessions.FindAsync(token.Id).AsTask().GetAwaiter().GetResult()!.IsActive);
        Assert.Equal(SessionEndReason.Abandoned, (await sessions.FindAsync(token.Id))!.EndReason);

        store.ClockOffset = TimeSpan.FromHours(1);
        await UntilAsync(TimeSpan.FromSeconds(5), () => !engine.Clock.IsUsable);
        await host.StopAsync();
        Assert.Equal(0, _time.PendingTimers);
    }

    /// <summary>Lets time pass until the background has come so far; it runs on other threads.</summary>
    private async Task UntilAsync(TimeSpan step, Func<bool> reached)
    {
        for (var turn = 0; !reached(); turn++)
        {
            Assert.InRange(turn, 0, 1_000_000);
            if (turn % 1000 == 0)
            {
                _time.Advance(step);
            }

            await Task.Yield();
        }
    }

    private ServiceCollection Services(Action<IServiceCollection> add)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<TimeProvider>(_time);
        add(services);
        return services;
    }

    private IHost Host(Action<IServiceCollection> add) => new HostBuilder().ConfigureServices(services =>
    {
        services.AddSingleton<TimeProvider>(_time);
        services.AddLogging(logging => logging.ClearProviders());
        add(services);
    }).Build();
}
