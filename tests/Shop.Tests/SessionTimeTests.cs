using System.Net;
using Sojourn.Testing;

namespace Shop.Tests;

/// <summary>What becomes of a session in time, seen through the shop, on a clock that tests move.</summary>
public sealed class SessionTimeTests : IAsyncLifetime
{
    private const string Cookie = "__Host-shop";

    private readonly ManualTimeProvider _time = new();
    private ShopServer _shop = null!;

    public async ValueTask InitializeAsync() => _shop = await ShopServer.StartAsync([], _time);

    public ValueTask DisposeAsync() => _shop.DisposeAsync();

    [Fact]
    [Requirement("WSTG-SESS-07.a")]
    public async Task An_hour_without_a_request_ends_the_session_as_idle()
    {
        using var browser = _shop.Open();
        await browser.SignInAsync("alice");
        await browser.GetAsync("/api/session"); // a token that never comes back is given up after ten minutes
        _time.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/api/session")).Status);
        _time.Advance(TimeSpan.FromMinutes(61));
        (await browser.GetAsync("/api/session")).IsProblem(HttpStatusCode.Unauthorized, "idle");
        var page = await browser.GoAsync("/devices");
        Assert.Contains("You were signed out because nothing happened for a while.", page.Text, StringComparison.Ordinal);
    }

    [Fact]
    [Requirement("WSTG-SESS-07.b")]
    public async Task A_day_ends_the_session_even_if_it_is_used_all_the_time()
    {
        using var browser = _shop.Open();
        await browser.SignInAsync("alice");
        await browser.GetAsync("/api/session");
        for (var i = 0; i < 47; i++)
        {
            _time.Advance(TimeSpan.FromMinutes(30));
            var answer = await browser.GetAsync("/api/session");
            Assert.True(answer.Status == HttpStatusCode.OK, $"after {i} half hours: {(int)answer.Status} {answer.Text}");
        }

        _time.Advance(TimeSpan.FromMinutes(31));
        (await browser.GetAsync("/api/session")).IsProblem(HttpStatusCode.Unauthorized, "absolute");
    }

    [Fact]
    [Requirement("CSMCS-31")]
    public async Task A_token_that_was_replaced_is_superseded_and_much_later_a_replay()
    {
        using var browser = _shop.Open();
        await browser.SignInAsync("alice");
        await browser.GetAsync("/api/session");
        var old = browser.Cookies[Cookie];
        _time.Advance(TimeSpan.FromMinutes(16));
        await browser.GetAsync("/api/session");
        Assert.NotEqual(old, browser.Cookies[Cookie]);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/api/session")).Status);

        using var late = _shop.Open();
        late.Cookies[Cookie] = old;
        Assert.Equal(HttpStatusCode.OK, (await late.GetAsync("/api/session")).Status); // a parallel tab
        _time.Advance(TimeSpan.FromMinutes(2));
        (await late.GetAsync("/api/session")).IsProblem(HttpStatusCode.Unauthorized, "superseded");
        (await late.GetAsync("/api/cart")).IsProblem(HttpStatusCode.Conflict, "superseded");
        (await late.PostAsync("/api/cart", """{"sku":"tea","quantity":1}""")).IsProblem(HttpStatusCode.Conflict, "superseded");
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/api/session")).Status);

        _time.Advance(TimeSpan.FromMinutes(11));
        (await late.GetAsync("/api/session")).IsProblem(HttpStatusCode.Unauthorized, "replayed");
        (await browser.GetAsync("/api/session")).IsProblem(HttpStatusCode.Unauthorized, "tokenReplay");
        Assert.Contains("may mean that somebody copied it", (await browser.GoAsync("/devices")).Text, StringComparison.Ordinal);
    }
}
