using Microsoft.Playwright;

namespace Sojourn.Browser.Tests;

/// <summary>The Chromium of this machine, and how it is started. Nothing is ever downloaded.</summary>
internal static class Chromium
{
    public const string File = "/usr/bin/chromium";

    /// <summary>Generous: on a busy machine everything takes long, and a test that fails for it tells nothing.</summary>
    public const float PatienceMilliseconds = 60_000;

    /// <summary>It works as root too, keeps to itself, and calls nobody.</summary>
    public static readonly string[] Flags =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-dev-shm-usage", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync", "--password-store=basic",
        // The list replaces Playwright's, so it repeats what matters of that. The first four cost processes.
        "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup,WebUIOmniboxFullPopup,SpareRendererForSitePerProcess,"
            + "AvoidUnnecessaryBeforeUnloadCheckSync,DestroyProfileOnBrowserClose,HttpsUpgrades,LensOverlay,MediaRouter,PaintHolding,Translate",
    ];

    public static bool IsInstalled => System.IO.File.Exists(File);

    public static string Missing => $"There is no {File}: install the package chromium to see the shop in a browser.";

    public static BrowserTypeLaunchOptions LaunchOptions(bool keepsPages = false) => new()
    {
        ExecutablePath = File,
        Args = Flags,
        IgnoreDefaultArgs = keepsPages ? ["--disable-back-forward-cache"] : [],
        Timeout = PatienceMilliseconds,
    };

    /// <summary>A browser that has a profile of its own and remembers from one start to the next.</summary>
    public static async Task<IBrowserContext> LaunchAsync(IPlaywright playwright, string profile)
        => await playwright.Chromium.LaunchPersistentContextAsync(profile, new() { ExecutablePath = File, Args = Flags, Timeout = PatienceMilliseconds });
}
