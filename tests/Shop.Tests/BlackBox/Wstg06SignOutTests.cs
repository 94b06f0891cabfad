using System.Net;

namespace Shop.Tests.BlackBox;

/// <summary>WSTG-SESS-06: after the sign-out nothing is left, neither at the shop nor in the browser. (06.d is about single sign-on: there is none.)</summary>
[Requirement("WSTG-SESS-06")]
public sealed class Wstg06SignOutTests(SecureShop shop) : IClassFixture<SecureShop>
{
    [Theory, Requirement("WSTG-SESS-06.a"), Requirement("ASVS-7.4.1"), Requirement("NIST-5.1-10")]
    [InlineData("/sign-out")]
    [InlineData("/api/sign-out")]
    public async Task The_token_from_before_opens_nothing(string signOut)
    {
        using var browser = await shop.SignInAsync("alice");
        using var copy = shop.Copy(browser);
        await browser.PostAsync(signOut);
        foreach (var door in shop.Doors.Where(door => door.IsProtected))
        {
            Assert.True(door.IsShut(await door.KnockAsync(copy)), door.ToString());
        }

        (await copy.GetAsync("/api/sessions")).IsProblem(HttpStatusCode.Unauthorized, "signedOut");
        Assert.Equal(HttpStatusCode.Unauthorized, (await copy.PostAsync("/session/stay")).Status);
    }

    [Fact, Requirement("WSTG-SESS-06.b"), Requirement("ASVS-14.3.2")]
    public async Task No_page_of_the_session_stays_in_the_browser()
    {
        using var browser = await shop.SignInAsync("alice");
        foreach (var door in shop.Doors.Where(door => door.Method == "GET" && door.IsProtected))
        {
            Assert.Contains("no-store", (await door.KnockAsync(browser)).Header("Cache-Control")!, StringComparison.Ordinal);
        }

        Assert.Contains("no-store", (await browser.GoAsync("/")).Header("Cache-Control")!, StringComparison.Ordinal);
    }

    [Theory, Requirement("WSTG-SESS-06.c"), Requirement("CSMCS-33"), Requirement("CSD-05"), Requirement("CSD-06")]
    [InlineData("/sign-out")]
    [InlineData("/api/sign-out")]
    public async Task The_cookie_is_taken_back_and_what_scripts_stored_goes_too_but_no_cache_is_searched(string signOut)
    {
        using var browser = await shop.SignInAsync("alice");
        var answer = await browser.PostAsync(signOut);
        var cookie = Assert.Single(answer.SetCookies.Select(CookieLine.Parse), each => each.Name == WholeVisit.Session);
        Assert.Equal(("", TimeSpan.Zero), (cookie.Value, cookie.Lifetime));
        Assert.True(DateTimeOffset.Parse(cookie.Attributes["Expires"]!, null) < shop.Time.GetUtcNow());
        Assert.Equal("\"storage\"", answer.Header("Clear-Site-Data"));
    }

    [Fact, Requirement("WSTG-SESS-06.e"), Requirement("NIST-5.1-1"), Requirement("NIST-5.1-4")]
    public async Task One_cookie_is_all_of_it_and_a_copy_of_it_is_dead_with_the_sign_out()
    {
        using var browser = await shop.SignInAsync("bob", remember: true);
        Assert.Equal([WholeVisit.Session, WholeVisit.Device], browser.Cookies.Keys.Order(StringComparer.Ordinal));
        using var without = shop.Copy(browser);
        without.Cookies.Remove(WholeVisit.Session);
        Assert.Equal(HttpStatusCode.Unauthorized, (await without.GetAsync("/api/sessions")).Status); // a known device is nobody
        using var thief = shop.Open(Browser.FirefoxOnWindows);
        thief.Cookies[WholeVisit.Session] = browser.Cookies[WholeVisit.Session];
        Assert.Equal(HttpStatusCode.OK, (await thief.GetAsync("/api/sessions")).Status); // a bearer token, until it is replaced

        await browser.PostAsync("/api/sign-out");
        (await thief.GetAsync("/api/sessions")).IsProblem(HttpStatusCode.Unauthorized, "signedOut");
        Assert.Equal(HttpStatusCode.Unauthorized, (await without.GetAsync("/api/sessions")).Status);
    }

    [Fact, Requirement("WSTG-SESS-06.e"), Requirement("ASVS-7.2.1")]
    public async Task A_copy_is_noticed_once_both_have_used_it_and_the_shop_ends_it_for_both()
    {
        using var browser = await shop.SignInAsync("bob");
        using var thief = shop.Copy(browser);
        shop.Time.Advance(TimeSpan.FromMinutes(16));
        await browser.GetAsync("/api/session");
        await browser.GetAsync("/api/session"); // with the successor
        shop.Time.Advance(TimeSpan.FromMinutes(13));
        (await thief.GetAsync("/api/sessions")).IsProblem(HttpStatusCode.Unauthorized, "replayed");
        (await browser.GetAsync("/api/sessions")).IsProblem(HttpStatusCode.Unauthorized, "tokenReplay");
    }

    [Fact, Requirement("WSTG-SESS-06.f"), Requirement("FM-16")]
    public async Task Neither_a_link_nor_another_site_signs_anybody_out()
    {
        using var browser = await shop.SignInAsync("alice");
        foreach (var path in (string[])["/sign-out", "/api/sign-out"])
        {
            Assert.Equal(HttpStatusCode.NotFound, (await browser.NavigateAsync(new(HttpMethod.Get, path))).Status);
            var foreign = new HttpRequestMessage(HttpMethod.Post, path);
            foreign.Headers.TryAddWithoutValidation("Sec-Fetch-Site", "cross-site");
            Assert.Equal(HttpStatusCode.Forbidden, (await browser.FetchAsync(foreign)).Status);
        }

        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/api/sessions")).Status);
    }
}
