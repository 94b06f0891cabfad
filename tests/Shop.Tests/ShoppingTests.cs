using System.Net;
using System.Text.RegularExpressions;

namespace Shop.Tests;

/// <summary>Checkout, preferences, activity, and the look whether the browser kept the cookie.</summary>
public sealed class ShoppingTests(ShopServer shop) : IClassFixture<ShopServer>
{
    [Fact]
    public async Task Checking_out_asks_for_a_sign_in_and_takes_what_is_in_the_cart()
    {
        using var browser = shop.Open();
        await browser.SubmitAsync("/cart", ("sku", "tea"), ("quantity", "2"));
        Assert.Contains("<h1>Sign in</h1>", (await browser.GoAsync("/checkout")).Text, StringComparison.Ordinal);
        var checkout = await browser.SubmitAsync("/sign-in", ("user", "alice"), ("password", "sojourn-demo-1"), ("returnUrl", "/checkout"));
        Assert.Contains("2 × Mountain tea", WebUtility.HtmlDecode(checkout.Text), StringComparison.Ordinal);
        var order = await browser.SubmitAsync("/checkout");
        Assert.Matches(@"<strong>\d{6}</strong>", order.Text);
        Assert.Contains("12.80", order.Text, StringComparison.Ordinal);
        Assert.Equal(order.Text, (await browser.GoAsync("/checkout/done")).Text); // looked at again
        Assert.Contains("Your cart is empty.", (await browser.GoAsync("/checkout")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_many_clicks_one_orders_and_all_lead_to_that_order()
    {
        using var browser = shop.Open();
        await browser.SignInAsync("bob");
        await browser.SubmitAsync("/cart", ("sku", "mug"), ("quantity", "1"));
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => browser.NavigateAsync(Browser.Form("/checkout"))));
        var first = await browser.GoAsync("/checkout/done");
        Assert.Contains("1 × Enamel mug", WebUtility.HtmlDecode(first.Text), StringComparison.Ordinal);
        Assert.Equal(first.Text, (await browser.SubmitAsync("/checkout")).Text);
        await browser.SubmitAsync("/cart", ("sku", "tea"), ("quantity", "1"));
        Assert.Equal(first.Text, (await browser.GoAsync("/checkout/done")).Text); // a new cart leaves the order alone
        Assert.DoesNotContain("Enamel mug", (await browser.SubmitAsync("/checkout")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Preferences_change_every_page_survive_the_sign_in_and_end_with_the_session()
    {
        using var browser = shop.Open();
        Assert.Contains("""data-theme="system" """.TrimEnd(), (await browser.GoAsync("/")).Text, StringComparison.Ordinal);
        var page = await browser.SubmitAsync("/preferences", ("theme", "dark"), ("currency", "USD"));
        Assert.Contains("kept until you sign out", page.Text, StringComparison.Ordinal);
        Assert.Matches("value=\"dark\"[^>]* checked", page.Text);
        Assert.Matches("value=\"USD\"[^>]* selected", page.Text);
        await browser.SignInAsync("alice");
        page = await browser.GoAsync("/");
        Assert.Contains("""data-theme="dark" """.TrimEnd(), page.Text, StringComparison.Ordinal);
        Assert.Contains("$ 7.04", page.Text, StringComparison.Ordinal);
        Assert.Contains("""data-theme="dark" """.TrimEnd(), (await browser.GoAsync("/no-such-page")).Text, StringComparison.Ordinal);
        Assert.Contains("""data-theme="system" """.TrimEnd(), (await browser.SubmitAsync("/sign-out")).Text, StringComparison.Ordinal);
    }

    [Fact]
    [Requirement("CSMCS-49")]
    public async Task The_activity_page_tells_how_each_session_ended()
    {
        using var here = shop.Open();
        using var there = shop.Open(Browser.FirefoxOnWindows);
        using var third = shop.Open();
        await there.SignInAsync("admin");
        await third.SignInAsync("admin");
        await third.SubmitAsync("/sign-out");
        await here.SignInAsync("admin", remember: true);
        await here.SubmitAsync("/devices/end", ("id", (await there.GetAsync("/api/session")).Json.GetProperty("id").GetString()!));
        var page = await here.GoAsync("/activity");
        Assert.Equal(3, Regex.Count(page.Text, "<li class=\"panel\">"));
        Assert.Contains("kept signed in", page.Text, StringComparison.Ordinal);
        Assert.Contains("Ended from another device", page.Text, StringComparison.Ordinal);
        Assert.Contains("Signed out", page.Text, StringComparison.Ordinal);
        Assert.Single(Regex.Matches(page.Text, "This one<"));
        Assert.Single(Regex.Matches(page.Text, "state runs"));
        Assert.Contains("<h1>Sign in</h1>", (await third.GoAsync("/activity")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_browser_that_does_not_send_the_cookie_back_is_told_why_and_where_https_is()
    {
        await using var both = await ShopServer.StartAsync(["--urls", "http://127.0.0.1:0;https://127.0.0.1:0"]);
        using var browser = both.Open();
        var signedIn = await browser.NavigateAsync(Browser.Form("/sign-in", ("user", "alice"), ("password", "sojourn-demo-1"), ("returnUrl", "/devices?a=b")));
        Assert.Equal("/sign-in/done?returnUrl=%2Fdevices%3Fa%3Db", signedIn.Location);
        browser.Cookies.Clear(); // Safari over http keeps no Secure cookie, not even on localhost
        var page = await browser.GoAsync(signedIn.Location!);
        Assert.Contains("You are not signed in yet", page.Text, StringComparison.Ordinal);
        var https = new Uri(both.App.Urls.Single(url => url.StartsWith("https:", StringComparison.Ordinal)));
        Assert.Contains($"href=\"https://127.0.0.1:{https.Port}/sign-in?returnUrl=%2Fdevices%3Fa%3Db\"", WebUtility.HtmlDecode(page.Text), StringComparison.Ordinal);
        Assert.Contains("Allow cookies for this site", page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_https_the_page_about_the_missing_cookie_has_no_link_to_it()
    {
        using var browser = shop.Open();
        var page = await browser.GoAsync("/sign-in/done?returnUrl=/devices");
        Assert.Contains("You are not signed in yet", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("https:", page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_end_has_its_words()
    {
        // Those that fall to "the shop" are its own doing, and say nothing about the person.
        Sojourn.SessionEndReason[] ours = [Sojourn.SessionEndReason.SignedIn, Sojourn.SessionEndReason.RevokedByPolicy, Sojourn.SessionEndReason.Everybody, Sojourn.SessionEndReason.Restored];
        var own = Enum.GetValues<Sojourn.SessionEndReason>().Except(ours).Select(Pages.EndText.Of).ToList();
        Assert.Equal(own.Count, own.Distinct().Count());
        Assert.DoesNotContain("Ended by the shop", own);
        Assert.All(ours, reason => Assert.Equal("Ended by the shop", Pages.EndText.Of(reason)));
    }
}
