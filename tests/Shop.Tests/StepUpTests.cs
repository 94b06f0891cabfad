using System.Net;
using System.Text.Json;
using Sojourn.Testing;

namespace Shop.Tests;

/// <summary>What the shop asks the password once more for, over its API.</summary>
public sealed class StepUpTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _time = new();
    private ShopServer _shop = null!;

    public async ValueTask InitializeAsync() => _shop = await ShopServer.StartAsync([], _time);

    public ValueTask DisposeAsync() => _shop.DisposeAsync();

    [Fact, Requirement("ASVS-7.5.2"), Requirement("ASVS-7.5.3")]
    public async Task Ending_sessions_and_ordering_need_it_after_five_minutes()
    {
        using var browser = await StaleAsync();
        (await browser.PostAsync("/api/checkout")).IsProblem(HttpStatusCode.Forbidden, "step-up-required");
        (await browser.DeleteAsync("/api/sessions")).IsProblem(HttpStatusCode.Forbidden, "step-up-required");
        var asked = await browser.DeleteAsync("/api/sessions/AAAAAAAAAAAAAAAAAAAAAA");
        asked.IsProblem(HttpStatusCode.Forbidden, "step-up-required");
        var problem = JsonDocument.Parse(asked.Text).RootElement;
        Assert.Equal(("urn:sojourn:step-up-required", 300, "/confirm"), (problem.GetProperty("type").GetString(), problem.GetProperty("within").GetInt32(), problem.GetProperty("confirm").GetString()));

        var old = browser.Cookies["__Host-shop"];
        Assert.Equal(HttpStatusCode.NoContent, (await ConfirmAsync(browser, "sojourn-demo-1")).Status);
        Assert.NotEqual(old, browser.Cookies["__Host-shop"]);
        Assert.Equal(HttpStatusCode.OK, (await browser.PostAsync("/api/checkout")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await browser.DeleteAsync("/api/sessions")).Status);
        _time.Advance(TimeSpan.FromMinutes(6));
        (await browser.PostAsync("/api/checkout")).IsProblem(HttpStatusCode.Forbidden, "step-up-required");
    }

    [Fact]
    public async Task A_wrong_password_confirms_nothing_and_five_lock_the_account()
    {
        using var browser = await StaleAsync();
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(HttpStatusCode.Forbidden, (await ConfirmAsync(browser, "wrong")).Status);
        }

        Assert.Equal(HttpStatusCode.Forbidden, (await ConfirmAsync(browser, "sojourn-demo-1")).Status);
        (await browser.PostAsync("/api/checkout")).IsProblem(HttpStatusCode.Forbidden, "step-up-required");
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/api/session")).Status);
    }

    [Fact]
    public async Task A_stranger_is_not_asked_to_confirm_but_to_sign_in()
    {
        using var stranger = _shop.Open();
        Assert.Equal(HttpStatusCode.Unauthorized, (await ConfirmAsync(stranger, "sojourn-demo-1")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.PostAsync("/api/checkout")).Status);
    }

    [Theory]
    [InlineData("//evil.example")]
    [InlineData("https://evil.example")]
    [InlineData("/\\evil.example")]
    public async Task The_way_back_is_one_of_the_shop_s(string address)
    {
        using var browser = await StaleAsync();
        var answer = await browser.NavigateAsync(Browser.Form("/confirm", ("password", "sojourn-demo-1"), ("returnUrl", address)));
        Assert.Equal("/", answer.Location);
    }

    private async Task<Browser> StaleAsync()
    {
        var browser = _shop.Open();
        await browser.SignInAsync("alice");
        await browser.PostAsync("/api/cart", """{"sku":"tea","quantity":1}""");
        _time.Advance(TimeSpan.FromMinutes(6));
        return browser;
    }

    private static Task<Answer> ConfirmAsync(Browser browser, string password) => browser.PostAsync("/api/confirm", $$"""{"password":"{{password}}"}""");
}
