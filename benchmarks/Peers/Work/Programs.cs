using System.Diagnostics;

namespace Peers.Work;

/// <summary>
/// The programs that the runner starts. Each is stopped by its own process id, whatever way the runner ends; should it be
/// killed outright, contestants see their input close, and wrk's time runs out.
/// </summary>
internal static class Programs
{
    private static readonly HashSet<Process> Running = [];

    public static string OwnAssembly { get; } = typeof(Programs).Assembly.Location;

    public static bool IsDotnetHost { get; } = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet";

    public static Process Start(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        lock (Running)
        {
            var process = Process.Start(start) ?? throw new RunException($"{program} did not start.");
            Running.Add(process);
            return process;
        }
    }

    /// <summary>Runs a program to its end and returns what it wrote.</summary>
    public static async Task<string> RunAsync(string program, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        using var process = Start(program, arguments);
        try
        {
            process.StandardInput.Close();
            var faults = process.StandardError.ReadToEndAsync(cancellationToken);
            var text = await process.StandardOutput.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode == 0 ? text : throw new RunException($"{program} ended with {process.ExitCode}: {text}{await faults}");
        }
        finally
        {
            Kill(process);
        }
    }

    public static void Kill(Process process)
    {
        lock (Running)
        {
            if (Running.Remove(process) && !process.HasExited)
            {
                process.Kill();
            }
        }
    }

    public static void KillAll()
    {
        lock (Running)
        {
            foreach (var process in Running.ToList())
            {
                Kill(process);
            }
        }
    }
}
