using System.Net;

namespace Peers.Contestants;

/// <summary>Serves one contestant on a loopback port, with two addresses more that tell what it cost.</summary>
internal static class Server
{
    public const string Ready = "serving on ";

    /// <param name="contestant">Who.</param>
    /// <param name="port">Where; 0 for any free port, which is printed.</param>
    /// <param name="counts">Whether store calls are counted.</param>
    /// <param name="isChild">Whether to stop when the standard input closes: a runner that was killed leaves nobody behind.</param>
    public static async Task ServeAsync(IContestant contestant, int port, bool counts, bool isChild)
    {
        var calls = counts ? new StoreCalls() : null;
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            EnvironmentName = Environments.Production,
            ContentRootPath = AppContext.BaseDirectory,
        });
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        contestant.AddServices(builder.Services, calls);
        await using var app = builder.Build();
        contestant.Map(app);
        app.MapGet("/allocated", static () => GC.GetTotalAllocatedBytes(precise: true).ToString());
        app.MapGet("/heap", static () => HeapAfterCollection().ToString());
        app.MapGet("/calls", () => $"{calls?.Reads} {calls?.Writes}");
        await app.StartAsync();
        Console.WriteLine(Ready + app.Urls.First());
        if (isChild)
        {
            await Console.In.ReadToEndAsync();
            await app.StopAsync(TimeSpan.FromSeconds(2));
        }
        else
        {
            await app.WaitForShutdownAsync();
        }
    }

    private static long HeapAfterCollection()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
