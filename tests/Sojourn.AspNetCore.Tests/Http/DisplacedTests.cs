using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Sojourn.Testing;

namespace Sojourn.AspNetCore.Tests;

/// <summary>What the two sides of a limit are told of each other.</summary>
[Requirement("CSMCS-48")]
public sealed class DisplacedTests
{
    private const string Firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0";

    [Fact, Requirement("PRIV-05")]
    public async Task The_session_that_made_room_is_told_device_time_and_coarse_network_of_the_other()
    {
        await using var app = await StartAsync();
        using var old = await app.SignInAsync("ada");
        app.Time.Advance(TimeSpan.FromMinutes(3));
        var at = app.Time.GetUtcNow();
        using var newer = await FromAsync(app, "203.0.113.77");
        app.Time.Advance(TimeSpan.FromMinutes(3));

        foreach (var path in (string[])["/private", "/page"])
        {
            var reply = await old.GetAsync(path);
            Assert.Equal((401, "limitReached"), (reply.Status, reply.Reason));
            var told = JsonDocument.Parse(reply.Body).RootElement.GetProperty("displacedBy");
            Assert.Equal(["device", "at", "network"], told.EnumerateObject().Select(member => member.Name));
            Assert.Equal(("Firefox on Windows", at, "203.0.113.0/24"), (told.GetProperty("device").GetString(), told.GetProperty("at").GetDateTimeOffset(), told.GetProperty("network").GetString()));
            Assert.EndsWith("Z", told.GetProperty("at").GetString(), StringComparison.Ordinal);
            Assert.DoesNotContain("203.0.113.77", reply.Body, StringComparison.Ordinal);
        }

        var page = await old.GetAsync("/displacer");
        Assert.Equal(("Firefox on Windows", "no-store", "Cookie"), (page.Body, page.Header("Cache-Control"), page.Header("Vary")));
        await old.PostAsync("/data/cart/tea"); // goes on as a visitor
        Assert.NotNull(old.Visit);
        Assert.Contains("displacedBy", (await old.GetAsync("/private")).Body, StringComparison.Ordinal);
        Assert.Equal("nobody", (await newer.GetAsync("/displacer")).Body);
    }

    [Fact]
    public async Task It_costs_two_calls_and_only_there()
    {
        await using var app = await StartAsync();
        using var old = await app.SignInAsync("ada");
        app.Time.Advance(TimeSpan.FromMinutes(3));
        using var newer = await FromAsync(app, "203.0.113.77");
        Assert.Equal("ada", (await newer.GetAsync("/private")).Body);

        app.Store.ResetCalls();
        await newer.GetAsync("/private");
        Assert.Equal(1, app.Store.TotalCalls);
        app.Store.ResetCalls();
        await old.GetAsync("/private");
        Assert.Equal((3, 2), (app.Store.TotalCalls, app.Store.Calls(StoreOperation.List)));

        await app.Sessions.RevokeAsync(newer.SessionId, SessionEndReason.SignedOutEverywhere, cancellationToken: TestContext.Current.CancellationToken);
        app.Store.ResetCalls();
        var reply = await newer.GetAsync("/private");
        Assert.Equal((1, "signedOutEverywhere", false), (app.Store.TotalCalls, reply.Reason, reply.Body.Contains("displacedBy", StringComparison.Ordinal)));
    }

    [Fact, Requirement("PRIV-05")]
    public async Task A_copy_of_an_old_token_learns_that_it_ended_and_not_where_the_person_is()
    {
        await using var app = await StartAsync();
        using var old = await app.SignInAsync("ada");
        using var copy = old.Copy();
        await old.PostAsync("/step-up");
        app.Time.Advance(TimeSpan.FromMinutes(3));
        using var newer = await FromAsync(app, "203.0.113.77");

        var reply = await copy.GetAsync("/private");
        Assert.Equal((401, false), (reply.Status, reply.Body.Contains("displacedBy", StringComparison.Ordinal)));
        Assert.Equal("nobody", (await copy.GetAsync("/displacer")).Body);
        Assert.Contains("displacedBy", (await old.GetAsync("/private")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_that_fails_there_leaves_it_out()
    {
        await using var app = await StartAsync();
        using var old = await app.SignInAsync("ada");
        using var newer = await FromAsync(app, "203.0.113.77");
        app.Store.Inject(StoreOperation.List, StoreFault.FailBefore);
        var reply = await old.GetAsync("/private");

        Assert.Equal((401, "limitReached", false), (reply.Status, reply.Reason, reply.Body.Contains("displacedBy", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_request_whose_session_makes_room_meanwhile_is_told_too()
    {
        var gate = new Gate();
        await using var app = await StartAsync(gate);
        using var old = await app.SignInAsync("ada");
        var slow = old.PostAsync("/slow");
        await gate.Reached;
        app.Time.Advance(TimeSpan.FromMinutes(3));
        using var newer = await FromAsync(app, "203.0.113.77");
        gate.Open();

        var reply = await slow;
        Assert.Equal((401, "limitReached"), (reply.Status, reply.Reason));
        Assert.Equal("203.0.113.0/24", JsonDocument.Parse(reply.Body).RootElement.GetProperty("displacedBy").GetProperty("network").GetString());
    }

    [Fact]
    public async Task A_refused_sign_in_is_told_how_many_run_and_where_the_last_one_is()
    {
        await using var app = await StartAsync(policy: new() { MaxSessions = 2, WhenFull = SessionLimitBehavior.Refuse });
        using var first = await app.SignInAsync("ada");
        app.Time.Advance(TimeSpan.FromMinutes(3));
        using var second = await FromAsync(app, "203.0.113.77");
        using var third = app.NewBrowser();
        var reply = await third.PostAsync("/sign-in/ada");

        Assert.Equal((409, "limitReached"), (reply.Status, reply.Reason));
        var problem = JsonDocument.Parse(reply.Body).RootElement;
        Assert.Equal(2, problem.GetProperty("running").GetInt32());
        Assert.Equal(("Firefox on Windows", "203.0.113.0/24"), (problem.GetProperty("runningOn").GetProperty("device").GetString(), problem.GetProperty("runningOn").GetProperty("network").GetString()));
    }

    private static async Task<Browser> FromAsync(TestApp app, string address)
    {
        var browser = app.NewBrowser();
        Assert.Equal(200, (await browser.PostAsync("/sign-in/ada", ("User-Agent", Firefox), ("X-From", address))).Status);
        Assert.Equal("ada", (await browser.GetAsync("/who", ("User-Agent", Firefox), ("X-From", address))).Body);
        return browser;
    }

    private static Task<TestApp> StartAsync(Gate? gate = null, SessionPolicy? policy = null) => TestApp.StartAsync(
        options: options => options.DefaultPolicy = policy ?? new() { MaxSessions = 1 },
        services: FromAddress.Add,
        endpoints: routes =>
        {
            routes.MapGet("/displacer", async (Session session, CancellationToken ct) => (await session.FindDisplacerAsync(ct))?.Device ?? "nobody");
            routes.MapPost("/slow", async (Session session, CancellationToken ct) =>
            {
                await gate!.PassAsync();
                await session.UpdateAsync(new SessionKey<string>("cart"), _ => "tea", ct);
            });
        });
}
