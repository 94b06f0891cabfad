using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Sojourn.Testing;

namespace Sojourn.AspNetCore.Tests;

/// <summary>A SameSite=Strict session cookie, and people who come from other sites.</summary>
public sealed class StrictTests
{
    private const string Hint = SojournDefaults.CookieName + "-hint";
    private const string Again = SojournDefaults.CookieName + "-again";
    private const string Refresh = "http-equiv=\"refresh\"";

    /// <summary>What a browser says when somebody follows a link from another site.</summary>
    private static readonly (string Name, string Value)[] FromElsewhere =
        [("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document"), ("Sec-Fetch-User", "?1"), ("Accept", "text/html")];

    private static readonly (string Name, string Value)[] FromHere =
        [("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document"), ("Accept", "text/html")];

    public static TheoryData<string> OrderNames => Orders.Names;

    [Theory, MemberData(nameof(OrderNames))]
    [Requirement("CK-15"), Requirement("CSMCS-13"), Requirement("BFF-03"), Requirement("FM-03")]
    public async Task A_page_that_is_asked_for_from_another_site_is_loaded_again_and_then_has_its_session(string order)
    {
        await using var app = await StartAsync(Orders.Named(order));
        using var browser = await app.SignInAsync("ada");
        app.Store.ResetCalls();
        foreach (var (path, body) in new[] { ("/page", "<p>ada"), ("/who", "ada") })
        {
            using var arriving = WithoutSession(browser);
            var first = await arriving.GetAsync(path + "?x=1&y=%C3%A4", FromElsewhere);
            Assert.Equal((200, "text/html"), (first.Status, first.ContentHeaders.ContentType?.MediaType));
            Assert.Contains($"""<meta {Refresh} content="0;url=.{path}?x=1&amp;y=%C3%A4">""", first.Body, StringComparison.Ordinal);
            Assert.Contains($"""<a href=".{path}?x=1&amp;y=%C3%A4">Go on</a>""", first.Body, StringComparison.Ordinal);
            Assert.Equal("no-store", first.Header("Cache-Control"));
            Assert.Equal("Cookie, Sec-Fetch-Site, Sec-Fetch-Mode, Sec-Fetch-Dest", first.Header("Vary"));
            Assert.Equal("default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'", first.Header("Content-Security-Policy"));
            Assert.Equal(("no-referrer", "nosniff"), (first.Header("Referrer-Policy"), first.Header("X-Content-Type-Options")));
            Assert.StartsWith(Again + "=", Assert.Single(first.SetCookies), StringComparison.Ordinal);
            Assert.Equal(0, app.Store.TotalCalls); // the hint serves nobody

            Assert.Equal((200, body), (await browser.GetAsync(path + "?x=1&y=%C3%A4", FromHere) is var second ? second.Status : 0, second.Body));
            app.Store.ResetCalls();
        }

        Assert.Contains(app.Log.All, line => line.Contains("the browser loads it again", StringComparison.Ordinal));
    }

    [Fact, Requirement("CK-15"), Requirement("ASVS-3.3.2")]
    public async Task The_hint_is_set_beside_every_token_and_only_while_the_cookie_is_strict()
    {
        await using var app = await StartAsync();
        using var browser = app.NewBrowser();
        Expect(await browser.PostAsync("/sign-in/ada"), lifetime: "");
        Expect(await browser.PostAsync("/step-up"), lifetime: "");
        app.Time.Advance(TimeSpan.FromMinutes(16));
        Expect(await browser.GetAsync("/private"), lifetime: ""); // a rotation
        Expect(await browser.PostAsync("/sign-in/ada?remember=true"), lifetime: "; Max-Age=2592000");

        await using var lax = await StartAsync(sameSite: SameSiteMode.Lax);
        using var other = lax.NewBrowser();
        Assert.DoesNotContain((await other.PostAsync("/sign-in/ada")).SetCookies, line => line.StartsWith(Hint, StringComparison.Ordinal));

        static void Expect(Reply reply, string lifetime)
        {
            Assert.EndsWith("; Path=/; Secure; HttpOnly; SameSite=Strict" + lifetime, reply.SessionCookie, StringComparison.Ordinal);
            Assert.Contains($"{Hint}=1; Path=/; Secure; HttpOnly; SameSite=Lax{lifetime}", reply.SetCookies);
        }
    }

