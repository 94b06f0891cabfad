using System.Net;

namespace Shop.Tests;

[Requirement("WSTG-SESS-11.d")]
public sealed class DevicesApiTests(ShopServer shop) : IClassFixture<ShopServer>
{
    private const string Cookie = "__Host-shop";

    [Fact]
    public async Task Visitors_are_asked_to_sign_in()
    {
        using var browser = shop.Open();
        (await browser.GetAsync("/api/sessions")).IsProblem(HttpStatusCode.Unauthorized);
        (await browser.DeleteAsync("/api/sessions")).IsProblem(HttpStatusCode.Unauthorized);
        (await browser.DeleteAsync("/api/sessions/AAAAAAAAAAAAAAAAAAAAAA")).IsProblem(HttpStatusCode.Unauthorized);
        await browser.PostAsync("/api/cart", """{"sku":"tea","quantity":1}""");
        (await browser.GetAsync("/api/sessions")).IsProblem(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task The_list_holds_mine_only_and_says_which_is_this_one()
    {
        using var here = shop.Open();
        using var there = shop.Open(Browser.FirefoxOnWindows);
        using var other = shop.Open();
        await here.SignInAsync("alice");
        await there.SignInAsync("alice");
        await other.SignInAsync("bob");
        var list = (await here.GetAsync("/api/sessions")).Json.EnumerateArray().ToList();
        Assert.Equal(["id", "current", "device", "startedAt", "lastSeenAt"], list[0].EnumerateObject().Select(member => member.Name));
        Assert.Equal(await IdOf(here), Assert.Single(list, each => each.GetProperty("current").GetBoolean()).GetProperty("id").GetString());
        Assert.Contains(list, each => each.GetProperty("device").GetString() == "Firefox on Windows" && !each.GetProperty("current").GetBoolean());
        var foreign = await IdOf(other);
        Assert.DoesNotContain(list, each => each.GetProperty("id").ValueEquals(foreign));
    }

    [Fact]
    public async Task One_of_mine_can_be_ended_and_learns_why()
    {
        using var here = shop.Open();
        using var there = shop.Open();
        await here.SignInAsync("bob");
        await there.SignInAsync("bob");
        var path = "/api/sessions/" + await IdOf(there);
        Assert.Equal(HttpStatusCode.NoContent, (await here.DeleteAsync(path)).Status);
        (await there.GetAsync("/api/session")).IsProblem(HttpStatusCode.Unauthorized, "signedOutEverywhere");
        (await here.DeleteAsync(path)).IsProblem(HttpStatusCode.NotFound);
        Assert.Equal(HttpStatusCode.OK, (await here.GetAsync("/api/session")).Status);
    }

    [Fact]
    public async Task Ending_this_one_is_a_sign_out()
    {
        using var here = shop.Open();
        await here.SignInAsync("bob");
        var token = here.Cookies[Cookie];
        Assert.Equal(HttpStatusCode.NoContent, (await here.DeleteAsync("/api/sessions/" + await IdOf(here))).Status);
        Assert.False(here.Cookies.ContainsKey(Cookie));
        here.Cookies[Cookie] = token;
        (await here.GetAsync("/api/session")).IsProblem(HttpStatusCode.Unauthorized, "signedOut");
    }

    [Fact]
    [Requirement("ASVS-8.3.1")]
    public async Task One_that_is_not_mine_is_not_found_and_goes_on()
    {
        using var alice = shop.Open();
        using var bob = shop.Open();
        using var visitor = shop.Open();
        await alice.SignInAsync("alice");
        await bob.SignInAsync("bob");
        await visitor.PostAsync("/api/cart", """{"sku":"tea","quantity":1}""");
        (await alice.DeleteAsync("/api/sessions/" + await IdOf(bob))).IsProblem(HttpStatusCode.NotFound);
        (await alice.DeleteAsync("/api/sessions/" + await IdOf(visitor))).IsProblem(HttpStatusCode.NotFound);
        (await alice.DeleteAsync("/api/sessions/AAAAAAAAAAAAAAAAAAAAAA")).IsProblem(HttpStatusCode.NotFound);
        Assert.Equal(HttpStatusCode.OK, (await bob.GetAsync("/api/session")).Status);
        Assert.Equal(HttpStatusCode.OK, (await visitor.GetAsync("/api/session")).Status);
    }

    [Fact]
    public async Task All_my_others_can_be_ended_at_once()
    {
        using var here = shop.Open();
        using var one = shop.Open();
        using var two = shop.Open();
        using var bob = shop.Open();
        await here.SignInAsync("admin");
        await one.SignInAsync("admin");
        await two.SignInAsync("admin", remember: true);
        await bob.SignInAsync("bob");
        Assert.Equal(HttpStatusCode.NoContent, (await here.DeleteAsync("/api/sessions")).Status);
        (await one.GetAsync("/api/session")).IsProblem(HttpStatusCode.Unauthorized, "signedOutEverywhere");
        (await two.GetAsync("/api/session")).IsProblem(HttpStatusCode.Unauthorized, "signedOutEverywhere");
        Assert.Equal(HttpStatusCode.OK, (await bob.GetAsync("/api/session")).Status);
        Assert.Equal(1, (await here.GetAsync("/api/sessions")).Json.GetArrayLength());
        Assert.Equal(HttpStatusCode.NoContent, (await here.DeleteAsync("/api/sessions")).Status);
    }

    private static async Task<string> IdOf(Browser browser) => (await browser.GetAsync("/api/session")).Json.GetProperty("id").GetString()!;
}
