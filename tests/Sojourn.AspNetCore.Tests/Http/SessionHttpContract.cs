using Sojourn.Storage;
using Sojourn.Testing;

namespace Sojourn.AspNetCore.Tests;

/// <summary>
/// What a browser must see, whatever store is behind: written once, run over real Kestrel for each store. A store's
/// class names the store and nothing else.
/// </summary>
public abstract class SessionHttpContract
{
    /// <summary>A new, empty store.</summary>
    protected abstract ISessionStore CreateStore();

    private Task<TestApp> StartAsync(Action<SojournOptions>? options = null) => TestApp.StartAsync(options: options, store: CreateStore());

    [Fact, Requirement("ASVS-7.2.4"), Requirement("WSTG-SESS-03.a")]
    public async Task Sign_in_gives_a_new_token_and_the_old_one_is_dead()
    {
        await using var app = await StartAsync();
        using var browser = app.NewBrowser();
        await browser.PostAsync("/sign-in/ada");
        using var before = browser.Copy();
        var first = browser.Session;
        await browser.PostAsync("/sign-in/ada");

        Assert.NotEqual(first, browser.Session);
        Assert.Equal("ada", (await browser.GetAsync("/private")).Body);
        var old = await before.GetAsync("/private");
        Assert.Equal((401, "replaced"), (old.Status, old.Reason));
    }

    [Fact, Requirement("WSTG-SESS-03.b"), Requirement("CSMCS-21")]
    public async Task A_token_that_was_not_issued_is_never_adopted()
    {
        await using var app = await StartAsync();
        using var browser = app.NewBrowser();
        browser.Cookies[SojournDefaults.CookieName] = new string('A', 64);
        browser.Cookies[SojournDefaults.CookieName + SojournDefaults.VisitSuffix] = new string('B', 64);

        Assert.Equal("unknown", (await browser.GetAsync("/private")).Reason);
        await browser.PostAsync("/data/a/1");
        Assert.NotEqual(new string('B', 64), browser.Visit);
        await browser.PostAsync("/sign-in/ada");
        Assert.NotEqual(new string('A', 64), browser.Session);
    }

    [Fact, Requirement("WSTG-SESS-03.c"), Requirement("WSTG-SESS-03.d"), Requirement("CSMCS-24")]
    public async Task A_visitor_token_known_before_the_sign_in_is_worth_nothing_after_it()
    {
        await using var app = await StartAsync();
        using var browser = app.NewBrowser();
        await browser.PostAsync("/data/cart/tea");
        using var attacker = browser.Copy();
        await browser.PostAsync("/sign-in/ada");

        Assert.Equal("nobody", (await attacker.GetAsync("/who")).Body);
        Assert.Equal("none", (await attacker.GetAsync("/data/cart")).Body);
        Assert.Equal(401, (await attacker.GetAsync("/private")).Status);
        Assert.Equal("tea", (await browser.GetAsync("/data/cart")).Body);
        Assert.Null(browser.Visit);
    }

