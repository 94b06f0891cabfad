using System.Net;

namespace Shop.Tests.BlackBox;

/// <summary>WSTG-SESS-07: sessions end in time, whatever the client does; and how they begin, go on and end otherwise (NIST SP 800-63B-4, 5).</summary>
[Requirement("WSTG-SESS-07")]
public sealed class Wstg07TimeoutTests(SecureShop shop) : IClassFixture<SecureShop>
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact, Requirement("WSTG-SESS-07.a"), Requirement("ASVS-7.3.1")]
    public async Task Growing_pauses_are_fine_until_one_is_as_long_as_the_limit()
    {
        using var browser = await shop.SignInAsync("alice");
        foreach (var minutes in (int[])[1, 5, 15, 30, 45, 59])
        {
            shop.Time.Advance(TimeSpan.FromMinutes(minutes));
            Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/api/sessions")).Status);
        }

        shop.Time.Advance(TimeSpan.FromMinutes(60) - Second);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/api/sessions")).Status);
        shop.Time.Advance(TimeSpan.FromMinutes(60));
        await EndedAsync(browser, "idle");
    }

    [Fact, Requirement("WSTG-SESS-07.b"), Requirement("ASVS-7.3.2"), Requirement("NIST-5.2-1")]
    public async Task After_a_day_the_password_is_needed_however_much_was_done()
    {
        using var browser = await shop.SignInAsync("alice");
        for (var hours = 0.5; hours < 24; hours += 0.5)
        {
            shop.Time.Advance(TimeSpan.FromMinutes(30));
            Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/api/sessions")).Status);
        }

        shop.Time.Advance(TimeSpan.FromMinutes(30));
        await EndedAsync(browser, "absolute");
        await browser.SignInAsync("alice");
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/api/sessions")).Status);
    }

    [Fact, Requirement("WSTG-SESS-07.b"), Requirement("NIST-5.2-1"), Requirement("NIST-5.1-4")]
    public async Task Who_is_remembered_signs_in_again_after_thirty_days_and_gives_the_password_for_an_order()
    {
        using var browser = await shop.SignInAsync("bob", remember: true);
        for (var days = 0; days < 29; days++)
        {
            shop.Time.Advance(TimeSpan.FromDays(1));
            Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/api/sessions")).Status);
        }

        (await browser.PostAsync("/api/checkout")).IsProblem(HttpStatusCode.Forbidden, "step-up-required");
        shop.Time.Advance(TimeSpan.FromDays(1));
        await EndedAsync(browser, "absolute");
    }

    [Theory, Requirement("WSTG-SESS-07.c"), Requirement("CSMCS-32")]
    [InlineData("Date", "Thu, 01 Jan 2026 12:00:00 GMT")]
    [InlineData("If-Modified-Since", "Thu, 01 Jan 2026 12:00:00 GMT")]
    [InlineData("Cookie", "__Host-shop=TOKEN; Expires=Fri, 01 Jan 2100 00:00:00 GMT; Max-Age=999999999")]
    [InlineData("Cookie", "lastSeen=9999999999; __Host-shop=TOKEN; expires=9999999999")]
    [InlineData("X-Time", "2026-01-01T12:00:00Z")]
    public async Task What_the_client_says_of_the_time_does_not_count(string header, string value)
    {
        using var browser = await shop.SignInAsync("admin");
        shop.Time.Advance(TimeSpan.FromMinutes(61));
        var request = new HttpRequestMessage(HttpMethod.Get, "/api/sessions?expires=9999999999&now=0");
        request.Headers.TryAddWithoutValidation(header, value.Replace("TOKEN", browser.Cookies[WholeVisit.Session], StringComparison.Ordinal));
        (await browser.FetchAsync(request)).IsProblem(HttpStatusCode.Unauthorized, "idle"); // and the cookie is still there
    }

    [Fact, Requirement("WSTG-SESS-07.d"), Requirement("NIST-5.1-12")]
    public async Task A_token_that_has_expired_stays_so()
    {
        using var browser = await shop.SignInAsync("alice");
        using var late = shop.Copy(browser);
        shop.Time.Advance(TimeSpan.FromMinutes(61));
        await EndedAsync(late, "idle");
        Assert.Equal(HttpStatusCode.Unauthorized, (await late.PostAsync("/session/stay")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await late.PostAsync("/api/confirm", """{"password":"sojourn-demo-1"}""")).Status);
        await browser.SignInAsync("alice"); // on top of it
        await EndedAsync(late, "idle");
        shop.Time.Advance(TimeSpan.FromDays(2));
        await EndedAsync(late, "idle");
    }

    [Fact, Requirement("WSTG-SESS-07.e"), Requirement("NIST-5.2-4"), Requirement("CSMCS-40")]
    public async Task Asking_how_long_it_lasts_and_fetching_pictures_keep_nobody_signed_in()
    {
        using var browser = await shop.SignInAsync("bob");
        for (var minutes = 10; minutes < 60; minutes += 10)
        {
            shop.Time.Advance(TimeSpan.FromMinutes(10));
            var left = await browser.GetAsync("/session/time-left");
            Assert.Equal((60 - minutes) * 60, left.Json.GetProperty("idle").GetInt32());
            Assert.Empty(left.SetCookies);
            await browser.GetAsync("/goods/tea.svg");
        }

        shop.Time.Advance(TimeSpan.FromMinutes(10));
        await EndedAsync(browser, "idle");
    }

    [Fact, Requirement("NIST-5.0-1"), Requirement("NIST-5.2-3")]
    public async Task A_session_starts_with_the_password_goes_on_with_it_and_ends_in_whatever_way()
    {
        using var browser = shop.Open();
        await browser.PostAsync("/api/sign-in", """{"user":"alice","password":"wrong"}""");
        Assert.Empty(browser.Cookies);
        await browser.SignInAsync("alice");
        for (var hours = 0; hours < 46; hours++)
        {
            shop.Time.Advance(TimeSpan.FromMinutes(30));
            Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/api/sessions")).Status);
        }

        Assert.Equal(60 * 60, (await browser.GetAsync("/session/time-left")).Json.GetProperty("absolute").GetInt32());
        await browser.PostAsync("/api/confirm", """{"password":"sojourn-demo-1"}""");
        Assert.Equal(24 * 60 * 60, (await browser.GetAsync("/session/time-left")).Json.GetProperty("absolute").GetInt32());
        using var other = await shop.SignInAsync("alice");
        Assert.Equal(HttpStatusCode.NoContent, (await other.DeleteAsync("/api/sessions")).Status);
        await EndedAsync(browser, "signedOutEverywhere");
        await other.PostAsync("/api/sign-out");
        Assert.All(other.Cookies.Keys, name => Assert.Equal(WholeVisit.Device, name));
    }

    private static async Task EndedAsync(Browser browser, string reason)
    {
        (await browser.GetAsync("/api/sessions")).IsProblem(HttpStatusCode.Unauthorized, reason);
        Assert.Equal($"/sign-in?returnUrl=%2Fdevices&reason={reason}", (await browser.NavigateAsync(new(HttpMethod.Get, "/devices"))).Location);
    }
}
