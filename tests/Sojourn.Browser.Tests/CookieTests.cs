using Microsoft.Playwright;

namespace Sojourn.Browser.Tests;

/// <summary>The cookies as the browser has them, which is what counts.</summary>
public sealed class CookieTests(SharedChromium chromium, RunningShop running) : ShopTest(chromium, running)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Requirement("ASVS-3.3.1")]
    [Requirement("ASVS-3.3.3")]
    [Requirement("WSTG-SESS-02.h")]
    [Requirement("NIST-5.1.1-5")]
    [Requirement("NIST-5.1-15")]
    [Requirement("CSMCS-19")]
    public async Task Every_cookie_is_for_this_host_alone_and_not_for_scripts(bool remember)
    {
        var shop = await OpenAsync();
        await shop.AddToCartAsync("Mountain tea");
        await ExpectStrictAsync(shop);
        await shop.SignInAsync("alice", remember: remember);
        await ExpectStrictAsync(shop);
        Assert.NotNull(await CookieAsync(shop.Context));
    }

    [Fact]
    [Requirement("CSMCS-17")]
    public async Task Without_keep_me_signed_in_the_cookie_goes_with_the_browser()
    {
        var shop = await OpenAsync();
        await shop.SignInAsync("alice");
        Assert.Equal(-1, (await SessionCookieAsync(shop)).Expires);
    }

    [Fact]
    [Requirement("WSTG-SESS-02.e")]
    [Requirement("NIST-5.1.1-4")]
    public async Task With_keep_me_signed_in_the_cookie_lasts_thirty_days()
    {
        var shop = await OpenAsync();
        await shop.SignInAsync("alice", remember: true);
        var cookie = await SessionCookieAsync(shop);
        Assert.NotEqual(-1, cookie.Expires);
        var expires = DateTimeOffset.FromUnixTimeSeconds((long)cookie.Expires);
        Assert.InRange(expires - TimeProvider.System.GetUtcNow(), TimeSpan.FromDays(30) - TimeSpan.FromHours(1), TimeSpan.FromDays(30) + TimeSpan.FromMinutes(1));
    }

    private static async Task ExpectStrictAsync(ShopPages shop)
    {
        var cookies = await shop.Context.CookiesAsync();
        Assert.NotEmpty(cookies);
        Assert.All(cookies, cookie =>
        {
            Assert.StartsWith("__Host-", cookie.Name, StringComparison.Ordinal);
            Assert.True(cookie.HttpOnly);
            Assert.True(cookie.Secure);
            Assert.Equal(SameSiteAttribute.Lax, cookie.SameSite);
            Assert.Equal("/", cookie.Path);
            Assert.Equal("localhost", cookie.Domain); // a leading dot would mean that a domain was given
        });
        Assert.Equal("", await shop.Tab.EvaluateAsync<string>("document.cookie"));
        Assert.Equal(0, await shop.Tab.EvaluateAsync<int>("async () => localStorage.length + sessionStorage.length + (await indexedDB.databases()).length"));
    }

    private static async Task<BrowserContextCookiesResult> SessionCookieAsync(ShopPages shop)
        => (await shop.Context.CookiesAsync()).Single(cookie => cookie.Name == Cookie);
}
