using Sojourn.Testing;

namespace Sojourn.AspNetCore.Tests;

/// <summary>Cookies that no browser of ours would send: rule 12, a clear answer, and no store read where the form alone is wrong.</summary>
public sealed class CookieFormTests
{
    private const string Name = SojournDefaults.CookieName;

    public static TheoryData<string> Malformed =>
    [
        "x",
        "%20",
        new string('A', 63),
        new string('A', 65),
        new string('A', 63) + "=",
        new string('A', 63) + "+",
        new string('A', 63) + "/",
        new string('A', 32) + "%41" + new string('A', 29),
        "\u00e4" + new string('A', 62),
        new string('A', 8192),
        "\"" + new string('A', 63) + "\"",
        "../../etc/passwd",
        "' OR '1'='1",
        "<script>alert(1)</script>",
    ];

    [Theory, MemberData(nameof(Malformed)), Requirement("CSMCS-22"), Requirement("WSTG-SESS-01.g"), Requirement("CK-08")]
    public async Task What_is_no_token_by_its_form_never_reaches_the_store(string value)
    {
        await using var app = await TestApp.StartAsync();
        using var stranger = app.NewBrowser();
        stranger.Cookies[Name] = value;
        app.Store.ResetCalls();
        var reply = await stranger.GetAsync("/private");

        Assert.Equal((401, "malformed"), (reply.Status, reply.Reason));
        Assert.Equal("open", (await stranger.GetAsync("/open")).Body);
        Assert.Equal("nobody", (await stranger.GetAsync("/who")).Body);
        Assert.Equal(0, app.Store.TotalCalls);
        Assert.True(value.Length < 3 || !reply.Body.Contains(value, StringComparison.Ordinal)); // and is not repeated
        Assert.Equal(200, (await stranger.PostAsync("/sign-in/ada")).Status);
        Assert.Equal("ada", (await stranger.GetAsync("/private")).Body);
    }

    [Fact, Requirement("WSTG-SESS-01.g"), Requirement("WSTG-SESS-07.d")]
    public async Task A_token_with_any_character_changed_is_nobodys_and_ends_nothing()
    {
        await using var app = await TestApp.StartAsync();
        using var browser = await app.SignInAsync("ada");
        using var other = app.NewBrowser();
        var token = browser.Session!;
        for (var i = 0; i < token.Length; i++)
        {
            other.Cookies[Name] = token[..i] + (token[i] == 'A' ? 'B' : 'A') + token[(i + 1)..];
            Assert.Equal((401, "unknown"), ((await other.GetAsync("/private")) is var reply ? reply.Status : 0, reply.Reason));
        }

        Assert.Equal("ada", (await browser.GetAsync("/private")).Body);
    }

    [Fact, Requirement("CK-12"), Requirement("ASVS-15.3.7")]
    public async Task The_same_cookie_several_times_counts_once()
    {
        await using var app = await TestApp.StartAsync();
        using var browser = await app.SignInAsync("ada");
        using var repeating = app.NewBrowser();

        var joined = $"{Name}={browser.Session}; other=1; {Name}={browser.Session}";
        Assert.Equal("ada", (await repeating.GetAsync("/private", ("Cookie", joined))).Body);
        Assert.Equal("ada", (await repeating.GetAsync("/private", ("Cookie", $"{Name}=\"{browser.Session}\""))).Body);
    }

    [Fact, Requirement("CK-12"), Requirement("ASVS-15.3.7"), Requirement("CSMCS-27")]
    public async Task Different_values_under_one_name_are_refused_without_a_store_read_and_the_next_sign_in_works()
    {
        await using var app = await TestApp.StartAsync();
        using var browser = await app.SignInAsync("ada");
        using var planted = await app.SignInAsync("eve");
        using var both = app.NewBrowser();
        app.Store.ResetCalls();
        foreach (var cookies in new[] { $"{Name}={browser.Session}; {Name}={planted.Session}", $"{Name}={planted.Session}; {Name}={browser.Session}", $"{Name}={browser.Session}; {Name}=" })
        {
            var reply = await both.GetAsync("/private", ("Cookie", cookies));
            Assert.Equal((401, "malformed"), (reply.Status, reply.Reason));
            Assert.Null(reply.SessionCookie);
        }

        Assert.Equal(0, app.Store.TotalCalls);
        var signIn = await both.PostAsync("/sign-in/ada", ("Cookie", $"{Name}={browser.Session}; {Name}={planted.Session}"));
        Assert.NotNull(signIn.SessionCookie);
        Assert.Equal("ada", (await both.GetAsync("/private")).Body);
    }

