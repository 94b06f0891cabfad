using Microsoft.Playwright;

namespace Sojourn.Browser.Tests;

public sealed class RegisterTests(SharedChromium chromium, RunningShop running) : ShopTest(chromium, running)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_new_customer_registers_orders_and_comes_back(bool withScript)
    {
        var address = withScript ? "ada@example.org" : "grace@example.org";
        var shop = await OpenAsync(new() { JavaScriptEnabled = withScript });
        await shop.AddToCartAsync("Storm lantern");
        await RegisterAsync(shop, address);
        Assert.True(await shop.IsSignedInAsync());
        Assert.Equal(["Storm lantern"], await shop.CartAsync());
        Assert.Matches(@"^\d{6}$", await shop.OrderAsync());
        Assert.Empty(await shop.CartAsync());
        await shop.SignOutAsync();
        await shop.SignInAsync(address, ShopPages.NewPassword);
        Assert.Contains(address, await shop.TextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Preferences_change_the_page_at_once_and_stay_after_the_sign_in()
    {
        var shop = await OpenAsync(new() { ColorScheme = ColorScheme.Light });
        await shop.GoAsync("/preferences");
        var light = await BackgroundAsync(shop);
        await shop.Tab.GetByLabel("Dark").CheckAsync();
        await shop.Tab.GetByLabel("Currency").SelectOptionAsync("USD");
        await shop.SubmitAsync(shop.Tab.GetByRole(AriaRole.Button, new() { Name = "Save" }));
        var dark = await BackgroundAsync(shop);
        Assert.NotEqual(light, dark);
        await shop.SignInAsync("alice");
        Assert.Equal(dark, await BackgroundAsync(shop));
        Assert.Contains("$ 7.04", await shop.TextAsync(), StringComparison.Ordinal);
        await shop.SignOutAsync();
        Assert.Equal(light, await BackgroundAsync(shop));
    }

    private static async Task RegisterAsync(ShopPages shop, string address)
    {
        await shop.GoAsync("/register");
        await shop.Tab.Locator("input[name=user]").FillAsync(address);
        await shop.Tab.Locator("input[name=password]").FillAsync(ShopPages.NewPassword);
        await shop.SubmitAsync(shop.Tab.GetByRole(AriaRole.Button, new() { Name = "Send me a code" }));
        Assert.Equal("/register/code", shop.Path);
        await shop.EnterCodeAsync(await shop.ReadCodeAsync());
    }

    private static Task<string> BackgroundAsync(ShopPages shop) => shop.Tab.EvaluateAsync<string>("() => getComputedStyle(document.body).backgroundColor");
}
