namespace Sojourn.Browser.Tests;

/// <summary>A browser with scripts switched off.</summary>
public sealed class NoScriptTests(SharedChromium chromium, RunningShop running) : ShopTest(chromium, running)
{
    [Fact]
    public async Task Without_scripts_everything_works()
    {
        var shop = await OpenAsync(new() { JavaScriptEnabled = false });
        var other = await OpenAsync(new() { JavaScriptEnabled = false, UserAgent = FirefoxOnWindows });
        await shop.AddToCartAsync("Storm lantern");
        await shop.SignInAsync("alice", remember: true);
        await shop.AddToCartAsync("Brass compass");
        Assert.Equal(["Storm lantern", "Brass compass"], await shop.CartAsync());

        await other.SignInAsync("alice");
        Assert.Equal(2, (await shop.DevicesAsync()).Count);
        await shop.EndDeviceAsync("Firefox on Windows");
        await other.GoAsync("/devices");
        await other.ExpectSignedOutAsync("you ended this session from another device.");

        await shop.SignOutAsync();
        Assert.Empty(await shop.CartAsync());
        await shop.GoAsync("/devices");
        Assert.Equal("/sign-in", shop.Path);
        await shop.SubmitSignInAsync("alice", "wrong");
        Assert.Contains("do not belong together", await shop.TextAsync(), StringComparison.Ordinal);
    }
}
