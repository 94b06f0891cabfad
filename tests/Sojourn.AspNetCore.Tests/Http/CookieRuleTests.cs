using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Sojourn.Storage;
using Sojourn.Testing;

namespace Sojourn.AspNetCore.Tests;

/// <summary>When a response carries a cookie, and when it must not.</summary>
public sealed class CookieRuleTests
{
    private const string SessionName = SojournDefaults.CookieName;
    private const string VisitName = SojournDefaults.CookieName + SojournDefaults.VisitSuffix;
    private const string DeviceName = SojournDefaults.CookieName + SojournDefaults.DeviceSuffix;

    private static readonly SessionKey<string> Note = new("note");
    private static readonly string[] Methods = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"];

    [Fact, Requirement("CSMCS-31")]
    public async Task SetCookie_NeverOn_304_101_Head_Prefetch_Public_OrLateResponse()
    {
        await using var app = await StartRotatingAsync();
        using var browser = await app.SignInAsync("ada");
        app.Time.Advance(TimeSpan.FromMinutes(16)); // from here on a rotation is due
        var replies = new List<(string What, Reply Reply)>();
        foreach (var path in new[] { "/not-modified", "/bad-request", "/error", "/public", "/shared", "/immutable", "/aged", "/late", "/assets/style.css" })
        {
            replies.Add((path, await browser.GetAsync(path)));
        }

        replies.Add(("HEAD", await browser.SendAsync(HttpMethod.Head, "/turn", [])));
        replies.Add(("OPTIONS", await browser.SendAsync(HttpMethod.Options, "/turn", [])));
        replies.Add(("prefetch", await browser.GetAsync("/turn", ("Sec-Purpose", "prefetch;prerender"))));
        using (var socket = await Sockets.ConnectAsync(browser, "/socket"))
        {
            Assert.False(socket.HttpResponseHeaders!.ContainsKey("Set-Cookie"));
        }

        Assert.All(replies, reply => Assert.True(reply.Reply.SetCookies.Count == 0, reply.What));
        Assert.Empty((await app.Engine.Store.FindAsync(browser.SessionId, default, TestContext.Current.CancellationToken))!.Value.Record.Token.Pending);

        // And it was due all the while.
        Assert.NotNull((await browser.GetAsync("/turn")).SessionCookie);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("PATCH")]
    [InlineData("DELETE")]
    [Requirement("CSMCS-31")]
    [Requirement("WSTG-SESS-04.c")]
    public async Task A_due_rotation_goes_out_with_an_ordinary_answer_that_nobody_may_store(string method)
    {
        await using var app = await StartRotatingAsync();
        using var browser = await app.SignInAsync("ada");
        app.Time.Advance(TimeSpan.FromMinutes(16));
        var reply = await browser.SendAsync(new HttpMethod(method), "/turn", []);

        Assert.NotNull(reply.SessionCookie);
        Assert.Contains("no-store", reply.Header("Cache-Control"), StringComparison.Ordinal);
        Assert.Equal("ada", (await browser.GetAsync("/private")).Body);
    }

    [Fact]
    public async Task A_successor_that_became_ineligible_after_the_commit_is_withheld_and_counts_as_lost()
    {
        await using var app = await StartRotatingAsync();
        using var browser = await app.SignInAsync("ada");
        app.Time.Advance(TimeSpan.FromMinutes(16));
        Assert.Empty((await browser.GetAsync("/public-at-the-last-moment")).SetCookies);
        Assert.Null((await browser.GetAsync("/turn")).SessionCookie); // within the spacing
        app.Time.Advance(TimeSpan.FromSeconds(61));

        Assert.NotNull((await browser.GetAsync("/turn")).SessionCookie);
        Assert.Equal("ada", (await browser.GetAsync("/private")).Body);
    }

    [Fact]
    public async Task A_rotation_that_the_store_does_not_take_never_fails_the_request()
    {
        await using var app = await StartRotatingAsync();
        using var browser = await app.SignInAsync("ada");
        app.Time.Advance(TimeSpan.FromMinutes(16));
        app.Store.Inject(StoreOperation.Change, StoreFault.FailBefore);
        var reply = await browser.GetAsync("/private");

        Assert.Equal((200, "ada"), (reply.Status, reply.Body));
        Assert.Empty(reply.SetCookies);
        app.Repair();
        Assert.NotNull((await browser.GetAsync("/private")).SessionCookie);
    }

