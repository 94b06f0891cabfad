using System.Net;
using System.Text.Json;

namespace Shop.Tests;

public sealed class SessionApiTests(ShopServer shop) : IClassFixture<ShopServer>
{
    private const string Cookie = "__Host-shop";
    private const string VisitCookie = "__Host-shop-visit";

    [Fact]
    [Requirement("ASVS-7.6.2")]
    public async Task Looking_without_a_token_gives_204_and_starts_no_session()
    {
        using var browser = shop.Open();
        var answer = await browser.GetAsync("/api/session");
        Assert.Equal(HttpStatusCode.NoContent, answer.Status);
        Assert.Empty(answer.SetCookies);
        Assert.Empty(answer.Text);
    }

    [Fact]
    public async Task A_visitor_with_a_cart_has_a_session_without_a_subject()
    {
        using var browser = shop.Open();
        await browser.PostAsync("/api/cart", """{"sku":"tea","quantity":1}""");
        var session = (await browser.GetAsync("/api/session")).Json;
        Assert.Equal(JsonValueKind.Null, session.GetProperty("subject").ValueKind);
        Assert.Equal(JsonValueKind.Null, session.GetProperty("authenticatedAt").ValueKind);
        Assert.Equal(22, session.GetProperty("id").GetString()!.Length);
    }

    [Fact]
    public async Task Signing_in_answers_with_the_session_and_all_its_times_in_UTC()
    {
        using var browser = shop.Open();
        var signIn = await browser.PostAsync("/api/sign-in", """{"user":"alice","password":"sojourn-demo-1"}""");
        Assert.Equal(HttpStatusCode.OK, signIn.Status);
        var session = signIn.Json;
        string[] members = ["id", "subject", "policy", "startedAt", "authenticatedAt", "lastSeenAt", "idleExpiresAt", "absoluteExpiresAt", "device"];
        Assert.Equal(members, session.EnumerateObject().Select(member => member.Name));
        Assert.Equal("alice", session.GetProperty("subject").GetString());
        Assert.Equal("Chrome on Linux", session.GetProperty("device").GetString());
        foreach (var time in members.Where(member => member.EndsWith("At", StringComparison.Ordinal)))
        {
            Assert.EndsWith("Z", session.GetProperty(time).GetString(), StringComparison.Ordinal);
            Assert.Equal(DateTimeKind.Utc, session.GetProperty(time).GetDateTime().Kind);
        }

        Assert.Equal(TimeSpan.FromHours(1), session.GetProperty("idleExpiresAt").GetDateTime() - session.GetProperty("startedAt").GetDateTime());
        Assert.Equal(TimeSpan.FromHours(24), session.GetProperty("absoluteExpiresAt").GetDateTime() - session.GetProperty("startedAt").GetDateTime());
        Assert.Equal(session.GetProperty("id").GetString(), (await browser.GetAsync("/api/session")).Json.GetProperty("id").GetString());
    }

