using System.Text.Json;
using Microsoft.AspNetCore.Builder;

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

    [Fact]
    public async Task An_endpoint_that_polls_neither_keeps_the_session_alive_nor_rotates_its_token()
    {
        await using var app = await StartAsync();
        using var browser = await app.SignInAsync("ada");
        for (var minute = 0; minute < 59; minute++)
        {
            app.Time.Advance(TimeSpan.FromMinutes(1));
            var reply = await browser.GetAsync("/poll");
            Assert.Equal("ada", reply.Body);
            Assert.Empty(reply.SetCookies);
        }

        app.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("nobody", (await browser.GetAsync("/poll")).Body);
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

    private static JsonElement Read(Reply reply) => JsonDocument.Parse(reply.Body).RootElement;

    private static Task<TestApp> StartAsync() => TestApp.StartAsync(endpoints: routes =>
    {
        routes.MapSession();
        routes.MapGet("/poll", (Session session) => session.Subject ?? "nobody").Passive();
    });
}
