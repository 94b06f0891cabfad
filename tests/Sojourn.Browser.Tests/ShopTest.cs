using Microsoft.Playwright;
using Sojourn.Testing;

namespace Sojourn.Browser.Tests;

/// <summary>
/// A shop in which nobody is signed in, and browsers to see it in. At the end no browser may have complained of anything.
/// </summary>
public abstract class ShopTest(SharedChromium chromium, RunningShop shop) : IClassFixture<RunningShop>, IAsyncLifetime
{
    public const string Cookie = "__Host-shop";
    public const string ChromeOnLinux = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";
    public const string FirefoxOnWindows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0";

    private readonly List<IBrowserContext> _contexts = [];

    protected Complaints Complaints { get; } = new();

    protected ManualTimeProvider Time => shop.Time;

    /// <summary>What the engine has found in this test.</summary>
    protected Findings Findings => shop.Findings;

    protected SessionManager Sessions => shop.Sessions;

    protected Uri Address => shop.Address;

    protected IPlaywright Playwright => chromium.Playwright;

    public virtual async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(Chromium.IsInstalled, Chromium.Missing);
        await shop.StartAnewAsync();
    }

    public virtual async ValueTask DisposeAsync()
    {
        foreach (var context in _contexts)
        {
            await context.CloseAsync();
        }

        Complaints.ExpectNoOthers();
        GC.SuppressFinalize(this);
    }

    /// <summary>Opens a browser without cookies.</summary>
    protected async Task<ShopPages> OpenAsync(BrowserNewContextOptions? options = null)
    {
        options ??= new();
        options.UserAgent ??= ChromeOnLinux;
        var context = await chromium.Browser.NewContextAsync(options);
        _contexts.Add(context);
        return await OpenInAsync(context);
    }

    /// <summary>Opens a page in a browser that the test started itself, and closes itself.</summary>
    protected async Task<ShopPages> OpenInAsync(IBrowserContext context)
    {
        context.SetDefaultTimeout(Chromium.PatienceMilliseconds);
        Complaints.Watch(context);
        return new(await context.NewPageAsync(), Address);
    }

    protected static async Task<string?> CookieAsync(IBrowserContext context)
        => (await context.CookiesAsync()).SingleOrDefault(cookie => cookie.Name == Cookie)?.Value;
}
