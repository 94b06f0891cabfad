using System.Diagnostics;
using System.Text;

namespace Shop.Tests;

/// <summary>The shop as a process of its own, from its published files.</summary>
internal sealed class ShopProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();
    private Uri? _openAt;
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ShopProcess(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        foreach (var name in (string[])["ASPNETCORE_ENVIRONMENT", "DOTNET_ENVIRONMENT", "ASPNETCORE_URLS", "ASPNETCORE_HTTP_PORTS", "ASPNETCORE_HTTPS_PORTS"])
        {
            start.Environment.Remove(name);
        }

        _process = new() { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Read(line.Data, _output);
        _process.ErrorDataReceived += (_, line) => Read(line.Data, _errors);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string Output => Text(_output);

    public string Errors => Text(_errors);

    public static ShopProcess Start(string folder, string file, params string[] arguments)
        => new(new ProcessStartInfo(file, arguments) { WorkingDirectory = folder });

    /// <summary>With a home folder of its own, where nobody's certificates are.</summary>
    public static ShopProcess Start(string folder, string file, string home, string[] arguments)
    {
        var start = new ProcessStartInfo(file, arguments) { WorkingDirectory = folder };
        start.Environment["HOME"] = home;
        start.Environment["DOTNET_NOLOGO"] = "1";
        return new(start);
    }

    /// <summary>Where it says that it is open.</summary>
    public async Task<Uri> AddressAsync()
    {
        var ended = _process.WaitForExitAsync();
        Assert.True(await Task.WhenAny(_address.Task, ended).WaitAsync(Patience) == _address.Task, Output + Errors);
        return await _address.Task;
    }

    public async Task<int> ExitCodeAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Patience);
        return _process.ExitCode;
    }

    /// <summary>SIGKILL: it closes nothing and finishes nothing.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    private static string Text(StringBuilder lines)
    {
        lock (lines)
        {
            return lines.ToString();
        }
    }

    private void Read(string? line, StringBuilder lines)
    {
        if (line is null)
        {
            return;
        }

        lock (lines)
        {
            lines.AppendLine(line);
        }

        const string Open = "The shop is open: ";
        if (line.StartsWith(Open, StringComparison.Ordinal))
        {
            _openAt = new(line[Open.Length..].Split(", ")[0]);
        }
        else if (_openAt is not null && line.StartsWith("Its files are in ", StringComparison.Ordinal))
        {
            _address.TrySetResult(_openAt); // the last of what it says at the start
        }
    }
}
