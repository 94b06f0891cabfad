using System.Diagnostics;

namespace Sojourn.Sqlite.Tests;

/// <summary>The host program: what a test does to a store that needs a process of its own.</summary>
internal sealed class HostProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "Sojourn.Sqlite.Host.dll");

    private readonly Process _process;
    private readonly Task<string> _errors;

    private HostProcess(ProcessStartInfo start)
    {
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        _process = Process.Start(start)!;
        _errors = _process.StandardError.ReadToEndAsync();
    }

    public static HostProcess Start(params string[] arguments) => StartUnder([], arguments);

    /// <summary>Starts it under another program: strace, setpriv.</summary>
    public static HostProcess StartUnder(string[] under, params string[] arguments)
    {
        string[] command = [.. under, Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet", Program, .. arguments];
        return new(new ProcessStartInfo(command[0], command[1..]));
    }

    public static bool Has(string command) => Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(folder => File.Exists(Path.Combine(folder, command)));

    /// <summary>Runs any command and expects it to succeed.</summary>
    public static async Task RunAsync(string command, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true })!;
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{command}: {errors}");
    }

    public Task<string?> ReadLineAsync() => _process.StandardOutput.ReadLineAsync().WaitAsync(Patience);

    public void WriteLine(string line) => _process.StandardInput.WriteLine(line);

    /// <summary>Kills it as a power failure would, as far as the process is concerned.</summary>
    public void Kill() => _process.Kill();

    /// <summary>The rest of its output, once it has ended.</summary>
    public async Task<(int Code, string Output)> EndAsync()
    {
        var output = await _process.StandardOutput.ReadToEndAsync().WaitAsync(Patience);
        await _process.WaitForExitAsync().WaitAsync(Patience);
        return (_process.ExitCode, output + await _errors);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }
}
