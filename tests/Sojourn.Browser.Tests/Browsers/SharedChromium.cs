using Microsoft.Playwright;
using Sojourn.Browser.Tests;

[assembly: AssemblyFixture(typeof(SharedChromium))]

namespace Sojourn.Browser.Tests;

/// <summary>One browser process for all tests that do not need one of their own; each opens contexts of its own in it.</summary>
public sealed class SharedChromium : IAsyncLifetime
{
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public IPlaywright Playwright => _playwright ?? throw new InvalidOperationException(Chromium.Missing);

    public IBrowser Browser => _browser ?? throw new InvalidOperationException(Chromium.Missing);

    public async ValueTask InitializeAsync()
    {
        if (Chromium.IsInstalled)
        {
            _playwright = await Microsoft.Playwright.Playwright.CreateAsync();
            _browser = await _playwright.Chromium.LaunchAsync(Chromium.LaunchOptions());
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.CloseAsync();
        }

        _playwright?.Dispose();
    }
}
