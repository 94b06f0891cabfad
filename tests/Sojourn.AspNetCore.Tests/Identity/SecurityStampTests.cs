using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Sojourn.Storage;
using Sojourn.Testing;

namespace Sojourn.AspNetCore.Tests;

/// <summary>A security stamp that was changed behind the session's back ends it: after the interval, or at once through the user manager.</summary>
public sealed class SecurityStampTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);

    [Fact, Requirement("ASVS-7.4.3"), Requirement("ASVS-7.4.1")]
    public async Task A_changed_stamp_is_noticed_after_the_interval_and_not_before()
    {
        var store = new InMemorySessionStore(new InMemoryStoreOptions());
        var (app, members) = await IdentityApp.StartAsync(store: store);
        await using var _1 = app;
        using var browser = await IdentityApp.SignInAsync(app);
        var session = browser.SessionId;
        members.Change("7", ada => ada.SecurityStamp = "another");

        app.Time.Advance(Interval - TimeSpan.FromSeconds(1));
        Assert.Equal("7", (await browser.GetAsync("/who")).Body);
        app.Time.Advance(TimeSpan.FromSeconds(1));
        using var page = browser.Copy();
        var reply = await browser.GetAsync("/private");
        Assert.Equal((401, "credentialsChanged"), (reply.Status, reply.Reason));
        Assert.EndsWith("reason=credentialsChanged", (await page.NavigateAsync("/page")).Headers.Location?.ToString(), StringComparison.Ordinal);
        Assert.Equal("nobody", (await browser.GetAsync("/who")).Body);
        Assert.Equal(SessionEndReason.CredentialsChanged, (await app.Sessions.FindAsync(session, TestContext.Current.CancellationToken))!.EndReason);
        var events = await store.ReadAsync(session.Shard, 0, 100, TestContext.Current.CancellationToken);
        Assert.Single(events, each => each.Event is { Kind: SessionEventKind.Ended, Reason: SessionEndReason.CredentialsChanged } && each.Event.Session == session);
    }

    [Fact]
    public async Task A_session_is_compared_once_an_interval()
    {
        var (app, members) = await IdentityApp.StartAsync();
        await using var _1 = app;
        using var browser = await IdentityApp.SignInAsync(app);
        var before = members.Lookups;

        for (var minute = 0; minute < 20; minute++)
        {
            app.Time.Advance(TimeSpan.FromMinutes(1));
            Assert.Equal("7", (await browser.GetAsync("/who")).Body);
        }

        Assert.Equal(4, members.Lookups - before);
    }

    [Fact]
    public async Task With_no_interval_each_request_compares()
    {
        var (app, members) = await IdentityApp.StartAsync(identity: identity => identity.SecurityStampInterval = TimeSpan.Zero);
        await using var _1 = app;
        using var browser = await IdentityApp.SignInAsync(app);
        var before = members.Lookups;
        await browser.GetAsync("/who");
        await browser.GetAsync("/open");
        Assert.Equal(2, members.Lookups - before);

        members.Change("7", ada => ada.SecurityStamp = "another");
        Assert.Equal("credentialsChanged", (await browser.GetAsync("/private")).Reason);
    }

    [Fact]
    public async Task A_refresh_brings_the_new_stamp_and_counts_as_a_comparison()
    {
        var (app, members) = await IdentityApp.StartAsync();
        await using var _1 = app;
        using var browser = await IdentityApp.SignInAsync(app);
        var facts = (await browser.GetAsync("/methods")).Body;
        var stamp = (await browser.GetAsync("/stamp")).Body;
        using var old = browser.Copy();
        var session = browser.SessionId;
        app.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("Succeeded", (await browser.PostAsync($"/password?old={IdentityApp.Password}&next=battery staple")).Body);

        Assert.Equal("superseded", (await old.GetAsync("/private")).Reason);
        Assert.Equal(session, browser.SessionId);
        Assert.Equal(facts, (await browser.GetAsync("/methods")).Body);
        var renewed = (await browser.GetAsync("/stamp")).Body;
        Assert.NotEqual(stamp, renewed);
        Assert.Contains(renewed, await StoredClaimsAsync(app, session), StringComparison.Ordinal);
        var before = members.Lookups;
        app.Time.Advance(TimeSpan.FromMinutes(4));
        Assert.Equal("7", (await browser.GetAsync("/who")).Body);
        Assert.Equal(before, members.Lookups);
        app.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("7", (await browser.GetAsync("/who")).Body);
        Assert.Equal(before + 1, members.Lookups);
    }

    [Fact]
    public async Task Claims_that_changed_in_the_user_store_apply_after_the_interval_with_a_new_token()
    {
        var (app, members) = await IdentityApp.StartAsync(endpoints: routes => routes.MapGet("/name", (System.Security.Claims.ClaimsPrincipal user) => user.Identity?.Name));
        await using var _1 = app;
        using var browser = await IdentityApp.SignInAsync(app);
        var (session, token, facts) = (browser.SessionId, browser.Session, (await browser.GetAsync("/methods")).Body);
        members.Change("7", ada => ada.UserName = "lovelace");
        Assert.Equal("ada", (await browser.GetAsync("/name")).Body);
        app.Time.Advance(Interval);

        Assert.Equal("lovelace", (await browser.GetAsync("/name")).Body);
        Assert.Equal(session, browser.SessionId);
        Assert.NotEqual(token, browser.Session);
        Assert.Equal(facts, (await browser.GetAsync("/methods")).Body);
        token = browser.Session;
        app.Time.Advance(Interval);
        Assert.Equal("lovelace", (await browser.GetAsync("/name")).Body);
        Assert.Equal(token, browser.Session); // nothing has changed, so neither does the token
    }

    [Fact]
    public async Task A_sign_in_that_overlapped_a_change_of_credentials_is_compared_when_it_first_comes_back()
    {
        var (app, members) = await IdentityApp.StartAsync();
        await using var _1 = app;
        using var thief = app.NewBrowser();
        Assert.Equal("Succeeded", (await thief.PostAsync("/in?password=" + IdentityApp.Password)).Body); // with what was right a moment ago
        members.Change("7", ada => ada.SecurityStamp = "another");

        Assert.Equal("credentialsChanged", (await thief.GetAsync("/private")).Reason);
    }

    [Fact]
    public async Task A_user_store_that_asks_for_the_signed_in_user_is_told_so_instead_of_waiting_for_itself()
    {
        var (app, members) = await IdentityApp.StartAsync();
        await using var _1 = app;
        using var browser = await IdentityApp.SignInAsync(app);
        app.Time.Advance(Interval);
        members.OnLookup = () => app.Services.GetRequiredService<Microsoft.AspNetCore.Http.IHttpContextAccessor>().HttpContext!.OpenSessionAsync(TestContext.Current.CancellationToken);

        Assert.Equal(503, (await browser.GetAsync("/who")).Status);
        Assert.Contains(app.Log.All, line => line.Contains("would wait for itself", StringComparison.Ordinal));
    }

    [Fact, Requirement("ASVS-7.4.2")]
    public async Task A_deleted_user_is_noticed()
    {
        var (app, members) = await IdentityApp.StartAsync();
        await using var _1 = app;
        using var browser = await IdentityApp.SignInAsync(app);
        members.Remove("7");
        app.Time.Advance(Interval);

        Assert.Equal("credentialsChanged", (await browser.GetAsync("/private")).Reason);
    }

    [Fact, Requirement("ASVS-16.5.3")]
    public async Task With_the_user_store_down_nobody_is_signed_in_and_nobody_is_signed_out()
    {
        var (app, members) = await IdentityApp.StartAsync();
        await using var _1 = app;
        using var browser = await IdentityApp.SignInAsync(app);
        app.Time.Advance(Interval);
        members.Fails = true;

        foreach (var path in new[] { "/who", "/private", "/open" })
        {
            var reply = await browser.GetAsync(path);
            Assert.Equal(503, reply.Status);
            Assert.NotEmpty(reply.Header("Retry-After"));
            Assert.Empty(reply.SetCookies);
        }

        Assert.Equal(503, (await browser.PostAsync("/data/a/b")).Status);
        Assert.Equal(200, (await browser.GetAsync("/assets/style.css")).Status);
        Assert.Contains(app.Log.All, line => line.StartsWith("Error: ", StringComparison.Ordinal) && line.Contains("The user database is down", StringComparison.Ordinal));
        members.Fails = false;
        Assert.Equal("7", (await browser.GetAsync("/who")).Body);
    }

    [Fact]
    public async Task Anonymous_sessions_and_sign_ins_without_a_stamp_are_never_compared()
    {
        var (app, members) = await IdentityApp.StartAsync(
            IdentityOrder.CoreThenSojourn,
            web: web => web.SubjectClaim = "sub",
            identity: identity => identity.SecurityStampInterval = TimeSpan.Zero);
        await using var _1 = app;
        using var browser = app.NewBrowser();
        await browser.PostAsync("/data/a/b");
        await browser.GetAsync("/data/a");
        await browser.PostAsync("/sign-in/eve"); // not through Identity
        var before = members.Lookups;
        Assert.Equal("eve", (await browser.GetAsync("/who")).Body);

        Assert.Equal(before, members.Lookups);
    }

    [Fact]
    public async Task Of_parallel_requests_one_compares_and_all_get_its_answer()
    {
        var (app, members) = await IdentityApp.StartAsync();
        await using var _1 = app;
        using var browser = await IdentityApp.SignInAsync(app);
        var copies = Enumerable.Range(0, 8).Select(_ => browser.Copy()).ToArray();
        app.Time.Advance(Interval);
        var before = members.Lookups;
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        members.OnLookup = () => held.Task;
        var requests = copies.Select(copy => copy.GetAsync("/who")).ToArray();
        await WaitForAsync(() => members.Lookups > before);
        held.SetResult();
        var replies = await Task.WhenAll(requests);
        Assert.All(replies, reply => Assert.Equal("7", reply.Body));
        Assert.Equal(1, members.Lookups - before);

        members.OnLookup = null;
        members.Change("7", ada => ada.SecurityStamp = "another");
        app.Time.Advance(Interval);
        replies = await Task.WhenAll(copies.Select(copy => copy.GetAsync("/private")));
        Assert.All(replies, reply => Assert.Equal("credentialsChanged", reply.Reason));
    }

    [Fact]
    public async Task When_the_one_that_compares_fails_the_others_ask_themselves()
    {
        var (app, members) = await IdentityApp.StartAsync();
        await using var _1 = app;
        using var browser = await IdentityApp.SignInAsync(app);
        app.Time.Advance(Interval);
        var before = members.Lookups;
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        members.OnLookup = async () =>
        {
            if (members.Lookups == before + 1)
            {
                await held.Task;
            }
        };
        using var first = browser.Copy();
        var leader = first.GetAsync("/who");
        await WaitForAsync(() => members.Lookups > before);
        var follower = browser.GetAsync("/who");
        held.SetException(new TimeoutException("The user database did not answer."));

        Assert.Equal(503, (await leader).Status);
        Assert.Equal("7", (await follower).Body);
    }

    private static async Task WaitForAsync(Func<bool> condition)
    {
        while (!condition())
        {
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }

    private static async Task<string> StoredClaimsAsync(TestApp app, SessionId session)
        => System.Text.Encoding.UTF8.GetString((await app.Engine.Store.FindAsync(session, default, TestContext.Current.CancellationToken))!.Value.Record.Claims.Bytes.AsSpan());
}
