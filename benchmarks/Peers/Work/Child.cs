using System.Diagnostics;
using System.Globalization;
using Peers.Contestants;

namespace Peers.Work;

/// <summary>A contestant in a process of its own, on a free loopback port.</summary>
internal sealed class Child : IAsyncDisposable
{
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(60);
    private readonly Process _process;

    private Child(Process process, Uri address)
    {
        _process = process;
        Client = new Client(address);
    }

    public int ProcessId => _process.Id;

    public Client Client { get; }

    public Uri Address => Client.Address;

    /// <summary>Starts a contestant and waits until it serves.</summary>
    public static async Task<Child> StartAsync(IContestant contestant, bool counts, CancellationToken cancellationToken)
    {
        string[] arguments = ["serve", contestant.Name, "--port", "0", "--child", .. counts ? ["--count"] : Array.Empty<string>()];
        var process = Programs.Start(Environment.ProcessPath!, Programs.IsDotnetHost ? [Programs.OwnAssembly, .. arguments] : arguments);
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(StartTime);
            var line = await process.StandardOutput.ReadLineAsync(limit.Token);
            return line?.StartsWith(Server.Ready, StringComparison.Ordinal) == true
                ? new Child(process, new Uri(line[Server.Ready.Length..]))
                : throw new RunException($"{contestant.Name} did not start: {line} {await process.StandardError.ReadToEndAsync(limit.Token)}");
        }
        catch
        {
            await StopAsync(process);
            throw;
        }
    }

    public async Task<long> AllocatedAsync() => long.Parse(await Client.GetAsync("/allocated"), CultureInfo.InvariantCulture);

    public async Task<long> HeapAsync() => long.Parse(await Client.GetAsync("/heap"), CultureInfo.InvariantCulture);

    public async Task<(long Reads, long Writes)> CallsAsync()
    {
        var parts = (await Client.GetAsync("/calls")).Split(' ');
        return (long.Parse(parts[0], CultureInfo.InvariantCulture), long.Parse(parts[1], CultureInfo.InvariantCulture));
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await StopAsync(_process);
    }

    private static async Task StopAsync(Process process)
    {
        Programs.Kill(process);
        await process.WaitForExitAsync();
        process.Dispose();
    }
}

/// <summary>Something answers wrong or fails: there is no use in measuring it. The message is for people.</summary>
internal sealed class RunException(string message) : Exception(message);