    [Fact]
    [Requirement("WSTG-SESS-02.h")]
    [Requirement("CSMCS-17")]
    public async Task The_cookie_lasts_as_long_as_the_browser_unless_the_person_asked_to_stay()
    {
        using var browser = shop.Open();
        var plain = await browser.PostAsync("/api/sign-in", """{"user":"bob","password":"sojourn-demo-1"}""");
        var line = Assert.Single(plain.SetCookies, cookie => cookie.StartsWith(Cookie + "=", StringComparison.Ordinal));
        Assert.EndsWith("; Path=/; Secure; HttpOnly; SameSite=Lax", line, StringComparison.Ordinal);

        var stay = await browser.PostAsync("/api/sign-in", """{"user":"bob","password":"sojourn-demo-1","remember":true}""");
        Assert.Contains("Max-Age=2592000", Assert.Single(stay.SetCookies, cookie => cookie.StartsWith(Cookie + "=", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromDays(14), stay.Json.GetProperty("idleExpiresAt").GetDateTime() - stay.Json.GetProperty("startedAt").GetDateTime());
    }

    [Theory]
    [InlineData("alice", "wrong")]
    [InlineData("alice", "")]
    [InlineData("", "sojourn-demo-1")]
    [InlineData("nobody", "sojourn-demo-1")]
    [InlineData("alice ", "sojourn-demo-1")]
    [InlineData("alice\u0000", "sojourn-demo-1")]
    [InlineData("alice", "sojourn-demo-1\n")]
    public async Task A_wrong_name_or_password_gives_401_and_does_not_say_which(string user, string password)
    {
        using var browser = shop.Open();
        var answer = await browser.PostAsync("/api/sign-in", JsonSerializer.Serialize(new { user, password }));
        answer.IsProblem(HttpStatusCode.Unauthorized);
        Assert.Equal("The name or the password is wrong.", answer.Json.GetProperty("detail").GetString());
        Assert.Empty(browser.Cookies);
    }

    [Fact]
    [Requirement("WSTG-SESS-03.a")]
    [Requirement("ASVS-7.2.4")]
    public async Task The_cart_survives_the_sign_in_and_the_old_token_does_not()
    {
        using var browser = shop.Open();
        await browser.PostAsync("/api/cart", """{"sku":"tea","quantity":2}""");
        var visit = browser.Cookies[VisitCookie];
        await browser.SignInAsync("alice");
        Assert.False(browser.Cookies.ContainsKey(VisitCookie));
        Assert.NotEqual(visit, browser.Cookies[Cookie]);
        Assert.Equal("""{"items":[{"sku":"tea","quantity":2}],"total":12.80}""", (await browser.GetAsync("/api/cart")).Text);

        using var other = shop.Open();
        other.Cookies[VisitCookie] = visit;
        Assert.Equal("""{"items":[],"total":0}""", (await other.GetAsync("/api/cart")).Text);
        (await other.GetAsync("/api/session")).IsProblem(HttpStatusCode.Unauthorized, "signedIn");
    }

    [Fact]
    [Requirement("WSTG-SESS-06.a")]
    [Requirement("WSTG-SESS-06.c")]
    public async Task After_a_sign_out_the_old_token_serves_nowhere()
    {
        using var browser = shop.Open();
        await browser.SignInAsync("alice");
        var token = browser.Cookies[Cookie];
        var answer = await browser.PostAsync("/api/sign-out");
        Assert.Equal(HttpStatusCode.NoContent, answer.Status);
        Assert.False(browser.Cookies.ContainsKey(Cookie));

        browser.Cookies[Cookie] = token;
        (await browser.GetAsync("/api/session")).IsProblem(HttpStatusCode.Unauthorized, "signedOut");
        (await browser.GetAsync("/api/sessions")).IsProblem(HttpStatusCode.Unauthorized, "signedOut");
        (await browser.DeleteAsync("/api/sessions")).IsProblem(HttpStatusCode.Unauthorized, "signedOut");
        Assert.Equal("""{"items":[],"total":0}""", (await browser.GetAsync("/api/cart")).Text);
    }

    [Fact]
    public async Task Signing_out_without_a_session_is_fine_too()
    {
        using var browser = shop.Open();
        Assert.Equal(HttpStatusCode.NoContent, (await browser.PostAsync("/api/sign-out")).Status);
        browser.Cookies[Cookie] = "nonsense";
        Assert.Equal(HttpStatusCode.NoContent, (await browser.PostAsync("/api/sign-out")).Status);
        Assert.False(browser.Cookies.ContainsKey(Cookie));
    }

    [Fact]
    public async Task Signing_in_again_replaces_the_session_of_this_browser()
    {
        using var browser = shop.Open();
        await browser.SignInAsync("alice");
        var first = browser.Cookies[Cookie];
        await browser.SignInAsync("bob");
        Assert.Equal("bob", (await browser.GetAsync("/api/session")).Json.GetProperty("subject").GetString());
        browser.Cookies[Cookie] = first;
        (await browser.GetAsync("/api/session")).IsProblem(HttpStatusCode.Unauthorized, "replaced");
    }

    [Theory]
    [InlineData(Cookie)]
    [InlineData(VisitCookie)]
    public async Task A_token_of_the_right_shape_that_nobody_issued_is_unknown(string cookie)
    {
        using var browser = shop.Open();
        browser.Cookies[cookie] = new string('A', 64);
        (await browser.GetAsync("/api/session")).IsProblem(HttpStatusCode.Unauthorized, "unknown");
    }

    [Theory]
    [InlineData(Cookie)]
    [InlineData(VisitCookie)]
    public async Task A_token_of_a_wrong_shape_is_malformed(string cookie)
    {
        using var browser = shop.Open();
        browser.Cookies[cookie] = "not-a-token";
        (await browser.GetAsync("/api/session")).IsProblem(HttpStatusCode.Unauthorized, "malformed");
    }

    [Fact]
    public async Task A_visitor_who_has_a_dead_sign_in_too_is_shown_the_visit()
    {
        using var browser = shop.Open();
        browser.Cookies[Cookie] = new string('A', 64);
        await browser.PostAsync("/api/cart", """{"sku":"tea","quantity":1}""");
        Assert.Equal(JsonValueKind.Null, (await browser.GetAsync("/api/session")).Json.GetProperty("subject").ValueKind);
    }

    [Fact]
    [Requirement("WSTG-SESS-04.e")]
    [Requirement("CSMCS-07")]
    public async Task A_token_counts_in_its_cookie_only()
    {
        using var alice = shop.Open();
        await alice.SignInAsync("alice");
        var token = alice.Cookies[Cookie];
        using var other = shop.Open();
        var request = new HttpRequestMessage(HttpMethod.Get, $"/api/session?{Cookie}={token}&session={token}&token={token}");
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token);
        request.Headers.TryAddWithoutValidation("X-Session", token);
        Assert.Equal(HttpStatusCode.NoContent, (await other.FetchAsync(request)).Status);
        other.Cookies["__host-shop"] = token;
        other.Cookies["shop"] = token;
        Assert.Equal(HttpStatusCode.NoContent, (await other.GetAsync("/api/session")).Status);
    }
}
