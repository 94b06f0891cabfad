using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Sojourn.Engine;

/// <summary>
/// The engine's background: opens the store, writes buffered activity, compares clocks, sweeps; at the end writes what
/// is left. A store that is down is logged and tried again; one that refuses stops the start.
/// </summary>
internal sealed class SojournHostedService(SessionEngine engine, ILogger<SessionManager> logger) : BackgroundService
{
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await engine.OpenAsync(cancellationToken);
        }
        catch (SessionStoreException fault) when (fault.IsTransient)
        {
            SojournLog.StoreDownAtStart(logger, fault);
        }

        await base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await TryAsync(FlushAsync, cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
        => Task.WhenAll(FlushLoopAsync(stoppingToken), SweepLoopAsync(stoppingToken));

    private async Task FlushLoopAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(engine.Options.FlushInterval, engine.Clock.Time);
        ulong nonce = 0;
        while (await TickAsync(timer, stoppingToken))
        {
            await TryAsync(
                async token =>
                {
                    var identity = await engine.OpenAsync(token);
                    if (identity.HasClock)
                    {
                        var sent = engine.Clock.Now;
                        engine.Clock.Compare(await engine.Store.ProbeAsync(++nonce, token), sent, engine.Clock.Now);
                    }

                    await FlushAsync(token);
                },
                stoppingToken);
        }
    }

    private async Task SweepLoopAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await engine.Sweeper.WaitAsync(engine.Options.SweepInterval, stoppingToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            await TryAsync(engine.Sweeper.SweepAsync, stoppingToken);
        }
    }

    private async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (engine.IsOpen)
        {
            await engine.Touches.FlushAsync(cancellationToken);
            await engine.Findings.FlushAsync(cancellationToken);
            await engine.BadTokens.FlushAsync(cancellationToken);
        }
    }

    private static async Task<bool> TickAsync(PeriodicTimer timer, CancellationToken stoppingToken)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Background work outlives a fault: it is logged, and the next round tries again.</summary>
    private async Task TryAsync(Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        try
        {
            await work(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Stopping.
        }
        catch (Exception fault)
        {
            SojournLog.BackgroundFault(logger, fault); // whatever it is: it must not stop the host
        }
    }
}
