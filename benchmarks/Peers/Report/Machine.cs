using System.Runtime.InteropServices;
using Peers.Work;

namespace Peers.Report;

/// <summary>What the figures were measured on: without it they are worth nothing.</summary>
internal static class Machine
{
    public static async Task<IReadOnlyList<(string What, string Value)>> DescribeAsync(string command, CancellationToken cancellationToken)
    {
        var commit = await TryAsync("git", ["rev-parse", "HEAD"], cancellationToken) ?? "unknown";
        var changed = await TryAsync("git", ["status", "--porcelain", "--untracked-files=no"], cancellationToken) is { Length: > 0 };
        return
        [
            ("commit", commit + (changed ? ", with changes that are not committed" : "")),
            ("date", DateTimeOffset.UtcNow.ToString("yyyy-MM-dd HH:mm 'UTC'")),
            ("command", $"`{command}`"),
            ("processor", $"{Line("/proc/cpuinfo", "model name")}, {Environment.ProcessorCount} cores, shared with wrk"),
            ("memory", Line("/proc/meminfo", "MemTotal")),
            ("system", $"{RuntimeInformation.OSDescription}, {RuntimeInformation.OSArchitecture}"),
            (".NET", $"{RuntimeInformation.FrameworkDescription}, {(System.Runtime.GCSettings.IsServerGC ? "server" : "workstation")} GC, Release"),
            ("load", $"`{Wrk.Command}`, {await WrkVersionAsync(cancellationToken)}, keep-alive, loopback, no TLS"),
            ("load average", (await File.ReadAllTextAsync("/proc/loadavg", cancellationToken)).Split(' ')[0] + " at the end, wrk and contestants among it"),
        ];
    }

    private static string Line(string file, string key)
        => File.ReadLines(file).FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal))?.Split(':', 2)[1].Trim() ?? "unknown";

    private static async Task<string?> TryAsync(string program, string[] arguments, CancellationToken cancellationToken)
    {
        try
        {
            return (await Programs.RunAsync(program, arguments, cancellationToken)).Trim();
        }
        catch (Exception fault) when (fault is RunException or System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    // wrk -v shows its version, its usage, and fails.
    private static async Task<string> WrkVersionAsync(CancellationToken cancellationToken)
    {
        try
        {
            return First(await Programs.RunAsync("wrk", ["-v"], cancellationToken));
        }
        catch (RunException fault)
        {
            return First(fault.Message[(fault.Message.IndexOf(": ", StringComparison.Ordinal) + 2)..]);
        }
    }

    private static string First(string text) => text.Split('\n')[0].Split('[')[0].Trim();
}
