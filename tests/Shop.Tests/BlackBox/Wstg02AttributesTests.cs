using System.Net;

namespace Shop.Tests.BlackBox;

/// <summary>WSTG-SESS-02: the attributes of every cookie that the shop sets, in a visit that makes it set all of them.</summary>
[Requirement("WSTG-SESS-02")]
public sealed class Wstg02AttributesTests(SecureShop shop) : IClassFixture<SecureShop>
{
    [Fact, Requirement("CSMCS-18")]
    public async Task The_visit_meets_every_cookie_and_there_is_no_other()
        => Assert.Equal([WholeVisit.Session, WholeVisit.Device, WholeVisit.Repeat, WholeVisit.Visit], (await CookiesAsync()).Select(cookie => cookie.Name).Distinct().Order(StringComparer.Ordinal));

    [Fact, Requirement("WSTG-SESS-02.a"), Requirement("ASVS-3.3.1"), Requirement("NIST-5.1.1-1")]
    public Task Secure() => AllAsync(cookie => cookie.Attributes.ContainsKey("Secure"));

    [Fact, Requirement("WSTG-SESS-02.b"), Requirement("NIST-5.1.1-3"), Requirement("NIST-5.1-15"), Requirement("CSMCS-19")]
    public Task Out_of_the_reach_of_scripts() => AllAsync(cookie => cookie.Attributes.ContainsKey("HttpOnly"));

    [Fact, Requirement("WSTG-SESS-02.c"), Requirement("NIST-5.1.1-2"), Requirement("CSMCS-15")]
    public Task For_this_host_alone() => AllAsync(cookie => !cookie.Attributes.ContainsKey("Domain"));

    [Fact, Requirement("WSTG-SESS-02.d"), Requirement("NIST-5.1.1-2")]
    public Task Path_is_the_one_that_the_prefix_asks_for() => AllAsync(cookie => cookie.Attributes["Path"] == "/");

    [Fact, Requirement("WSTG-SESS-02.e"), Requirement("CK-07")]
    public async Task None_outlives_its_session_and_the_device_is_known_no_longer_than_browsers_keep_cookies()
    {
        var lifetimes = (await CookiesAsync()).Where(cookie => cookie.Lifetime is not null && !cookie.IsEnd).ToLookup(cookie => cookie.Name, cookie => cookie.Lifetime!.Value);
        Assert.All(lifetimes[WholeVisit.Session], lifetime => Assert.InRange(lifetime, TimeSpan.FromDays(29), TimeSpan.FromDays(30)));
        Assert.All(lifetimes[WholeVisit.Device], lifetime => Assert.Equal(TimeSpan.FromDays(400), lifetime));
        Assert.All(lifetimes[WholeVisit.Repeat], lifetime => Assert.Equal(TimeSpan.FromSeconds(10), lifetime));
        Assert.Empty(lifetimes[WholeVisit.Visit]);
    }

    [Fact, Requirement("WSTG-SESS-02.f"), Requirement("NIST-5.1.1-6"), Requirement("CSMCS-13"), Requirement("CK-06")]
    public Task SameSite_is_said() => AllAsync(cookie => cookie.Attributes["SameSite"] is "Lax" or "Strict");

    [Fact, Requirement("WSTG-SESS-02.g"), Requirement("CK-05")]
    public Task None_of_them_is_for_other_sites_without_Secure() => AllAsync(cookie => cookie.Attributes["SameSite"] != "None" || cookie.Attributes.ContainsKey("Secure"));

    [Fact, Requirement("WSTG-SESS-02.h"), Requirement("CSMCS-14"), Requirement("NIST-5.1.1-5"), Requirement("ASVS-3.3.3")]
    public Task The_prefix_holds() => AllAsync(cookie => cookie.Name.StartsWith("__Host-", StringComparison.Ordinal)
        && cookie.Attributes.ContainsKey("Secure") && cookie.Attributes["Path"] == "/" && !cookie.Attributes.ContainsKey("Domain"));

    [Fact, Requirement("NIST-5.1-3"), Requirement("CSMCS-17")]
    public async Task Who_did_not_ask_to_be_remembered_is_forgotten_with_the_browser()
    {
        using var browser = shop.Open();
        var answer = await browser.PostAsync("/api/sign-in", """{"user":"admin","password":"sojourn-demo-1"}""");
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Null(answer.SetCookies.Select(CookieLine.Parse).Single(cookie => cookie.Name == WholeVisit.Session).Lifetime);
    }

    private async Task<IEnumerable<CookieLine>> CookiesAsync() => (await shop.VisitAsync()).SelectMany(exchange => exchange.Cookies);

    private async Task AllAsync(Func<CookieLine, bool> isSo) => Assert.All(await CookiesAsync(), cookie => Assert.True(isSo(cookie), cookie.ToString()));
}
