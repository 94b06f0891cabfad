using System.Net;

namespace Shop.Tests;

public sealed class CartApiTests(ShopServer shop) : IClassFixture<ShopServer>
{
    private const string Empty = """{"items":[],"total":0}""";

    [Fact]
    public async Task The_cart_is_empty_without_a_session_and_looking_starts_none()
    {
        using var browser = shop.Open();
        var answer = await browser.GetAsync("/api/cart");
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal(Empty, answer.Text);
        Assert.Empty(answer.SetCookies);
    }

    [Fact]
    public async Task Posting_adds_to_what_is_there()
    {
        using var browser = shop.Open();
        await browser.PostAsync("/api/cart", """{"sku":"tea","quantity":2}""");
        await browser.PostAsync("/api/cart", """{"sku":"mug","quantity":1}""");
        var answer = await browser.PostAsync("/api/cart", """{"sku":"tea","quantity":1}""");
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("""{"items":[{"sku":"tea","quantity":3},{"sku":"mug","quantity":1}],"total":31.20}""", answer.Text);
        Assert.Equal(answer.Text, (await browser.GetAsync("/api/cart")).Text);
    }

    [Fact]
    public async Task Ninety_nine_of_one_thing_fit_and_one_more_is_refused_whole()
    {
        using var browser = shop.Open();
        var full = await browser.PostAsync("/api/cart", """{"sku":"tea","quantity":99}""");
        Assert.Equal(HttpStatusCode.OK, full.Status);
        (await browser.PostAsync("/api/cart", """{"sku":"tea","quantity":1}""")).IsProblem(HttpStatusCode.BadRequest);
        Assert.Equal(full.Text, (await browser.GetAsync("/api/cart")).Text);
    }

    [Fact]
    [Requirement("ASVS-15.4.2")]
    public async Task Additions_at_the_same_time_all_count()
    {
        using var browser = shop.Open();
        await browser.PostAsync("/api/cart", """{"sku":"tea","quantity":1}""");
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => browser.PostAsync("/api/cart", """{"sku":"tea","quantity":1}""")));
        Assert.Equal(21, (await browser.GetAsync("/api/cart")).Json.GetProperty("items")[0].GetProperty("quantity").GetInt32());
    }

    [Fact]
    public void There_are_twelve_goods_or_more_and_each_has_its_own_picture()
    {
        Assert.True(Goods.Catalogue.Products.Count >= 12);
        Assert.Contains(Goods.Catalogue.Products, product => product.Sku == "tea");
        Assert.Equal(Goods.Catalogue.Products.Count, Goods.Catalogue.Products.Select(product => product.Picture).Distinct().Count());
    }

    [Theory]
    [InlineData("""{"sku":"tea","quantity":0}""")]
    [InlineData("""{"sku":"tea","quantity":-1}""")]
    [InlineData("""{"sku":"tea","quantity":100}""")]
    [InlineData("""{"sku":"tea","quantity":2147483647}""")]
    [InlineData("""{"sku":"TEA","quantity":1}""")]
    [InlineData("""{"sku":"","quantity":1}""")]
    [InlineData("""{"sku":"coffee","quantity":1}""")]
    [InlineData("""{"sku":"../tea","quantity":1}""")]
    [InlineData("""{"sku":"tea\u0000","quantity":1}""")]
    public async Task What_the_shop_does_not_sell_and_other_quantities_are_refused(string json)
    {
        using var browser = shop.Open();
        var answer = await browser.PostAsync("/api/cart", json);
        answer.IsProblem(HttpStatusCode.BadRequest);
        Assert.Empty(answer.SetCookies);
        Assert.Equal(Empty, (await browser.GetAsync("/api/cart")).Text);
    }
}
