namespace Sojourn.Browser.Tests;

/// <summary>A browser that is closed and opened again, with the same profile.</summary>
public sealed class RememberedTests(SharedChromium chromium, RunningShop running) : ShopTest(chromium, running)
{
    private readonly DirectoryInfo _profile = Directory.CreateTempSubdirectory("shop-profile-");

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _profile.Delete(recursive: true);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Requirement("CSMCS-17")]
    [Requirement("WSTG-SESS-01.c")]
    public async Task A_closed_browser_comes_back_signed_in_only_if_that_was_asked_for(bool remember)
    {
        await using (var browser = await Chromium.LaunchAsync(Playwright, _profile.FullName))
        {
            var shop = await OpenInAsync(browser);
            await shop.SignInAsync("alice", remember: remember);
            Assert.Single(await shop.DevicesAsync());
        }

        await using (var browser = await Chromium.LaunchAsync(Playwright, _profile.FullName))
        {
            var shop = await OpenInAsync(browser);
            await shop.GoAsync("/devices");
            Assert.Equal(remember ? "/devices" : "/sign-in", shop.Path);
            Assert.Equal(remember, await shop.IsSignedInAsync());
            Assert.Equal(remember, await CookieAsync(browser) is not null);
        }
    }
}
