using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Sojourn.Storage;
using Sojourn.Testing;

namespace Sojourn.AspNetCore.Tests;

/// <summary>Sign-ins that are refused, and what the client is told.</summary>
public sealed class LimitTests
{
    [Fact, Requirement("ASVS-7.1.2"), Requirement("CSMCS-48"), Requirement("WSTG-SESS-11.a")]
    public async Task At_the_limit_the_session_used_least_recently_makes_room()
    {
        await using var app = await TestApp.StartAsync(options: options => options.DefaultPolicy = new() { MaxSessions = 2 });
        using var first = await app.SignInAsync("ada");
        app.Time.Advance(TimeSpan.FromMinutes(3));
        using var second = await app.SignInAsync("ada");
        app.Time.Advance(TimeSpan.FromMinutes(3));
        using var third = await app.SignInAsync("ada");

        Assert.Equal((401, "limitReached"), (await first.GetAsync("/private") is var reply ? reply.Status : 0, reply.Reason));
        Assert.Equal("ada", (await second.GetAsync("/private")).Body);
        Assert.Equal("ada", (await third.GetAsync("/private")).Body);
    }

    [Fact, Requirement("CSMCS-48")]
    public async Task A_policy_may_refuse_the_sign_in_instead_with_409()
    {
        await using var app = await TestApp.StartAsync(options: options => options.DefaultPolicy = new() { MaxSessions = 1, WhenFull = SessionLimitBehavior.Refuse });
        using var first = await app.SignInAsync("ada");
        using var second = app.NewBrowser();
        var reply = await second.PostAsync("/sign-in/ada");

        Assert.Equal((409, "limitReached", "application/problem+json"), (reply.Status, reply.Reason, reply.ContentHeaders.ContentType?.MediaType));
        Assert.Empty(reply.SetCookies);
        Assert.Equal("ada", (await first.GetAsync("/private")).Body);
        await first.PostAsync("/sign-out");
        Assert.NotNull((await second.PostAsync("/sign-in/ada")).SessionCookie);
    }

    [Fact, Requirement("ASVS-15.4.2")]
    public async Task Parallel_sign_ins_never_exceed_the_limit()
    {
        await using var app = await TestApp.StartAsync(options: options => options.DefaultPolicy = new() { MaxSessions = 3 });
        var browsers = Enumerable.Range(0, 12).Select(_ => app.NewBrowser()).ToArray();
        var replies = await Task.WhenAll(browsers.Select(browser => browser.PostAsync("/sign-in/ada")));

        Assert.All(replies, reply => Assert.Equal(200, reply.Status));
        Assert.Equal(3, (await app.Sessions.ListAsync("ada", ct: TestContext.Current.CancellationToken)).Sessions.Count);
        var served = await Task.WhenAll(browsers.Select(browser => browser.GetAsync("/private")));
        Assert.Equal(3, served.Count(reply => reply.Status == 200));
    }

    [Fact, Requirement("ASVS-15.4.2")]
    public async Task A_sign_in_that_began_before_a_revocation_is_refused()
    {
        var gate = new Gate();
        await using var app = await TestApp.StartAsync(endpoints: routes =>
        {
            routes.MapPost("/slow-sign-in", async (HttpContext context) =>
            {
                await gate.PassAsync(); // the password is being checked
                await context.SignInAsync(TestApp.User("ada"));
            });
            routes.MapPost("/second-step", (DateTimeOffset began, HttpContext context) => context.SignInAsync(TestApp.User("ada"), new SessionSignIn { AuthenticationBegan = began }));
        });
        using var browser = app.NewBrowser();
        var began = app.Time.GetUtcNow();
        var slow = browser.PostAsync("/slow-sign-in");
        await gate.Reached;
        app.Time.Advance(TimeSpan.FromSeconds(1));
        await app.Sessions.RevokeSubjectAsync("ada", SessionEndReason.SubjectDisabled, cancellationToken: TestContext.Current.CancellationToken);
        app.Time.Advance(TimeSpan.FromSeconds(1));
        gate.Open();

        Assert.Equal((401, "revokedMeanwhile"), (await slow is var reply ? reply.Status : 0, reply.Reason));
        var second = await browser.PostAsync("/second-step?began=" + Uri.EscapeDataString(began.ToString("O")));
        Assert.Equal((401, "revokedMeanwhile"), (second.Status, second.Reason));
        Assert.Null(browser.Session);
        Assert.Equal(200, (await browser.PostAsync("/sign-in/ada")).Status); // one that begins now
    }

    [Fact, Requirement("ASVS-2.4.1")]
    public async Task Too_many_sign_ins_get_429_with_Retry_After_and_others_are_not_held_up()
    {
        await using var app = await TestApp.StartAsync(options: options => options.StartsPerSubject = 2);
        using var browser = app.NewBrowser();
        await browser.PostAsync("/sign-in/ada");
        await browser.PostAsync("/sign-in/ada");
        var before = browser.Session;
        var reply = await browser.PostAsync("/sign-in/ada");

        Assert.Equal((429, "5"), (reply.Status, reply.Header("Retry-After")));
        Assert.Empty(reply.SetCookies);
        Assert.Equal(before, browser.Session);
        Assert.Equal("ada", (await browser.GetAsync("/private")).Body);
        using var other = await app.SignInAsync("bob");
        app.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(200, (await browser.PostAsync("/sign-in/ada")).Status);
    }