    [Fact]
    public async Task The_hint_goes_where_the_session_cookie_goes()
    {
        await using var app = await StartAsync(web: web =>
        {
            (web.Cookie.Name, web.Cookie.Path, web.Cookie.Domain) = ("__Secure-s", "/app", "shop.example");
            web.Cookie.Extensions.Add("Partitioned");
        });
        using var browser = app.NewBrowser();

        Assert.Contains("__Secure-s-hint=1; Path=/app; Secure; HttpOnly; SameSite=Lax; Domain=shop.example; Partitioned", (await browser.PostAsync("/sign-in/ada")).SetCookies);
    }

    [Theory, InlineData("/sign-out"), InlineData("/forget")]
    [Requirement("CSMCS-33")]
    public async Task Signing_out_and_forgetting_the_cookie_take_the_hint_along(string path)
    {
        await using var app = await StartAsync();
        using var browser = await app.SignInAsync("ada");
        var reply = await browser.PostAsync(path);

        Assert.Contains($"{Hint}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT", reply.SetCookies);
        Assert.DoesNotContain(Hint, browser.Cookies.Keys);
        Assert.Equal(303, (await browser.GetAsync("/page", FromElsewhere)).Status); // signed out, and told so at once
    }

    [Fact]
    public async Task A_hint_without_a_session_costs_one_load()
    {
        await using var app = await StartAsync();
        using var stranger = app.NewBrowser();
        stranger.Cookies[Hint] = "1";
        Assert.Contains(Refresh, (await stranger.GetAsync("/page", FromElsewhere)).Body, StringComparison.Ordinal);

        Assert.Equal("/login?returnUrl=%2Fpage", (await stranger.GetAsync("/page", FromHere)).Header("Location"));
    }

    [Fact]
    public async Task A_browser_that_says_it_comes_from_elsewhere_again_gets_no_second_load_of_that_page()
    {
        await using var app = await StartAsync();
        using var sandboxed = app.NewBrowser(); // a window that was opened from a sandbox is a stranger even to itself
        sandboxed.Cookies[Hint] = "1";
        var first = await sandboxed.GetAsync("/page?x=1", FromElsewhere);
        Assert.Contains(Refresh, first.Body, StringComparison.Ordinal);
        Assert.Contains("; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=10", Assert.Single(first.SetCookies), StringComparison.Ordinal);

        Assert.Equal("/login?returnUrl=%2Fpage%3Fx%3D1", (await sandboxed.GetAsync("/page?x=1", FromElsewhere)).Header("Location"));
        Assert.Contains(Refresh, (await sandboxed.GetAsync("/page?x=2", FromElsewhere)).Body, StringComparison.Ordinal); // another link, in another tab
    }

