namespace Sojourn.Browser.Tests;

/// <summary>The cart, from before the sign-in to after the sign-out.</summary>
public sealed class CartTests(SharedChromium chromium, RunningShop running) : ShopTest(chromium, running)
{
    [Fact]
    [Requirement("WSTG-SESS-03.a")]
    [Requirement("ASVS-14.3.1")]
    public async Task A_cart_from_before_the_sign_in_survives_it_and_the_sign_out_leaves_none()
    {
        var shop = await OpenAsync();
        await shop.AddToCartAsync("Mountain tea");
        await shop.AddToCartAsync("Forest honey");
        var visit = await CookiesAsync(shop);

        await shop.SignInAsync("bob");
        Assert.Equal(["Mountain tea", "Forest honey"], await shop.CartAsync());
        Assert.Empty(visit.Intersect(await CookiesAsync(shop)));

        await shop.SignOutAsync();
        Assert.Empty(await shop.CartAsync());
        Assert.Null(await CookieAsync(shop.Context));
    }

    [Fact]
    public async Task The_next_person_on_the_same_browser_finds_no_cart_of_the_first()
    {
        var shop = await OpenAsync();
        await shop.SignInAsync("alice");
        await shop.AddToCartAsync("Wool blanket");
        await shop.SignInAsync("bob");
        Assert.Empty(await shop.CartAsync());
    }

    /// <summary>The values of the cookies that stand for a session; the device is meant to be known again.</summary>
    private static async Task<IEnumerable<string>> CookiesAsync(ShopPages shop)
        => from cookie in await shop.Context.CookiesAsync()
           where !cookie.Name.EndsWith("-device", StringComparison.Ordinal)
           select cookie.Value;
}