    [Fact, Requirement("ASVS-2.4.1")]
    public async Task Too_many_visitors_from_one_address_get_429_and_those_who_write_nothing_cost_nothing()
    {
        await using var app = await TestApp.StartAsync(options: options => options.StartsPerAddress = 3);
        for (var i = 0; i < 5; i++)
        {
            using var visitor = app.NewBrowser();
            Assert.Equal("open", (await visitor.GetAsync("/open")).Body);
            Assert.Equal("none", (await visitor.GetAsync("/data/cart")).Body);
            var reply = await visitor.PostAsync("/data/cart/tea");
            Assert.Equal(i < 3 ? 200 : 429, reply.Status);
            Assert.Equal(i < 3 ? "" : "5", reply.Header("Retry-After"));
        }
    }

    [Fact]
    public async Task A_full_store_says_507_and_keeps_who_is_in()
    {
        await using var app = await TestApp.StartAsync(store: new InMemorySessionStore(new InMemoryStoreOptions { MaxSessions = 1, MaxAnonymousSessions = 1 }));
        using var ada = await app.SignInAsync("ada");
        using var bob = app.NewBrowser();
        var reply = await bob.PostAsync("/sign-in/bob");

        Assert.Equal((507, "application/problem+json"), (reply.Status, reply.ContentHeaders.ContentType?.MediaType));
        Assert.Empty(reply.SetCookies);
        Assert.Equal("ada", (await ada.GetAsync("/private")).Body);
        using var visitor = app.NewBrowser();
        Assert.Equal(200, (await visitor.PostAsync("/data/cart/tea")).Status);
        using var another = app.NewBrowser();
        Assert.Equal(507, (await another.PostAsync("/data/cart/tea")).Status);
    }

    [Fact, Requirement("ASVS-7.4.2"), Requirement("ASVS-7.4.5"), Requirement("ASVS-7.5.2")]
    public async Task Sessions_are_listed_and_ended_one_by_one_by_person_and_all_at_once()
    {
        await using var app = await TestApp.StartAsync(endpoints: routes =>
        {
            routes.MapGet("/mine", async (Session session, SessionManager sessions, CancellationToken ct)
                => string.Join(',', (await sessions.ListAsync(session.Subject!, ct: ct)).Sessions.Select(each => each.Id == session.Id ? "here" : "there"))).RequireAuthorization();
            routes.MapPost("/end/{id}", async (string id, SessionManager sessions, CancellationToken ct) => await sessions.RevokeAsync(SessionId.Parse(id), SessionEndReason.SignedOutEverywhere, cancellationToken: ct)).RequireAuthorization();
        });
        using var laptop = await app.SignInAsync("ada");
        app.Time.Advance(TimeSpan.FromSeconds(1)); // they are listed by age
        using var phone = await app.SignInAsync("ada");
        using var bob = await app.SignInAsync("bob");
        Assert.Equal("here,there", (await laptop.GetAsync("/mine")).Body);

        Assert.Equal("true", (await laptop.PostAsync($"/end/{phone.SessionId}")).Body);
        Assert.Equal("signedOutEverywhere", (await phone.GetAsync("/private")).Reason);
        await app.Sessions.RevokeSubjectAsync("ada", SessionEndReason.SubjectDisabled, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal("subjectDisabled", (await laptop.GetAsync("/private")).Reason);
        await app.Sessions.RevokeEverybodyAsync(cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal("everybody", (await bob.GetAsync("/private")).Reason);
    }

    [Fact, Requirement("WSTG-SESS-07.c"), Requirement("CSMCS-32"), Requirement("NIST-5.1.1-4")]
    public async Task A_client_that_keeps_its_cookie_longer_than_it_was_given_gains_nothing()
    {
        await using var app = await TestApp.StartAsync();
        using var remembered = app.NewBrowser();
        await remembered.PostAsync("/sign-in/ada?remember=true");
        await remembered.GetAsync("/private");
        using var ordinary = await app.SignInAsync("ada");
        app.Time.Advance(TimeSpan.FromHours(2));
        Assert.Equal("idle", (await ordinary.GetAsync("/private")).Reason);
        Assert.Equal("ada", (await remembered.GetAsync("/private")).Body);
        app.Time.Advance(TimeSpan.FromDays(15));

        Assert.Equal("idle", (await remembered.GetAsync("/private")).Reason);
    }

    [Theory]
    [InlineData(StoreOperation.Start)]
    [InlineData(StoreOperation.Find)]
    public async Task A_sign_in_that_the_store_does_not_take_says_503_and_leaves_the_cookie_alone(StoreOperation operation)
    {
        await using var app = await TestApp.StartAsync();
        using var browser = app.NewBrowser();
        await browser.PostAsync("/data/cart/tea");
        app.Store.Inject(operation, StoreFault.FailBefore);
        var reply = await browser.PostAsync("/sign-in/ada");

        Assert.Equal(503, reply.Status);
        Assert.Empty(reply.SetCookies);
        app.Repair();
        Assert.Equal(200, (await browser.PostAsync("/sign-in/ada")).Status);
        Assert.Equal("tea", (await browser.GetAsync("/data/cart")).Body);
    }
}