    [Theory]
    [InlineData("GET", "cross-site", "navigate", "document", true)]
    [InlineData("GET", "cross-site", "navigate", "", true)]
    [InlineData("HEAD", "cross-site", "navigate", "document", true)]
    [InlineData("GET", "cross-site", "navigate", "iframe", false)]
    [InlineData("GET", "cross-site", "navigate", "embed", false)]
    [InlineData("GET", "cross-site", "no-cors", "image", false)]
    [InlineData("GET", "cross-site", "no-cors", "empty", false)] // <link rel=prefetch>
    [InlineData("GET", "cross-site", "cors", "empty", false)]
    [InlineData("GET", "cross-site", "websocket", "websocket", false)]
    [InlineData("GET", "cross-site", "", "document", false)]
    [InlineData("GET", "cross-site", "navigate, navigate", "document", false)]
    [InlineData("GET", "same-site", "navigate", "document", false)]
    [InlineData("GET", "same-origin", "navigate", "document", false)]
    [InlineData("GET", "none", "navigate", "document", false)]
    [InlineData("GET", "surprise", "navigate", "document", false)]
    [InlineData("GET", "", "", "", false)] // a browser that says nothing of it
    [InlineData("POST", "cross-site", "navigate", "document", false)]
    [InlineData("OPTIONS", "cross-site", "navigate", "document", false)]
    public async Task Only_a_page_for_the_whole_window_is_loaded_again(string method, string site, string mode, string destination, bool isLoadedAgain)
    {
        await using var app = await StartAsync();
        using var browser = await app.SignInAsync("ada");
        using var arriving = WithoutSession(browser);
        var reply = await arriving.SendAsync(
            new HttpMethod(method), "/page", [("Sec-Fetch-Site", site), ("Sec-Fetch-Mode", mode), ("Sec-Fetch-Dest", destination), ("Accept", "text/html")]);

        Assert.Equal(isLoadedAgain, reply.SetCookies.Any(line => line.StartsWith(Again, StringComparison.Ordinal)));
        Assert.Equal(isLoadedAgain && method == "GET", reply.Body.Contains(Refresh, StringComparison.Ordinal));
        Assert.Equal(isLoadedAgain, reply.ContentHeaders.ContentType?.MediaType == "text/html" && reply.ContentHeaders.ContentLength > 200);
    }