    [Fact, Requirement("WSTG-SESS-06.a")]
    public async Task Cookie_LateAnswerOfEndedSession_DoesNotWipeFreshSignIn()
    {
        var gates = new Dictionary<string, Gate>(StringComparer.Ordinal) { ["read"] = new(), ["write"] = new(), ["watch"] = new(), ["leave"] = new() };
        await using var app = await TestApp.StartAsync(
            endpoints: routes => routes.MapPost("/slow/{how}", async (string how, Session session) =>
            {
                var ended = how == "watch" ? session.Ended : default;
                if (how == "write")
                {
                    session.Set(Note, "late");
                }

                await gates[how].PassAsync();
                if (how == "watch")
                {
                    await ended.Fired();
                }
            }),
            pipeline: pipeline =>
            {
                pipeline.UseSojourn();
                pipeline.Use(async (context, next) =>
                {
                    await next();
                    if (context.Request.Path == "/private" && context.Request.Headers.ContainsKey("X-Slow"))
                    {
                        await gates["leave"].PassAsync();
                    }
                });
            });
        using var browser = await app.SignInAsync("ada");
        using var tab = browser.Copy();
        var slow = gates.Keys.Where(how => how != "leave").Select(how => tab.SendAsync(HttpMethod.Post, "/slow/" + how, [], keepCookies: false)).ToList();
        foreach (var how in new[] { "read", "write", "watch" })
        {
            await gates[how].Reached;
        }

        await app.Sessions.RevokeAsync(browser.SessionId, SessionEndReason.RevokedByAdministrator, cancellationToken: TestContext.Current.CancellationToken);
        var refused = await tab.SendAsync(HttpMethod.Get, "/private", [], keepCookies: false); // a failed validation
        var replayed = await tab.SendAsync(HttpMethod.Get, "/data/note", [], keepCookies: false);
        await browser.PostAsync("/sign-in/ada");
        var fresh = browser.Session;
        foreach (var gate in gates.Values)
        {
            gate.Open();
        }

        var answers = new List<Reply> { refused, replayed };
        answers.AddRange(await Task.WhenAll(slow).Within30Seconds());
        foreach (var late in answers)
        {
            Assert.Null(late.SessionCookie);
            browser.Keep(late); // the browser has one jar
        }

        Assert.Equal(401, refused.Status);
        Assert.Equal(fresh, browser.Session);
        Assert.Equal("ada", (await browser.GetAsync("/private")).Body);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task SignIn_DoubleSubmit_BothSessionsHaveTheCart_OneUnconfirmedEnds(bool isKnownDevice)
    {
        await using var app = await TestApp.StartAsync();
        using var browser = app.NewBrowser();
        if (isKnownDevice)
        {
            await browser.PostAsync("/sign-in/ada");
            await browser.PostAsync("/sign-out");
        }

        await browser.PostAsync("/data/cart/tea");
        using var once = browser.Copy();
        using var twice = browser.Copy();
        await once.PostAsync("/sign-in/ada");
        await twice.PostAsync("/sign-in/ada"); // with the same cookies: the visitor's token is sealed by now
        Assert.NotEqual(once.Session, twice.Session);
        foreach (var id in new[] { once.SessionId, twice.SessionId })
        {
            var found = await app.Engine.Store.FindAsync(id, new SessionRead(AllData: true), TestContext.Current.CancellationToken);
            Assert.True(found!.Value.Record.Ending is { Reason: SessionEndReason.Replaced } || found.Value.Data.Single().Key == "cart");
        }

        Assert.Equal("tea", (await twice.GetAsync("/data/cart")).Body); // the browser keeps the last answer
        app.Time.Advance(TimeSpan.FromMinutes(11));
        await app.Engine.Sweeper.SweepAsync(TestContext.Current.CancellationToken);
        var unused = await app.Sessions.FindAsync(once.SessionId, TestContext.Current.CancellationToken);
        Assert.Equal(isKnownDevice ? SessionEndReason.Replaced : SessionEndReason.Abandoned, unused!.EndReason);
        Assert.Equal("ada", (await twice.GetAsync("/private")).Body);
        var page = await app.Sessions.ListAsync("ada", ct: TestContext.Current.CancellationToken);
        Assert.Single(page.Sessions);
    }

    [Fact, Requirement("CK-10"), Requirement("CK-11")]
    public async Task Two_sign_ins_in_one_request_leave_one_cookie_of_each_name_and_one_session()
    {
        var first = default(SessionId);
        await using var app = await TestApp.StartAsync(endpoints: routes => routes.MapPost("/twice", async (HttpContext context) =>
        {
            context.Response.Cookies.Append("own", "1");
            await context.SignInAsync(TestApp.User("eve"));
            first = context.SojournSession.Id!.Value;
            await context.SignInAsync(TestApp.User("ada"));
        }));
        using var browser = app.NewBrowser();
        await browser.PostAsync("/data/cart/tea");
        var reply = await browser.PostAsync("/twice");

        var names = reply.SetCookies.Select(line => line.Split('=')[0]).Order(StringComparer.Ordinal).ToArray();
        Assert.Equal([SessionName, DeviceName, VisitName, "own"], names);
        Assert.Equal("ada", (await browser.GetAsync("/private")).Body);
        Assert.Equal(SessionEndReason.Replaced, (await app.Sessions.FindAsync(first, TestContext.Current.CancellationToken))!.EndReason);
    }

    [Fact, Requirement("CK-10")]
    public async Task Signing_out_and_in_again_in_one_request_leaves_the_new_cookie_alone()
    {
        await using var app = await TestApp.StartAsync(endpoints: routes => routes.MapPost("/switch/{name}", async (string name, HttpContext context) =>
        {
            await context.SignOutAsync();
            await context.SignInAsync(TestApp.User(name));
        }));
        using var browser = await app.SignInAsync("ada");
        var old = browser.SessionId;
        var reply = await browser.PostAsync("/switch/bob");

        Assert.Single(reply.SetCookies, line => line.StartsWith(SessionName + "=", StringComparison.Ordinal));
        Assert.Equal("bob", (await browser.GetAsync("/private")).Body);
        Assert.Equal(SessionEndReason.SignedOut, (await app.Sessions.FindAsync(old, TestContext.Current.CancellationToken))!.EndReason);
    }

    [Fact]
    public async Task A_sign_in_that_is_undone_in_the_same_request_leaves_nobody_signed_in()
    {
        await using var app = await TestApp.StartAsync(endpoints: routes => routes.MapPost("/in-and-out", async (HttpContext context) =>
        {
            await context.SignInAsync(TestApp.User("ada"));
            await context.SignOutAsync();
        }));
        using var browser = app.NewBrowser();
        await browser.PostAsync("/in-and-out");

        Assert.Null(browser.Session);
        Assert.Empty((await app.Sessions.ListAsync("ada", ct: TestContext.Current.CancellationToken)).Sessions);
    }

    [Fact, Requirement("WSTG-SESS-06.c")]
    public async Task No_failed_validation_sets_or_deletes_the_session_cookie()
    {
        await using var app = await TestApp.StartAsync();
        using var ended = await app.SignInAsync("ada");
        using var dead = await app.SignInAsync("bob");
        using var old = dead.Copy();
        await dead.PostAsync("/step-up");
        await app.Sessions.RevokeAsync(ended.SessionId, SessionEndReason.SubjectDisabled, cancellationToken: TestContext.Current.CancellationToken);
        using var unknown = app.NewBrowser();
        unknown.Cookies[SessionName] = new string('A', 64);
        using var malformed = app.NewBrowser();
        malformed.Cookies[SessionName] = "nonsense";

        foreach (var browser in new[] { ended, old, unknown, malformed })
        {
            foreach (var path in new[] { "/private", "/who", "/open", "/data/note", "/page" })
            {
                Assert.Null((await browser.GetAsync(path)).SessionCookie);
            }
        }
    }

    [Fact]
    public async Task Only_sign_out_and_ForgetCookie_clear_the_cookie_and_forgetting_ends_nothing()
    {
        await using var app = await TestApp.StartAsync(endpoints: routes => routes.MapPost("/forget", (Session session) => session.ForgetCookie()));
        using var browser = await app.SignInAsync("ada");
        using var copy = browser.Copy();
        var reply = await browser.PostAsync("/forget");

        Assert.Contains("Max-Age=0", reply.SessionCookie!, StringComparison.Ordinal);
        Assert.Equal("ada", (await copy.GetAsync("/private")).Body);
    }

    [Fact, Requirement("CSMCS-24")]
    public async Task A_signed_in_token_wins_over_a_visitors_beside_it()
    {
        await using var app = await TestApp.StartAsync();
        using var visitor = app.NewBrowser();
        await visitor.PostAsync("/data/cart/visitor");
        using var browser = await app.SignInAsync("ada");
        await browser.PostAsync("/data/cart/hers");
        browser.Cookies[VisitName] = visitor.Visit!;

        Assert.Equal("ada", (await browser.GetAsync("/who")).Body);
        Assert.Equal("hers", (await browser.GetAsync("/data/cart")).Body);
    }

    [Fact, Requirement("CSMCS-24")]
    public async Task Each_cookie_holds_its_own_kind_of_session_only()
    {
        await using var app = await TestApp.StartAsync();
        using var visitor = app.NewBrowser();
        await visitor.PostAsync("/data/cart/visitor");
        using var browser = await app.SignInAsync("ada");
        using var swapped = app.NewBrowser();
        (swapped.Cookies[SessionName], swapped.Cookies[VisitName]) = (visitor.Visit!, browser.Session!);

        Assert.Equal("nobody", (await swapped.GetAsync("/who")).Body);
        Assert.Equal("none", (await swapped.GetAsync("/data/cart")).Body);
        Assert.Equal(401, (await swapped.GetAsync("/private")).Status);
    }

    [Fact]
    public async Task A_browser_with_a_dead_token_still_gets_a_cart_and_keeps_it_when_it_signs_in()
    {
        await using var app = await TestApp.StartAsync();
        using var browser = await app.SignInAsync("ada");
        var dead = browser.Session!;
        await app.Sessions.RevokeAsync(browser.SessionId, SessionEndReason.RevokedByAdministrator, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal("set", (await browser.PostAsync("/data/cart/tea")).Body);
        Assert.Equal(dead, browser.Session);
        Assert.Equal("tea", (await browser.GetAsync("/data/cart")).Body);
        Assert.Equal("revokedByAdministrator", (await browser.GetAsync("/private")).Reason);
        await browser.PostAsync("/sign-in/ada");
        Assert.Equal("tea", (await browser.GetAsync("/data/cart")).Body);
        Assert.Null(browser.Visit);
    }

    [Fact, Requirement("CSMCS-24")]
    public async Task A_late_answer_to_an_anonymous_request_never_displaces_a_sign_in()
    {
        var gate = new Gate();
        await using var app = await TestApp.StartAsync(endpoints: routes => routes.MapPost("/slow-cart", async (Session session) =>
        {
            session.Set(Note, "late");
            await gate.PassAsync();
        }));
        using var browser = app.NewBrowser();
        using var tab = browser.Copy();
        var slow = tab.PostAsync("/slow-cart");
        await gate.Reached;
        await browser.PostAsync("/sign-in/ada");
        gate.Open();
        var late = await slow;
        browser.Keep(late);

        Assert.NotNull(late.VisitCookie);
        Assert.Equal("ada", (await browser.GetAsync("/private")).Body);
        Assert.Equal("none", (await browser.GetAsync("/data/note")).Body);
    }

    [Fact, Requirement("PRIV-12")]
    public async Task The_device_cookie_comes_with_a_sign_in_only_and_is_known_again_at_the_next()
    {
        await using var app = await TestApp.StartAsync(endpoints: routes => routes.MapGet("/device", (Session session) => session.Device?.Id.ToString()));
        using var browser = app.NewBrowser();
        Assert.DoesNotContain(DeviceName, string.Join('\n', (await browser.PostAsync("/data/cart/tea")).SetCookies), StringComparison.Ordinal);
        var first = await browser.PostAsync("/sign-in/ada");
        var line = Assert.Single(first.SetCookies, line => line.StartsWith(DeviceName + "=", StringComparison.Ordinal));
        Assert.Contains("Max-Age=34560000", line, StringComparison.Ordinal);
        Assert.Contains("; Secure; HttpOnly; SameSite=Lax", line, StringComparison.Ordinal);
        var (device, known) = (browser.Cookies[DeviceName], (await browser.GetAsync("/device")).Body);
        await browser.PostAsync("/sign-out");
        Assert.Equal(device, browser.Cookies[DeviceName]);
        var second = await browser.PostAsync("/sign-in/bob");

        Assert.DoesNotContain(second.SetCookies, line => line.StartsWith(DeviceName, StringComparison.Ordinal));
        Assert.Equal(known, (await browser.GetAsync("/device")).Body);
        using var other = await app.SignInAsync("ada");
        Assert.NotEqual(known, (await other.GetAsync("/device")).Body);
    }

    [Fact]
    public async Task The_device_cookie_authenticates_nobody()
    {
        await using var app = await TestApp.StartAsync();
        using var browser = await app.SignInAsync("ada");
        using var other = app.NewBrowser();
        other.Cookies[DeviceName] = browser.Cookies[DeviceName];
        other.Cookies[SessionName] = browser.Cookies[DeviceName];

        Assert.Equal((401, "malformed"), ((await other.GetAsync("/private")).Status, (await other.GetAsync("/private")).Reason));
    }

    [Theory]
    [InlineData("short")]
    [InlineData("!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB")]
    public async Task A_device_cookie_that_was_not_ours_is_replaced(string value)
    {
        await using var app = await TestApp.StartAsync();
        using var browser = app.NewBrowser();
        browser.Cookies[DeviceName] = value;
        var reply = await browser.PostAsync("/sign-in/ada");

        Assert.Equal(200, reply.Status);
        Assert.NotEqual(value, browser.Cookies[DeviceName]);
    }

    [Fact]
    public async Task Devices_need_not_be_recognised()
    {
        await using var app = await TestApp.StartAsync(web: web => web.RecognizeDevices = false);
        using var browser = await app.SignInAsync("ada");

        Assert.Equal([SessionName], browser.Cookies.Keys);
        var page = await app.Sessions.ListAsync("ada", ct: TestContext.Current.CancellationToken);
        Assert.True(page.Sessions.Single().Device.Id.IsUnknown);
    }

    [Theory]
    [InlineData(true, true, true)]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    [Requirement("CSD-01"), Requirement("CSD-03"), Requirement("CSD-04"), Requirement("CSD-06"), Requirement("ASVS-14.3.1")]
    public async Task Storage_is_cleared_at_sign_out_when_that_is_switched_on_and_over_https(bool isOn, bool isHttps, bool expected)
    {
        await using var app = await TestApp.StartAsync(web: web => web.ClearStorageAtSignOut = isOn, https: isHttps);
        using var browser = await app.SignInAsync("ada");

        Assert.Equal("", (await browser.GetAsync("/private")).Header("Clear-Site-Data"));
        Assert.Equal(expected ? "\"storage\"" : "", (await browser.PostAsync("/sign-out")).Header("Clear-Site-Data"));
        Assert.Null(browser.Session);
    }

    [Fact, Requirement("CSD-02")]
    public async Task Storage_is_not_cleared_by_an_answer_that_carries_a_fresh_cookie()
    {
        await using var app = await TestApp.StartAsync(https: true, web: web => web.ClearStorageAtSignOut = true, endpoints: routes => routes.MapPost("/switch", async (HttpContext context) =>
        {
            await context.SignOutAsync();
            await context.SignInAsync(TestApp.User("bob"));
        }));
        using var browser = await app.SignInAsync("ada");
        var reply = await browser.PostAsync("/switch");

        Assert.NotNull(reply.SessionCookie);
        Assert.Equal("", reply.Header("Clear-Site-Data"));
    }

    [Fact, Requirement("CSD-01")]
    public async Task Sign_out_on_an_error_page_and_with_the_store_down_still_clears_what_it_should()
    {
        await using var app = await TestApp.StartAsync(https: true, web: web => web.ClearStorageAtSignOut = true);
        using var browser = await app.SignInAsync("ada");
        app.Store.InjectAll(StoreFault.FailBefore);
        var reply = await browser.PostAsync("/sign-out");

        Assert.Equal((503, "\"storage\""), (reply.Status, reply.Header("Clear-Site-Data")));
        Assert.Null(browser.Session);
    }

    private static Task<TestApp> StartRotatingAsync()
    {
        TestApp? app = null;
        return StartAndKeepAsync();

        async Task<TestApp> StartAndKeepAsync() => app = await TestApp.StartAsync(
            pipeline: pipeline =>
            {
                pipeline.UseWebSockets();
                pipeline.UseSojourn();
            },
            endpoints: routes =>
            {
                routes.MapMethods("/turn", Methods, () => "turn");
                routes.MapGet("/not-modified", () => Results.StatusCode(304));
                routes.MapGet("/bad-request", () => Results.StatusCode(400));
                routes.MapGet("/error", () => Results.StatusCode(500));
                routes.MapGet("/public", (HttpContext context) => Say(context, "public, max-age=60"));
                routes.MapGet("/shared", (HttpContext context) => Say(context, "s-maxage=60"));
                routes.MapGet("/immutable", (HttpContext context) => Say(context, "max-age=60, immutable"));
                routes.MapGet("/aged", (HttpContext context) =>
                {
                    context.Response.Headers.Age = "7";
                    return "aged";
                });
                routes.MapGet("/public-at-the-last-moment", (HttpContext context) =>
                {
                    context.Response.OnStarting(() =>
                    {
                        context.Response.Headers.CacheControl = "public";
                        return Task.CompletedTask;
                    });
                    return "public";
                });
                routes.MapGet("/late", () =>
                {
                    app!.Time.Advance(TimeSpan.FromSeconds(11));
                    return "late";
                });
                routes.MapGet("/socket", async (HttpContext context) =>
                {
                    using var socket = await context.WebSockets.AcceptWebSocketAsync();
                });
            });

        static string Say(HttpContext context, string cacheControl)
        {
            context.Response.Headers.CacheControl = cacheControl;
            return cacheControl;
        }
    }
}
