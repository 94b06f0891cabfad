namespace Sojourn.Browser.Tests;

/// <summary>
/// A browser that dies with a new cookie in memory and the one before it on disk: Chromium writes cookies every thirty
/// seconds, so a crash or a power cut brings the old one back. That is no theft.
/// </summary>
public sealed class KilledBrowserTests(SharedChromium chromium, RunningShop running) : ShopTest(chromium, running)
{
    private readonly List<DirectoryInfo> _profiles = [];

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _profiles.ForEach(profile => profile.Delete(recursive: true));
    }

    [Fact]
    [Requirement("CSMCS-31")]
    public async Task Browser_KilledAfterRotation_ComesBackWithPreviousCookie_IsNotReportedAsTheft()
    {
        var (browser, previous, newest) = await ComeBackWithPreviousCookieAsync();
        await using var alive = browser;
        using var owner = new Thief(Address, Cookie, newest); // what the browser would have shown, had it lived
        var shop = await OpenInAsync(browser.Context);

        // Soon after the rotation the previous cookie is still taken.
        Assert.Single(await shop.DevicesAsync());
        Assert.Equal(previous, await CookieAsync(browser.Context));

        // Minutes later it is not, and that is all: the session goes on, nothing is reported.
        Time.Advance(TimeSpan.FromMinutes(3));
        await shop.GoAsync("/devices");
        Assert.Equal("/sign-in", shop.Path);
        Assert.Contains("You were signed out because", await shop.TextAsync(), StringComparison.Ordinal);
        var session = Assert.Single((await Sessions.ListAsync("alice", ct: TestContext.Current.CancellationToken)).Sessions);
        Assert.True(session.IsActive);
        Assert.Null(await owner.RefusalAsync());
        Assert.Equal(["LateToken"], Findings.Names);

        // Signing in again replaces it.
        await shop.SignInAsync("alice", remember: true);
        Assert.Single(await shop.DevicesAsync());
        Assert.Equal(SessionEndReason.Replaced, (await Sessions.FindAsync(session.Id, TestContext.Current.CancellationToken))!.EndReason);
        Assert.Equal(["LateToken"], Findings.Names);
    }

    /// <summary>Lets a browser die, and starts it again. On a machine so slow that the new cookie was written in time: once more.</summary>
    private async Task<(OwnChromium Browser, string Previous, string Newest)> ComeBackWithPreviousCookieAsync()
    {
        for (var attempt = 1; ; attempt++)
        {
            var profile = Directory.CreateTempSubdirectory("shop-profile-");
            _profiles.Add(profile);
            var (previous, newest) = await DieAfterRotationAsync(profile.FullName);
            var browser = await OwnChromium.StartAsync(Playwright, profile.FullName);
            var cookie = await CookieAsync(browser.Context);
            if (cookie == newest && attempt < 4)
            {
                await browser.DisposeAsync();
                await Sessions.RevokeSubjectAsync("alice", SessionEndReason.SignedOutEverywhere);
                continue;
            }

            Assert.Equal(previous, cookie);
            return (browser, previous, newest);
        }
    }

    /// <summary>Signs in, closes the browser, comes back, goes on past a rotation, and kills it. The cookie on disk, and the one lost.</summary>
    private async Task<(string Previous, string Newest)> DieAfterRotationAsync(string profile)
    {
        string previous, newest;
        await using (var first = await OwnChromium.StartAsync(Playwright, profile))
        {
            await (await OpenInAsync(first.Context)).SignInAsync("alice", remember: true);
            previous = (await CookieAsync(first.Context))!;
            await first.CloseAsync(); // writes it
        }

        await using (var second = await OwnChromium.StartAsync(Playwright, profile))
        {
            Assert.Equal(previous, await CookieAsync(second.Context));
            var shop = await OpenInAsync(second.Context);
            Time.Advance(TimeSpan.FromHours(25));
            await shop.GoAsync("/"); // brings the successor, which the page's pictures show already
            newest = (await CookieAsync(second.Context))!;
            Assert.NotEqual(previous, newest);
            Assert.Single(await shop.DevicesAsync());
            await second.KillAsync();
        }

        return (previous, newest);
    }
}
