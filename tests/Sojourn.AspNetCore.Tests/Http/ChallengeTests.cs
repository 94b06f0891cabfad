using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Sojourn.AspNetCore.Tests;

/// <summary>What people and programs get when they have to sign in first, or may not at all.</summary>
public sealed class ChallengeTests
{
    private static readonly int[] Numbers = [1];

    [Fact, Requirement("ASVS-8.3.1")]
    public async Task Data_gets_401_problem_details_and_says_nothing_of_sessions_that_never_were()
    {
        await using var app = await StartAsync();
        using var stranger = app.NewBrowser();
        var reply = await stranger.GetAsync("/private");

        Assert.Equal((401, "application/problem+json", null), (reply.Status, reply.ContentHeaders.ContentType?.MediaType, reply.Reason));
        Assert.Equal("Sojourn", reply.Header("WWW-Authenticate"));
        Assert.Contains("no-store", reply.Header("Cache-Control"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/page", "%2Fpage")]
    [InlineData("/page?a=1&b=%C3%A4", "%2Fpage%3Fa%3D1%26b%3D%25C3%25A4")]
    public async Task A_page_goes_to_the_sign_in_page_with_a_local_way_back(string path, string back)
    {
        await using var app = await StartAsync();
        using var stranger = app.NewBrowser();
        var reply = await stranger.NavigateAsync(path);

        Assert.Equal((303, "/login?returnUrl=" + back), (reply.Status, reply.Header("Location")));
        Assert.Contains("no-store", reply.Header("Cache-Control"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_that_was_no_GET_comes_back_to_the_start_page()
    {
        await using var app = await StartAsync();
        using var stranger = app.NewBrowser();
        var reply = await stranger.PostAsync("/page", ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Site", "same-origin"));

        Assert.Equal((303, "/login?returnUrl=%2F"), (reply.Status, reply.Header("Location")));
    }

    [Fact]
    public async Task The_way_back_keeps_the_path_base()
    {
        await using var app = await StartAsync(pathBase: "/base");
        using var stranger = app.NewBrowser();

        Assert.Equal("/base/login?returnUrl=%2Fbase%2Fpage", (await stranger.NavigateAsync("/base/page")).Header("Location"));
    }

    [Theory]
    [InlineData("/elsewhere", "%2Felsewhere")]
    [InlineData("https://evil.example/", "%2Fask%3Fback%3Dhttps%3A%2F%2Fevil.example%2F")]
    [InlineData("//evil.example", "%2Fask%3Fback%3D%2F%2Fevil.example")]
    public async Task A_way_back_that_the_application_names_is_taken_when_it_is_local(string asked, string back)
    {
        await using var app = await StartAsync();
        using var stranger = app.NewBrowser();

        Assert.Equal("/login?returnUrl=" + back, (await stranger.NavigateAsync("/ask?back=" + asked)).Header("Location"));
    }

    [Theory]
    [InlineData("/home", "/home")]
    [InlineData("https://evil.example/", "")]
    [InlineData("//evil.example", "")]
    [InlineData("/\\evil.example", "")]
    public async Task After_signing_in_or_out_the_browser_goes_on_to_a_local_address_only(string asked, string expected)
    {
        await using var app = await StartAsync();
        using var browser = app.NewBrowser();
        var signIn = await browser.PostAsync("/enter?back=" + Uri.EscapeDataString(asked));
        Assert.Equal((expected.Length == 0 ? 200 : 302, expected), (signIn.Status, signIn.Header("Location")));
        Assert.NotNull(browser.Session);
        var signOut = await browser.PostAsync("/leave?back=" + Uri.EscapeDataString(asked));

        Assert.Equal((expected.Length == 0 ? 200 : 302, expected), (signOut.Status, signOut.Header("Location")));
        Assert.Null(browser.Session);
    }

    [Theory]
    [InlineData("/page", "navigate", "text/html", true)]
    [InlineData("/page", "cors", "text/html", false)]
    [InlineData("/page", "", "text/html,*/*", true)]
    [InlineData("/page", "", "application/json", false)]
    [InlineData("/page", "", "", false)]
    [InlineData("/data-only", "navigate", "text/html", false)]
    [InlineData("/json", "navigate", "text/html", false)]
    [InlineData("/json-page", "navigate", "text/html", true)]
    public async Task The_frameworks_metadata_decides_then_fetch_metadata_then_what_is_accepted(string path, string mode, string accept, bool isPage)
    {
        await using var app = await StartAsync();
        using var stranger = app.NewBrowser();

        Assert.Equal(isPage ? 303 : 401, (await stranger.GetAsync(path, ("Sec-Fetch-Mode", mode), ("Accept", accept))).Status);
    }

    [Fact, Requirement("WSTG-SESS-06.a"), Requirement("ASVS-7.4.1")]
    public async Task Whoever_shows_a_genuine_token_of_an_ended_session_learns_why()
    {
        await using var app = await StartAsync();
        using var browser = await app.SignInAsync("ada");
        await app.Sessions.RevokeAsync(browser.SessionId, SessionEndReason.RevokedByAdministrator, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal("revokedByAdministrator", (await browser.GetAsync("/private")).Reason);
        Assert.Equal("/login?returnUrl=%2Fpage&reason=revokedByAdministrator", (await browser.NavigateAsync("/page")).Header("Location"));
    }

    [Fact]
    public async Task A_page_whose_session_ended_while_it_was_made_goes_to_the_sign_in_page_with_the_reason()
    {
        await using var app = await StartAsync();
        using var browser = await app.SignInAsync("ada");
        var page = browser.NavigateAsync("/slow-page?x=1");
        await app.Services.Gate().Reached;
        await app.Sessions.RevokeAsync(browser.SessionId, SessionEndReason.RevokedByPolicy, cancellationToken: TestContext.Current.CancellationToken);
        app.Services.Gate().Open();
        var reply = await page;

        Assert.Equal((303, "/login?returnUrl=%2Fslow-page%3Fx%3D1&reason=revokedByPolicy"), (reply.Status, reply.Header("Location")));
        Assert.Empty(reply.SetCookies);
    }

    [Fact]
    public async Task An_overtaken_page_is_sent_to_its_own_address_once_and_then_answered()
    {
        await using var app = await StartAsync();
        using var browser = await app.SignInAsync("ada");
        using var old = browser.Copy();
        await browser.PostAsync("/step-up");
        foreach (var path in new[] { "/page?x=1", "/keeps?x=1" })
        {
            old.Cookies.Remove("__Host-session-repeat");
            var again = await old.NavigateAsync(path);
            Assert.Equal((303, path), (again.Status, again.Header("Location")));
            Assert.Null(again.SessionCookie);
            Assert.Contains("Max-Age=10", Assert.Single(again.SetCookies), StringComparison.Ordinal);

            var answer = await old.NavigateAsync(path);
            Assert.Equal(path[1] == 'p' ? 303 : 409, answer.Status);
            Assert.Equal(path[1] == 'p' ? "/login?returnUrl=%2Fpage%3Fx%3D1&reason=superseded" : "", answer.Header("Location"));
        }

        // The browser that got the new token meanwhile is served at that address.
        browser.Cookies["__Host-session-repeat"] = "1";
        Assert.Equal(200, (await browser.NavigateAsync("/page?x=1")).Status);
    }

    [Fact]
    public async Task A_program_with_an_overtaken_token_is_told_so_at_once()
    {
        await using var app = await StartAsync();
        using var browser = await app.SignInAsync("ada");
        using var old = browser.Copy();
        await browser.PostAsync("/step-up");

        Assert.Equal((401, "superseded"), (await old.GetAsync("/private") is var first ? first.Status : 0, first.Reason));
        Assert.Equal((409, "superseded"), (await old.GetAsync("/data/x") is var second ? second.Status : 0, second.Reason));
        Assert.Equal((409, "superseded"), (await old.PostAsync("/step-up") is var third ? third.Status : 0, third.Reason));
        Assert.Equal((200, "open"), (await old.GetAsync("/open") is var fourth ? fourth.Status : 0, fourth.Body));
    }

    [Fact]
    public async Task Row18_A_token_in_its_grace_serves_ordinary_requests_and_no_privileged_ones()
    {
        await using var app = await StartAsync();
        using var browser = await app.SignInAsync("ada");
        using var old = browser.Copy();
        app.Time.Advance(TimeSpan.FromMinutes(16));
        await browser.GetAsync("/private");
        await browser.GetAsync("/private");
        Assert.NotEqual(old.Session, browser.Session);

        Assert.Equal("ada", (await old.GetAsync("/private")).Body);
        Assert.Equal("True", (await old.GetAsync("/is-superseded")).Body);
        Assert.Equal("set", (await old.PostAsync("/data/a/1")).Body);
        Assert.Equal((409, "superseded"), (await old.PostAsync("/step-up") is var reply ? reply.Status : 0, reply.Reason));
        Assert.Equal("ada", (await browser.GetAsync("/private")).Body);
    }

    [Theory]
    [InlineData(null, "", 403)]
    [InlineData("/denied", "", 403)]
    [InlineData("/denied", "navigate", 303)]
    [InlineData(null, "navigate", 403)]
    [Requirement("ASVS-8.3.1")]
    public async Task What_is_forbidden_gets_403_or_the_page_that_says_so(string? forbiddenPath, string mode, int status)
    {
        await using var app = await StartAsync(forbiddenPath: forbiddenPath);
        using var browser = await app.SignInAsync("ada");
        var reply = await browser.GetAsync("/editors", ("Sec-Fetch-Mode", mode));

        Assert.Equal(status, reply.Status);
        Assert.Equal(status == 303 ? "/denied" : "", reply.Header("Location"));
        Assert.Null(reply.SessionCookie);
        Assert.Equal("ada", (await browser.GetAsync("/private")).Body);
    }

    [Fact, Requirement("WSTG-SESS-08.a")]
    public async Task A_half_filled_session_opens_no_protected_page()
    {
        await using var app = await StartAsync();
        using var visitor = app.NewBrowser();
        await visitor.PostAsync("/data/step/otp-sent");
        await visitor.PostAsync("/data/subject/ada");

        Assert.Equal(401, (await visitor.GetAsync("/private")).Status);
        Assert.Equal(401, (await visitor.GetAsync("/editors")).Status);
        Assert.Equal("nobody", (await visitor.GetAsync("/who")).Body);
        Assert.Equal(500, (await visitor.PostAsync("/step-up")).Status); // a fault of the application: nobody is signed in
    }

    private static Task<TestApp> StartAsync(string? forbiddenPath = null, string? pathBase = null) => TestApp.StartAsync(
        web: web =>
        {
            web.SignInPath = "/login";
            web.ForbiddenPath = forbiddenPath;
        },
        services: services => services.AddGate(new Gate()),
        pipeline: pipeline =>
        {
            if (pathBase is not null)
            {
                pipeline.UsePathBase(pathBase);
                pipeline.UseRouting().UseAuthentication().UseAuthorization();
            }

            pipeline.UseSojourn();
        },
        endpoints: routes =>
        {
            routes.MapPost("/page", () => Results.Content("<p>", "text/html")).RequireAuthorization();
            routes.MapGet("/data-only", () => Results.Content("<p>", "text/html")).RequireAuthorization().DisableCookieRedirect();
            routes.MapGet("/json", () => Numbers).RequireAuthorization();
            routes.MapGet("/json-page", () => Numbers).RequireAuthorization().AllowCookieRedirect();
            routes.MapGet("/editors", () => "welcome").RequireAuthorization(policy => policy.RequireRole("editor"));
            routes.MapGet("/ask", (string back, HttpContext context) => context.ChallengeAsync(new AuthenticationProperties { RedirectUri = back }));
            routes.MapPost("/enter", (string back, HttpContext context) => context.SignInAsync(TestApp.User("ada"), new SessionSignIn { RedirectUri = back }));
            routes.MapPost("/leave", (string back, HttpContext context) => context.SignOutAsync(new AuthenticationProperties { RedirectUri = back }));
            routes.MapGet("/keeps", async (Session session) => await session.GetAsync(new SessionKey<string>("x")));
            routes.MapGet("/slow-page", async (Session session, Gate gate) =>
            {
                session.Set(new SessionKey<string>("x"), "dropped");
                await gate.PassAsync();
                return Results.Content("<p>", "text/html");
            });
            routes.MapGet("/is-superseded", (Session session) => session.IsSuperseded.ToString());
        });
}
