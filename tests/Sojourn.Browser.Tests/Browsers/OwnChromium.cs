using System.Diagnostics;
using Microsoft.Playwright;

namespace Sojourn.Browser.Tests;

/// <summary>A Chromium that is our own child process, so that a test can end it as a crash or a power cut would.</summary>
internal sealed class OwnChromium : IAsyncDisposable
{
    private const string Listening = "DevTools listening on ";

    private readonly Process _process;
    private readonly IBrowser _browser;

    private OwnChromium(Process process, IBrowser browser) => (_process, _browser) = (process, browser);

    /// <summary>The browser's profile: what it keeps on disk.</summary>
    public IBrowserContext Context => _browser.Contexts[0];

    public static async Task<OwnChromium> StartAsync(IPlaywright playwright, string profile)
    {
        string[] arguments = ["--headless", .. Chromium.Flags, "--remote-debugging-port=0", $"--user-data-dir={profile}", "about:blank"];
        var process = new Process { StartInfo = new(Chromium.File, arguments) { RedirectStandardError = true } };
        var address = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is null)
            {
                address.TrySetException(new IOException("Chromium ended before it said where it listens."));
            }
            else if (line.Data.StartsWith(Listening, StringComparison.Ordinal))
            {
                address.TrySetResult(line.Data[Listening.Length..].Trim());
            }
        };
        process.Start();
        process.BeginErrorReadLine();
        try
        {
            var endpoint = await address.Task.WaitAsync(TimeSpan.FromMilliseconds(Chromium.PatienceMilliseconds));
            var browser = await playwright.Chromium.ConnectOverCDPAsync(endpoint, new() { Timeout = Chromium.PatienceMilliseconds });
            return new(process, browser);
        }
        catch
        {
            process.Kill(entireProcessTree: true);
            process.Dispose();
            throw;
        }
    }

    /// <summary>Closes it as its user would. It has written its cookies when this returns.</summary>
    public async Task CloseAsync()
    {
        var session = await _browser.NewBrowserCDPSessionAsync();
        try
        {
            await session.SendAsync("Browser.close");
        }
        catch (PlaywrightException)
        {
            // It may be gone before it answers.
        }

        await _process.WaitForExitAsync();
    }

    /// <summary>Ends it and the processes that it started, without a word: what is not on disk is lost.</summary>
    public async Task KillAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        await _browser.CloseAsync();
        _process.Dispose();
    }
}
