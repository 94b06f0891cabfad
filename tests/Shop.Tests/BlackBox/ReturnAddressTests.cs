using System.Net;

namespace Shop.Tests.BlackBox;

/// <summary>Wherever a way back can be asked for, it stays at the shop, however browsers and proxies read it.</summary>
public sealed class ReturnAddressTests(SecureShop shop) : IClassFixture<SecureShop>
{
    public static TheoryData<string> Elsewhere { get; } =
    [
        "https://evil.example", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "\\/evil.example", "/\t/evil.example", "/\n/evil.example", "/\r/evil.example", "\t//evil.example",
        " //evil.example", "https:evil.example", "https:/evil.example", "HTTPS://evil.example", "/%2fevil.example", "/%2F%2Fevil.example", "/%5cevil.example", "%2f%2fevil.example", "/%09/evil.example",
        "javascript:alert(1)", "data:text/html,x", "~//evil.example", "~/\\evil.example", ".//evil.example", "@evil.example", ":evil.example", "//evil.example@shop.example", "/\u2215evil.example", "\u3002", "",
    ];

    [Theory, MemberData(nameof(Elsewhere))]
    public async Task A_way_back_that_leads_elsewhere_leads_to_the_start(string address)
    {
        var asQuery = "returnUrl=" + Uri.EscapeDataString(address);
        using var browser = shop.Open();
        var page = await browser.NavigateAsync(new(HttpMethod.Get, "/sign-in?" + asQuery));
        Assert.Contains("""name="returnUrl" value="/">""".TrimEnd('>'), page.Text, StringComparison.Ordinal);
        StaysHere(await browser.NavigateAsync(Browser.Form("/sign-in", ("user", "nobody"), ("password", "wrong"), ("returnUrl", address))));
        await browser.SignInAsync("alice");
        StaysHere(await browser.NavigateAsync(new(HttpMethod.Get, "/sign-in/done?" + asQuery)), "/");
        page = await browser.NavigateAsync(new(HttpMethod.Get, "/confirm?" + asQuery));
        Assert.Contains("""name="returnUrl" value="/" """.TrimEnd(), page.Text, StringComparison.Ordinal);
        StaysHere(await browser.NavigateAsync(Browser.Form("/confirm", ("password", "sojourn-demo-1"), ("returnUrl", address))), "/");
        shop.Time.Advance(TimeSpan.FromSeconds(2)); // sign-ins of one person are counted
    }

    [Theory]
    [InlineData("/devices")]
    [InlineData("/checkout?a=b&c=%2f%2fd")]
    [InlineData("/devices#end")]
    public async Task A_way_back_at_the_shop_is_gone(string address)
    {
        using var browser = shop.Open();
        await browser.NavigateAsync(Browser.Form("/sign-in", ("user", "bob"), ("password", "sojourn-demo-1"), ("returnUrl", address)));
        StaysHere(await browser.NavigateAsync(new(HttpMethod.Get, "/sign-in/done?returnUrl=" + Uri.EscapeDataString(address))), address);
        StaysHere(await browser.NavigateAsync(Browser.Form("/confirm", ("password", "sojourn-demo-1"), ("returnUrl", address))), address);
    }

    /// <summary>Also once more decoded, and with backslashes for slashes, as some read it.</summary>
    private void StaysHere(Answer answer, string? expected = null)
    {
        Assert.InRange((int)answer.Status, 301, 303);
        Assert.Equal(expected ?? answer.Location, answer.Location);
        Assert.Equal(shop.Address.Authority, new Uri(shop.Address, answer.Location).Authority);
        Assert.DoesNotMatch(@"^/[/\\]", Uri.UnescapeDataString(answer.Location!));
    }
}