    [Theory]
    [InlineData("__host-session")]
    [InlineData("__HOST-SESSION")]
    [InlineData("session")]
    [InlineData(" __Host-session-x")]
    [Requirement("CK-02")]
    public async Task A_cookie_whose_name_is_spelt_otherwise_is_another_cookie(string name)
    {
        await using var app = await TestApp.StartAsync();
        using var browser = await app.SignInAsync("ada");
        using var other = app.NewBrowser();
        app.Store.ResetCalls();
        var reply = await other.GetAsync("/private", ("Cookie", $"{name}={browser.Session}"));

        Assert.Equal((401, null), (reply.Status, reply.Reason));
        Assert.Equal(0, app.Store.TotalCalls);
    }

    [Theory]
    [InlineData("/private?__Host-session=", "")]
    [InlineData("/private?session=", "")]
    [InlineData("/private", "X-Session")]
    [InlineData("/private", "__Host-session")]
    [InlineData("/private", "Authorization")]
    [Requirement("CSMCS-07"), Requirement("WSTG-SESS-04.e"), Requirement("ASVS-14.2.1")]
    public async Task A_token_anywhere_but_in_the_cookie_is_not_honoured(string address, string header)
    {
        await using var app = await TestApp.StartAsync();
        using var browser = await app.SignInAsync("ada");
        using var other = app.NewBrowser();
        var path = address.EndsWith('=') ? address + browser.Session : address;
        app.Store.ResetCalls();

        Assert.Equal(401, (await other.GetAsync(path, header.Length == 0 ? ("Accept", "*/*") : (header, "Bearer " + browser.Session))).Status);
        Assert.Equal(401, (await other.GetAsync(path, header.Length == 0 ? ("Accept", "*/*") : (header, browser.Session!))).Status);
        Assert.Equal(0, app.Store.TotalCalls);
    }

    [Fact, Requirement("WSTG-SESS-09.a")]
    public async Task Without_its_session_cookie_nothing_else_in_the_jar_signs_anybody_in()
    {
        await using var app = await TestApp.StartAsync();
        using var browser = app.NewBrowser();
        await browser.PostAsync("/data/cart/tea");
        var visit = browser.Visit!;
        await browser.PostAsync("/sign-in/ada");
        browser.Cookies.Remove(Name);
        browser.Cookies[Name + SojournDefaults.VisitSuffix] = visit;

        Assert.Equal(401, (await browser.GetAsync("/private")).Status);
        Assert.Equal("nobody", (await browser.GetAsync("/who")).Body);
    }

    [Fact, Requirement("CK-13")]
    public async Task Other_cookies_up_to_what_the_server_takes_do_not_disturb()
    {
        await using var app = await TestApp.StartAsync();
        using var browser = await app.SignInAsync("ada");
        for (var i = 0; i < 60; i++)
        {
            browser.Cookies["filler" + i] = new string('x', 100);
        }

        browser.Cookies["quoted"] = "\"unfinished";
        Assert.Equal("ada", (await browser.GetAsync("/private")).Body);
    }

    [Fact, Requirement("CK-14")]
    public async Task Two_programs_on_one_host_leave_each_others_cookies_alone()
    {
        await using var shop = await TestApp.StartAsync(web: web => web.Cookie.Name = "__Host-shop");
        await using var mail = await TestApp.StartAsync();
        using var browser = shop.NewBrowser();
        await browser.PostAsync("/data/cart/tea");
        await browser.PostAsync("/sign-in/ada");
        using var elsewhere = mail.NewBrowser();
        foreach (var (name, value) in browser.Cookies)
        {
            elsewhere.Cookies[name] = value; // cookies ignore ports
        }

        mail.Store.ResetCalls();
        Assert.Equal("nobody", (await elsewhere.GetAsync("/who")).Body);
        await elsewhere.PostAsync("/sign-in/bob");
        await elsewhere.PostAsync("/sign-out");
        browser.Cookies.Clear();
        foreach (var (name, value) in elsewhere.Cookies)
        {
            browser.Cookies[name] = value;
        }

        Assert.Equal("ada", (await browser.GetAsync("/private")).Body);
        Assert.Equal(["__Host-shop", "__Host-shop-device"], browser.Cookies.Keys.Where(name => name.Contains("shop", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact, Requirement("CSMCS-01"), Requirement("CSMCS-04"), Requirement("WSTG-SESS-01.f"), Requirement("WSTG-SESS-01.h"), Requirement("ASVS-3.3.5"), Requirement("NIST-5.1.1-7"), Requirement("ASVS-7.2.2"), Requirement("NIST-5.1-6")]
    public async Task The_cookie_is_short_opaque_and_new_each_time()
    {
        await using var app = await TestApp.StartAsync();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < 20; i++)
        {
            using var browser = app.NewBrowser();
            await browser.PostAsync("/sign-in/ada-lovelace");
            Assert.Matches("^[A-Za-z0-9_-]{64}$", browser.Session!);
            var text = System.Text.Encoding.Latin1.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(browser.Session));
            Assert.DoesNotContain("ada", text, StringComparison.OrdinalIgnoreCase);
            Assert.True(seen.Add(browser.Session![22..]));
        }
    }
}
