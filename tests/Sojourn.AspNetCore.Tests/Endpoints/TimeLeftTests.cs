using System.Text.Json;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Sojourn.AspNetCore.Tests;

/// <summary>How long the session lasts, and endpoints that are no activity.</summary>
public sealed class TimeLeftTests
{
    [Fact, Requirement("NIST-5.2-4"), Requirement("CSMCS-40")]
    public async Task It_is_told_and_asking_is_no_activity()
    {
        await using var app = await StartAsync();
        using var browser = await app.SignInAsync("ada");
        app.Time.Advance(TimeSpan.FromMinutes(20));
        var left = Read(await browser.GetAsync("/session/time-left"));
        Assert.Equal((true, 40 * 60, (24 * 60 - 20) * 60), (left.GetProperty("signedIn").GetBoolean(), left.GetProperty("idle").GetInt32(), left.GetProperty("absolute").GetInt32()));

        app.Time.Advance(TimeSpan.FromMinutes(20));
        Assert.Equal(20 * 60, Read(await browser.GetAsync("/session/time-left")).GetProperty("idle").GetInt32());
        Assert.Equal(204, (await browser.PostAsync("/session/stay")).Status);
        Assert.Equal(60 * 60, Read(await browser.GetAsync("/session/time-left")).GetProperty("idle").GetInt32());
    }

    [Fact]
    public async Task After_the_end_the_reason_is_told_and_a_stranger_hears_of_none()
    {
        await using var app = await StartAsync();
        using var browser = await app.SignInAsync("ada");
        using var stranger = app.NewBrowser();
        app.Time.Advance(TimeSpan.FromMinutes(61));
        var reply = await browser.GetAsync("/session/time-left");

        Assert.Equal("""{"signedIn":false,"reason":"idle"}""", reply.Body);
        Assert.Equal((200, "no-store"), (reply.Status, reply.Header("Cache-Control")));
        Assert.Equal(401, (await browser.PostAsync("/session/stay")).Status);
        Assert.Equal("""{"signedIn":false}""", (await stranger.GetAsync("/session/time-left")).Body);
        Assert.Empty(stranger.Cookies);
    }

    [Theory, InlineData("/poll"), InlineData("/picture"), Requirement("WSTG-SESS-07.e")]
    public async Task An_endpoint_that_polls_or_needs_no_session_neither_keeps_it_alive_nor_rotates_its_token(string path)
    {
        await using var app = await StartAsync();
        using var browser = await app.SignInAsync("ada");
        for (var minute = 0; minute < 59; minute++)
        {
            app.Time.Advance(TimeSpan.FromMinutes(1));
            var reply = await browser.GetAsync(path);
            Assert.Equal("ada", reply.Body);
            Assert.Empty(reply.SetCookies);
        }

        app.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("nobody", (await browser.GetAsync(path)).Body);
    }

    [Theory, MemberData(nameof(Orders.Names), MemberType = typeof(Orders))]
    [Requirement("WSTG-SESS-07.e")]
    public async Task Where_the_endpoint_is_known_too_late_to_be_passive_that_is_said_once(string order)
    {
        await using var app = await TestApp.StartAsync(pipeline: Orders.Named(order), endpoints: routes => routes.MapGet("/poll", (Session session) => session.Subject ?? "nobody").Passive());
        using var browser = await app.SignInAsync("ada");
        for (var minute = 0; minute < 61; minute++)
        {
            app.Time.Advance(TimeSpan.FromMinutes(1));
            await browser.GetAsync("/poll");
        }

        var isKept = (await browser.GetAsync("/poll")).Body == "ada";
        Assert.Equal(isKept ? 1 : 0, app.Log.All.Count(line => line.Contains("is marked Passive()", StringComparison.Ordinal)));
        Assert.Equal(order is "Sojourn before routing" or "authentication before routing", isKept);
    }

    [Fact]
    public async Task Behind_a_fallback_policy_the_end_is_told_all_the_same()
    {
        await using var app = await TestApp.StartAsync(
            services: services => services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build()),
            endpoints: routes => routes.MapSession());
        using var stranger = app.NewBrowser();

        Assert.Equal("""{"signedIn":false}""", (await stranger.GetAsync("/session/time-left")).Body);
        Assert.Equal(200, (await stranger.GetAsync("/session/time-left.js")).Status);
        Assert.Equal(401, (await stranger.PostAsync("/session/stay")).Status);
    }

    [Fact]
    public async Task A_stay_is_written_before_it_is_answered()
    {
        await using var app = await StartAsync();
        using var browser = await app.SignInAsync("ada");
        app.Time.Advance(TimeSpan.FromMinutes(20));
        Assert.Equal(204, (await browser.PostAsync("/session/stay")).Status);

        var session = Assert.Single((await app.Sessions.ListAsync("ada", ct: TestContext.Current.CancellationToken)).Sessions);
        Assert.Equal(app.Time.GetUtcNow(), session.LastSeenAt); // also for another node
    }

    [Fact]
    public async Task A_token_that_was_just_replaced_says_so_and_not_that_it_is_over()
    {
        await using var app = await StartAsync();
        using var browser = await app.SignInAsync("ada");
        using var late = browser.Copy();
        await browser.PostAsync("/step-up");

        Assert.Equal("""{"signedIn":false,"reason":"superseded"}""", (await late.GetAsync("/session/time-left")).Body);
    }

    [Theory, InlineData("step-up.js"), InlineData("time-left.js"), InlineData("resume.js"), InlineData("resume.css")]
    public async Task The_modules_are_served_and_asked_for_by_their_tag(string name)
    {
        await using var app = await StartAsync();
        using var browser = await app.SignInAsync("ada");
        var first = await browser.GetAsync("/session/" + name);
        var again = await browser.GetAsync("/session/" + name, ("If-None-Match", first.Header("ETag")));

        Assert.Equal((200, "no-cache", 304), (first.Status, first.Header("Cache-Control"), again.Status));
        Assert.NotEmpty(first.Body);
    }

    [Fact]
    public async Task The_prefix_is_the_application_s()
    {
        await using var app = await TestApp.StartAsync(endpoints: routes => routes.MapSession("/account/session"));
        using var browser = await app.SignInAsync("ada");

        Assert.True(Read(await browser.GetAsync("/account/session/time-left")).GetProperty("signedIn").GetBoolean());
        Assert.Equal(404, (await browser.GetAsync("/session/time-left")).Status);
    }

    [Fact]
    public async Task A_prefix_with_route_values_fails_the_start()
    {
        var fault = await Assert.ThrowsAsync<InvalidOperationException>(() => TestApp.StartAsync(endpoints: routes => routes.MapGroup("/{tenant}").MapSession()));
        Assert.Contains("needs a plain path", fault.Message, StringComparison.Ordinal);
    }

    private static JsonElement Read(Reply reply) => JsonDocument.Parse(reply.Body).RootElement;

    private static Task<TestApp> StartAsync() => TestApp.StartAsync(endpoints: routes =>
    {
        routes.MapSession();
        routes.MapGet("/poll", (Session session) => session.Subject ?? "nobody").Passive();
        routes.MapGet("/picture", (Session session) => session.Subject ?? "nobody").WithoutSession();
    });
}