    [Fact, Requirement("WSTG-SESS-02.a"), Requirement("WSTG-SESS-02.b"), Requirement("WSTG-SESS-02.c"), Requirement("WSTG-SESS-02.d"), Requirement("WSTG-SESS-02.e"), Requirement("WSTG-SESS-02.f"), Requirement("WSTG-SESS-02.h"), Requirement("ASVS-3.3.1"), Requirement("ASVS-3.3.2"), Requirement("ASVS-3.3.3"), Requirement("CSMCS-17")]
    public async Task Cookies_have_all_their_flags()
    {
        await using var app = await StartAsync();
        using var browser = app.NewBrowser();
        var visit = await browser.PostAsync("/data/a/1");
        var signIn = await browser.PostAsync("/sign-in/ada");

        foreach (var line in visit.SetCookies.Concat(signIn.SetCookies))
        {
            var attributes = line.Split("; ").Skip(1).Select(attribute => attribute.ToLowerInvariant()).ToArray();
            Assert.StartsWith("__Host-", line, StringComparison.Ordinal);
            Assert.Contains("path=/", attributes);
            Assert.Contains("secure", attributes);
            Assert.Contains("httponly", attributes);
            Assert.Contains("samesite=lax", attributes);
            Assert.DoesNotContain(attributes, attribute => attribute.StartsWith("domain", StringComparison.Ordinal));
        }

        Assert.DoesNotContain("max-age", signIn.SessionCookie!, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("expires", signIn.SessionCookie!, StringComparison.OrdinalIgnoreCase);
    }

    [Fact, Requirement("NIST-5.1.1-4"), Requirement("WSTG-SESS-01.c")]
    public async Task Only_a_remembered_session_has_a_cookie_that_outlives_the_browser_and_it_never_outlives_the_session()
    {
        await using var app = await StartAsync();
        using var browser = app.NewBrowser();
        var signIn = await browser.PostAsync("/sign-in/ada?remember=true");

        Assert.Contains($"max-age={TimeSpan.FromDays(30).TotalSeconds}", signIn.SessionCookie!, StringComparison.OrdinalIgnoreCase);
    }

    [Fact, Requirement("ASVS-7.4.1"), Requirement("WSTG-SESS-06.a"), Requirement("WSTG-SESS-06.c"), Requirement("CSMCS-33"), Requirement("NIST-5.1-10")]
    public async Task Sign_out_ends_the_session_for_every_copy_of_its_token_and_clears_the_cookie()
    {
        await using var app = await StartAsync();
        using var browser = app.NewBrowser();
        await browser.PostAsync("/sign-in/ada");
        using var copy = browser.Copy();
        var signOut = await browser.PostAsync("/sign-out");

        Assert.Contains("max-age=0", signOut.SessionCookie!, StringComparison.OrdinalIgnoreCase);
        Assert.Null(browser.Session);
        foreach (var path in new[] { "/private", "/page" })
        {
            var reply = await copy.GetAsync(path);
            Assert.Equal((401, "signedOut"), (reply.Status, reply.Reason));
        }
    }

    [Fact, Requirement("ASVS-7.4.3"), Requirement("WSTG-SESS-11.d")]
    public async Task Sign_out_everywhere_else_ends_the_others_at_once_and_keeps_this_one()
    {
        await using var app = await StartAsync();
        using var here = app.NewBrowser();
        using var there = app.NewBrowser();
        await here.PostAsync("/sign-in/ada");
        await there.PostAsync("/sign-in/ada");
        Assert.True(SessionToken.TryParse(here.Session, out var token));
        await app.Sessions.RevokeSubjectAsync("ada", SessionEndReason.SignedOutEverywhere, except: token.Id, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal("ada", (await here.GetAsync("/private")).Body);
        Assert.Equal("signedOutEverywhere", (await there.GetAsync("/private")).Reason);
    }

    [Fact]
    public async Task Rotation_TwentyParallelRequests_OneSetCookie_AllSucceed()
    {
        await using var app = await StartAsync();
        using var browser = app.NewBrowser();
        await browser.PostAsync("/sign-in/ada");
        await browser.GetAsync("/private");
        await PassAsync(app, browser, TimeSpan.FromMinutes(16));

        var replies = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => browser.SendAsync(HttpMethod.Get, "/private", [], keepCookies: false)));
        Assert.All(replies, reply => Assert.Equal((200, "ada"), (reply.Status, reply.Body)));
        var delivery = Assert.Single(replies, reply => reply.SessionCookie is not null);
        using var old = browser.Copy();
        browser.Keep(delivery);

        var mixed = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => (i % 2 == 0 ? browser : old).SendAsync(HttpMethod.Get, "/private", [], keepCookies: false)));
        Assert.All(mixed, reply => Assert.Equal((200, "ada"), (reply.Status, reply.Body)));
        Assert.All(mixed, reply => Assert.Null(reply.SessionCookie));
    }

    [Fact]
    public async Task An_overtaken_request_is_told_to_come_again_and_its_cookie_is_left_alone()
    {
        await using var app = await StartAsync();
        using var browser = app.NewBrowser();
        await browser.PostAsync("/sign-in/ada");
        await browser.GetAsync("/private");
        using var late = browser.Copy();
        await browser.PostAsync("/step-up");

        foreach (var (path, status, body) in new[] { ("/private", 401, null), ("/data/a", 409, null), ("/open", 200, "open") })
        {
            var reply = await late.GetAsync(path);
            Assert.Equal(status, reply.Status);
            Assert.Empty(reply.SetCookies);
            Assert.True(body is null ? reply.Reason == "superseded" : reply.Body == body);
        }

        Assert.Equal("ada", (await browser.GetAsync("/private")).Body);
    }

    [Fact]
    public async Task Two_requests_that_write_different_keys_both_win_and_two_that_count_both_count()
    {
        await using var app = await StartAsync();
        using var browser = app.NewBrowser();
        await browser.PostAsync("/sign-in/ada");
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => browser.SendAsync(HttpMethod.Post, $"/data/key{i}/{i}", [], keepCookies: false)));
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => browser.SendAsync(HttpMethod.Post, "/count", [], keepCookies: false)));

        for (var i = 0; i < 20; i++)
        {
            Assert.Equal($"{i}", (await browser.GetAsync($"/data/key{i}")).Body);
        }

        Assert.Equal("21", (await browser.PostAsync("/count")).Body);
    }

    [Fact, Requirement("ASVS-7.3.1"), Requirement("WSTG-SESS-07.a"), Requirement("WSTG-SESS-07.d"), Requirement("NIST-5.1-12")]
    public async Task Idle_time_out_holds_to_the_minute_and_cannot_be_undone()
    {
        await using var app = await StartAsync();
        using var browser = app.NewBrowser();
        await browser.PostAsync("/sign-in/ada");
        await browser.GetAsync("/private");
        app.Time.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal(200, (await browser.SendAsync(HttpMethod.Get, "/private", [("Sec-Purpose", "prefetch")])).Status);
        app.Time.Advance(TimeSpan.FromMinutes(2));
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal("idle", (await browser.GetAsync("/private")).Reason);
        }
    }

    [Fact, Requirement("ASVS-7.3.2"), Requirement("WSTG-SESS-07.b")]
    public async Task Absolute_time_out_holds_however_active_the_session_is()
    {
        await using var app = await StartAsync();
        using var browser = app.NewBrowser();
        await browser.PostAsync("/sign-in/ada");
        for (var hour = 0; hour < 47; hour++)
        {
            Assert.Equal(200, (await browser.GetAsync("/private")).Status);
            await PassAsync(app, browser, TimeSpan.FromMinutes(30));
        }

        app.Time.Advance(TimeSpan.FromMinutes(31));
        Assert.Equal("absolute", (await browser.GetAsync("/private")).Reason);
    }

    [Fact, Requirement("ASVS-16.5.2"), Requirement("ASVS-16.5.3")]
    public async Task Store_down_is_neither_signed_in_nor_signed_out()
    {
        await using var app = await StartAsync();
        using var browser = app.NewBrowser();
        using var stranger = app.NewBrowser();
        await browser.PostAsync("/sign-in/ada");
        app.Store.InjectAll(StoreFault.FailBefore);
        foreach (var path in new[] { "/private", "/open", "/who", "/data/a" })
        {
            var reply = await browser.GetAsync(path);
            Assert.Equal(503, reply.Status);
            Assert.InRange(int.Parse(reply.Header("Retry-After")), 1, 5);
            Assert.Empty(reply.SetCookies);
        }

        Assert.Equal("body{}", (await browser.GetAsync("/assets/style.css")).Body);
        Assert.Equal("open", (await stranger.GetAsync("/open")).Body);
        Assert.Equal("nobody", (await stranger.GetAsync("/who")).Body);
        app.Store.Clear();
        app.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("ada", (await browser.GetAsync("/private")).Body);
    }

    [Fact]
    public async Task Sign_out_with_the_store_down_says_so_and_clears_the_cookie()
    {
        await using var app = await StartAsync();
        using var browser = app.NewBrowser();
        await browser.PostAsync("/sign-in/ada");
        app.Store.InjectAll(StoreFault.FailBefore);
        var reply = await browser.PostAsync("/sign-out");

        Assert.Equal(503, reply.Status);
        Assert.Contains("this browser only", reply.Body, StringComparison.Ordinal);
        Assert.Null(browser.Session);
    }

    [Fact]
    public async Task A_request_without_a_token_that_needs_no_session_makes_no_store_call()
    {
        await using var app = await StartAsync();
        using var browser = app.NewBrowser();
        await browser.PostAsync("/sign-in/ada");
        app.Store.ResetCalls();
        using var stranger = app.NewBrowser();
        await stranger.GetAsync("/open");
        await stranger.GetAsync("/who");
        await stranger.GetAsync("/private");
        Assert.Equal(0, app.Store.TotalCalls);

        await browser.GetAsync("/private");
        app.Store.ResetCalls();
        await browser.GetAsync("/private");
        Assert.Equal(1, app.Store.TotalCalls);
    }

    /// <summary>Lets time pass in steps that keep the session alive, as a person's use does; deliveries are not kept.</summary>
    private static async Task PassAsync(TestApp app, Browser browser, TimeSpan time)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += TimeSpan.FromMinutes(1))
        {
            app.Time.Advance(TimeSpan.FromMinutes(1));
            await app.Engine.Touches.FlushAsync(TestContext.Current.CancellationToken);
        }

        _ = browser;
    }
}