    [Fact]
    public async Task What_was_fetched_in_advance_is_what_the_person_will_see_so_it_is_loaded_again_too()
    {
        await using var app = await StartAsync();
        using var browser = await app.SignInAsync("ada");
        using var arriving = WithoutSession(browser);

        Assert.Contains(Refresh, (await arriving.GetAsync("/page", [.. FromElsewhere, ("Sec-Purpose", "prefetch")])).Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no hint", "")]
    [InlineData("another name", "__Host-session-hint2=1")]
    [InlineData("two hints", "__Host-session-hint=1; __Host-session-hint=2")]
    [InlineData("a malformed token", "__Host-session-hint=1; __Host-session=x")]
    [InlineData("two tokens", "__Host-session-hint=1; __Host-session=x; __Host-session=y")]
    [InlineData("a visitor", "__Host-session-visit=x")]
    [InlineData("two marks", "__Host-session-hint=1; __Host-session-again=x; __Host-session-again=y")]
    public async Task Other_cookies_load_nothing_again(string what, string cookies)
    {
        await using var app = await StartAsync();
        var answer = await RawAsync(app, "/page", cookies);

        Assert.True(answer.StartsWith("HTTP/1.1 303", StringComparison.Ordinal), what);
        Assert.DoesNotContain(Refresh, answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/", "./")]
    [InlineData("/a/b/", "./")]
    [InlineData("/a/b:c", "./b:c")]
    [InlineData("/a?back=/b//c", "./a?back=/b//c")]
    [InlineData("/page?x=\"><script>'", "./page?x=&quot;&gt;&lt;script&gt;&#x27;")]
    [InlineData("/page?x=%0d%0aSet-Cookie:%20a=b", "./page?x=%0d%0aSet-Cookie:%20a=b")]
    [InlineData("/javascript:alert(1)", "./javascript:alert(1)")]
    [InlineData("/x;url=//evil.example", "./evil.example")]
    [InlineData("//evil.example", null)]
    [InlineData("//evil.example/page", null)]
    [InlineData("///evil.example", null)]
    [InlineData("/\\evil.example", null)]
    [InlineData("/\\\\evil.example/page", null)]
    [InlineData("/%5Cevil.example", null)]
    [InlineData("/%2Fevil.example", null)]
    [InlineData("/%2f%2fevil.example/page", null)]
    [InlineData("/%09/evil.example", null)]
    [InlineData("/\t/evil.example", null)]
    [InlineData("/page%0d%0aSet-Cookie:%20a=b", null)]
    [InlineData("/page%0aSet-Cookie:%20a=b", null)]
    [InlineData("/a/..%2f/evil.example", null)]
    [InlineData("/.%2F/evil.example", null)]
    [InlineData("/page?\u00e4", null)]
    [InlineData("http://evil.example/page", null)]
    public async Task An_address_is_repeated_as_text_of_this_host_or_not_at_all(string address, string? expected)
    {
        await using var app = await StartAsync();
        var answer = await RawAsync(app, address, Hint + "=1");
        if (expected is null)
        {
            Assert.DoesNotContain(Refresh, answer, StringComparison.Ordinal);
            return;
        }

        Assert.Contains($"{Refresh} content=\"0;url={expected}\"", answer, StringComparison.Ordinal);
        Assert.Contains($"<a href=\"{expected}\"", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("\nSet-Cookie: a=b", answer, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_very_long_address_is_not_repeated()
    {
        await using var app = await StartAsync();

        Assert.Contains(Refresh, await RawAsync(app, "/page?" + new string('q', 1994), Hint + "=1"), StringComparison.Ordinal);
        Assert.DoesNotContain(Refresh, await RawAsync(app, "/page?" + new string('q', 1995), Hint + "=1"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/base/page?x=1", "./page?x=1")]
    [InlineData("/base/", "./")]
    [InlineData("/base", "./base")]
    public async Task The_address_holds_below_a_path_base(string address, string expected)
    {
        await using var app = await StartAsync(pipeline => pipeline.UsePathBase("/base").UseRouting().UseAuthentication().UseAuthorization().UseSojourn());

        Assert.Contains($"content=\"0;url={expected}\"", await RawAsync(app, address, Hint + "=1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_is_told_to_load_a_page_again_while_the_cookie_is_lax()
    {
        await using var app = await StartAsync(sameSite: SameSiteMode.Lax);

        Assert.DoesNotContain(Refresh, await RawAsync(app, "/page", Hint + "=1"), StringComparison.Ordinal);
    }

    [Fact, Requirement("ASVS-3.3.2")]
    public async Task A_visitors_cookie_has_no_hint_whatever_its_SameSite()
    {
        await using var app = await StartAsync(web: web => web.AnonymousCookie.SameSite = SameSiteMode.Strict);
        using var visitor = app.NewBrowser();
        var reply = await visitor.PostAsync("/data/cart/full");
        Assert.EndsWith("SameSite=Strict", Assert.Single(reply.SetCookies), StringComparison.Ordinal);
        visitor.Cookies.Clear(); // as the browser comes from another site

        Assert.Equal("none", (await visitor.GetAsync("/data/cart", FromElsewhere)).Body);
        Assert.NotNull((await visitor.GetAsync("/keep", FromElsewhere)).VisitCookie); // in place of the one with the cart
    }

    [Theory, InlineData("GET"), InlineData("POST")]
    public async Task Coming_back_from_an_outside_sign_in_ends_signed_in(string method)
    {
        await using var app = await StartAsync();
        using var browser = app.NewBrowser();
        var callback = await browser.SendAsync(new HttpMethod(method), "/callback?code=1", FromElsewhere);
        Assert.Equal((302, "/page"), (callback.Status, callback.Header("Location")));
        using var arriving = WithoutSession(browser); // the redirect is followed on behalf of the other site
        Assert.Contains(Refresh, (await arriving.GetAsync("/page", FromElsewhere)).Body, StringComparison.Ordinal);

        Assert.Equal("<p>grace", (await browser.GetAsync("/page", FromHere)).Body);
    }

    [Fact, Requirement("ASVS-7.2.4")]
    public async Task An_outside_sign_in_of_somebody_who_is_signed_in_uses_its_code_once_and_replaces_the_session()
    {
        await using var app = await StartAsync();
        using var browser = await app.SignInAsync("grace");
        var before = browser.SessionId;
        using var arriving = WithoutSession(browser);
        Assert.Contains(Refresh, (await arriving.GetAsync("/callback?code=1", FromElsewhere)).Body, StringComparison.Ordinal);

        Assert.Equal(302, (await browser.GetAsync("/callback?code=1", FromHere)).Status); // the code is good once
        Assert.NotEqual(before, browser.SessionId);
        Assert.Equal(browser.SessionId, Assert.Single((await app.Sessions.ListAsync("grace", ct: TestContext.Current.CancellationToken)).Sessions).Id);
    }

    [Fact]
    public async Task An_overtaken_page_is_sent_to_its_own_address_once_as_with_lax()
    {
        await using var app = await StartAsync();
        using var browser = await app.SignInAsync("ada");
        using var old = browser.Copy();
        await browser.PostAsync("/step-up");
        var again = await old.GetAsync("/page", FromHere);
        Assert.Equal((303, "/page"), (again.Status, again.Header("Location")));

        // The same as the session cookie's: the browser showed that, so it will show this.
        Assert.EndsWith("; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=10", Assert.Single(again.SetCookies), StringComparison.Ordinal);
        Assert.StartsWith("/login?", (await old.GetAsync("/page", FromHere)).Header("Location"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_store_is_not_needed_to_load_a_page_again()
    {
        await using var app = await StartAsync();
        using var browser = await app.SignInAsync("ada");
        using var arriving = WithoutSession(browser);
        app.Store.InjectAll(StoreFault.FailBefore);

        Assert.Contains(Refresh, (await arriving.GetAsync("/page", FromElsewhere)).Body, StringComparison.Ordinal);
        Assert.Equal(503, (await browser.GetAsync("/page", FromHere)).Status);
        Assert.NotNull(browser.Session);
    }

    /// <summary>What a browser shows of its cookies when another site began the request: the lax ones.</summary>
    private static Browser WithoutSession(Browser browser)
    {
        var arriving = browser.Copy();
        Assert.True(arriving.Cookies.Remove(SojournDefaults.CookieName));
        return arriving;
    }

    /// <summary>Sends an address as it is; clients would tidy it up.</summary>
    private static async Task<string> RawAsync(TestApp app, string address, string cookies)
    {
        var ct = TestContext.Current.CancellationToken;
        using var client = new TcpClient();
        await client.ConnectAsync(app.Address.Host, app.Address.Port, ct);
        await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(
            $"GET {address} HTTP/1.1\r\nHost: {app.Address.Authority}\r\nConnection: close\r\nCookie: {cookies}\r\n"
            + string.Concat(FromElsewhere.Select(header => $"{header.Name}: {header.Value}\r\n")) + "\r\n"), ct);
        using var reader = new StreamReader(client.GetStream(), Encoding.UTF8);
        return await reader.ReadToEndAsync(ct);
    }

    private static Task<TestApp> StartAsync(Action<WebApplication>? pipeline = null, Action<SojournWebOptions>? web = null, SameSiteMode sameSite = SameSiteMode.Strict)
        => TestApp.StartAsync(
            pipeline: pipeline,
            web: options =>
            {
                options.Cookie.SameSite = sameSite;
                options.SignInPath = "/login";
                web?.Invoke(options);
            },
            endpoints: routes =>
            {
                var codes = new HashSet<string>(["1"], StringComparer.Ordinal);
                routes.MapPost("/forget", (Session session) => session.ForgetCookie());
                routes.MapGet("/keep", (Session session) => session.Set(new SessionKey<string>("seen"), "tea"));
                routes.MapMethods("/callback", ["GET", "POST"], (string code, HttpContext context) => codes.Remove(code)
                    ? context.SignInAsync(TestApp.User("grace"), new SessionSignIn { RedirectUri = "/page" })
                    : throw new InvalidOperationException("The code was used before.")).AllowCrossSite();
            });
}
