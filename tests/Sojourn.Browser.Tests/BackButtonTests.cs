using Microsoft.Playwright;

namespace Sojourn.Browser.Tests;

/// <summary>What the back button shows after the sign-out, to whoever sits there next.</summary>
public sealed class BackButtonTests(SharedChromium chromium, RunningShop running) : ShopTest(chromium, running)
{
    [Fact]
    [Requirement("WSTG-SESS-06.b")]
    [Requirement("ASVS-14.3.2")]
    public async Task After_the_sign_out_the_back_button_leads_to_the_sign_in()
    {
        var shop = await OpenAsync();
        await ReadDevicesAndSignOutAsync(shop);
        await shop.Tab.GoBackAsync();
        await ExpectNothingPrivateAsync(shop);
    }

    /// <summary>Browsers keep whole pages to show them again unasked. Playwright switches that off, so this has a browser of its own.</summary>
    [Fact]
    [Requirement("WSTG-SESS-06.b")]
    public async Task A_browser_that_keeps_whole_pages_shows_none_of_them_after_the_sign_out()
    {
        await using var browser = await Playwright.Chromium.LaunchAsync(Chromium.LaunchOptions(keepsPages: true));
        var context = await browser.NewContextAsync();
        var shop = await OpenInAsync(context);

        // A page that has asked how much time is left is not kept at all: the answer was not to be stored.
        await context.RouteAsync("**/signed-in.js", route => route.FulfillAsync(new() { ContentType = "text/javascript", Body = "" }));

        // While signed in it does show them, which is what makes the rest worth something.
        await shop.SignInAsync("alice");
        await shop.DevicesAsync();
        await shop.Tab.EvaluateAsync("window.isTheSame = true");
        await shop.GoAsync("/");
        await BackAsync(shop);
        Assert.True(await shop.Tab.EvaluateAsync<bool>("window.isTheSame === true"), "This Chromium keeps no pages.");

        await ReadDevicesAndSignOutAsync(shop);
        await BackAsync(shop);
        await ExpectNothingPrivateAsync(shop);
    }

    /// <summary>By script, and asked until it is there: a page that was kept is not loaded, which is what Playwright would wait for.</summary>
    private static async Task BackAsync(ShopPages shop)
    {
        await shop.Tab.EvaluateAsync("setTimeout(() => history.back())");
        for (var end = TimeProvider.System.GetTimestamp(); TimeProvider.System.GetElapsedTime(end) < TimeSpan.FromMilliseconds(Chromium.PatienceMilliseconds);)
        {
            try
            {
                if (await shop.Tab.EvaluateAsync<string>("location.pathname").WaitAsync(TimeSpan.FromSeconds(2)) is "/devices" or "/sign-in")
                {
                    return;
                }
            }
            catch (Exception fault) when (fault is PlaywrightException or TimeoutException)
            {
                // The page is just being exchanged.
            }

            await Task.Delay(100);
        }

        Assert.Fail("The back button led nowhere.");
    }

    private static async Task ReadDevicesAndSignOutAsync(ShopPages shop)
    {
        await shop.SignInAsync("alice");
        Assert.Single(await shop.DevicesAsync());
        await shop.SignOutAsync();
    }

    private static async Task ExpectNothingPrivateAsync(ShopPages shop)
    {
        await shop.Tab.GetByRole(AriaRole.Heading, new() { Name = "Sign in", Exact = true }).WaitForAsync();
        var text = await shop.TextAsync();
        Assert.DoesNotContain("Your devices", text, StringComparison.Ordinal);
        Assert.DoesNotContain("This one", text, StringComparison.OrdinalIgnoreCase);
        Assert.False(await shop.IsSignedInAsync());
    }
}
