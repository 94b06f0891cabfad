using System.Buffers;
using System.Security.Claims;
using System.Text;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Sojourn.Testing;

namespace Sojourn.AspNetCore.Tests;

/// <summary>
/// Wherever the application puts its middleware, and whatever page tells of its exceptions: sessions work, and what the
/// session layer has to say in its place arrives.
/// </summary>
public sealed class PipelineTests
{
    private static readonly SessionKey<string> Note = new("note");

    [Theory, MemberData(nameof(Orders.Names), MemberType = typeof(Orders))]
    public async Task People_sign_in_and_out_and_keep_their_data(string order)
    {
        await using var app = await StartAsync(order, "Production", "none");
        using var browser = app.NewBrowser();
        using var stranger = app.NewBrowser();
        Assert.Equal("set", (await browser.PostAsync("/data/cart/tea")).Body);
        Assert.Equal(200, (await browser.PostAsync("/sign-in/ada")).Status);

        Assert.Equal("ada", (await browser.GetAsync("/private")).Body);
        Assert.Equal("ada", (await browser.GetAsync("/who")).Body);
        Assert.Equal("tea", (await browser.GetAsync("/data/cart")).Body);
        Assert.Equal(401, (await stranger.GetAsync("/private")).Status);
        Assert.Equal("nobody", (await stranger.GetAsync("/who")).Body);

        using var copy = browser.Copy();
        Assert.Equal(200, (await browser.PostAsync("/sign-out")).Status);
        Assert.Equal((401, "signedOut"), ((await copy.GetAsync("/private")).Status, (await copy.GetAsync("/private")).Reason));
        Assert.Equal(404, (await stranger.GetAsync("/nowhere")).Status);
    }

    [Theory, MemberData(nameof(Orders.Everything), MemberType = typeof(Orders)), Requirement("ASVS-16.5.2"), Requirement("ASVS-16.5.3")]
    public async Task A_store_fault_anywhere_ends_in_503_and_in_no_half_body(string order, string environment, string page)
    {
        await using var app = await StartAsync(order, environment, page);
        using var browser = await app.SignInAsync("ada");

        app.Store.InjectAll(StoreFault.FailBefore);
        foreach (var path in new[] { "/private", "/open", "/who", "/nowhere" })
        {
            IsUnavailable(await browser.GetAsync(path)); // at validation
        }

        app.Repair();
        foreach (var path in new[] { "/fails/data", "/fails/manager", "/fails/update", "/fails/commit", "/fails/commit-empty" })
        {
            var reply = await browser.PostAsync(path);
            IsUnavailable(reply);
            Assert.DoesNotContain("half", reply.Body, StringComparison.Ordinal);
            app.Repair();
        }

        // Neither signed in nor signed out: it all goes on where it was.
        Assert.Equal("ada", (await browser.GetAsync("/private")).Body);
        Assert.Equal("none", (await browser.GetAsync("/data/note")).Body);

        static void IsUnavailable(Reply reply)
        {
            Assert.Equal((503, "application/problem+json"), (reply.Status, reply.ContentHeaders.ContentType?.MediaType));
            Assert.InRange(int.Parse(reply.Header("Retry-After")), 1, 5);
            Assert.Empty(reply.SetCookies);
            Assert.Contains("no-store", reply.Header("Cache-Control"), StringComparison.Ordinal);
            Assert.Equal("", reply.Header("X-Handler")); // what the handler had put on the response is gone
        }
    }

    [Theory, MemberData(nameof(Orders.Everything), MemberType = typeof(Orders))]
    public async Task An_exception_of_the_application_gets_its_own_page_and_its_data_changes_are_dropped(string order, string environment, string page)
    {
        await using var app = await StartAsync(order, environment, page);
        using var browser = await app.SignInAsync("ada");
        var reply = await browser.PostAsync("/throws");

        Assert.Equal(500, reply.Status);
        IsPageOf(page, environment, reply);
        Assert.Equal("none", (await browser.GetAsync("/data/note")).Body);
        Assert.Equal("ada", (await browser.GetAsync("/private")).Body);
    }

    [Theory, MemberData(nameof(Orders.Everything), MemberType = typeof(Orders))]
    public async Task An_error_page_still_delivers_the_token_of_a_sign_in_and_without_a_page_the_session_ends(string order, string environment, string page)
    {
        await using var app = await StartAsync(order, environment, page);
        using var browser = app.NewBrowser();
        var reply = await browser.PostAsync("/throws-after-sign-in");

        Assert.Equal(500, reply.Status);
        IsPageOf(page, environment, reply);
        if (page == "none" && environment == "Production")
        {
            Assert.Null(reply.SessionCookie);
            await Started!.Value.Ended.Fired();
            Assert.Equal(SessionEndReason.Abandoned, (await app.Sessions.FindAsync(Started.Value.Id, TestContext.Current.CancellationToken))!.EndReason);
        }
        else
        {
            Assert.Equal("ada", (await browser.GetAsync("/private")).Body);
            Assert.NotNull(reply.SetCookies.SingleOrDefault(line => line.StartsWith("__Host-session-device=", StringComparison.Ordinal)));
        }
    }

    [Theory, MemberData(nameof(Orders.Names), MemberType = typeof(Orders))]
    public async Task While_the_store_is_down_whoever_shows_a_token_is_neither_known_nor_a_stranger(string order)
    {
        await using var app = await TestApp.StartAsync(
            pipeline: Orders.Named(order),
            endpoints: routes =>
            {
                routes.MapGet("/health", (Session session) => $"{session.IsUnavailable} {session.State}").WithoutSession();
                routes.MapPost("/asks-user", (ClaimsPrincipal user) => user.Identity?.IsAuthenticated == true ? "signed in" : "a stranger");
                routes.MapPost("/asks-session", (Session session) => session.IsSignedIn ? "signed in" : "a stranger");
                routes.MapPost("/asks-nothing", () => "done");
            });
        using var browser = await app.SignInAsync("ada");
        using var stranger = app.NewBrowser();
        Assert.Equal("False SignedIn", (await browser.GetAsync("/health")).Body);
        app.Store.InjectAll(StoreFault.FailBefore);

        Assert.Equal((200, "True None"), (await browser.GetAsync("/health") is var health ? health.Status : 0, health.Body));
        foreach (var path in new[] { "/asks-user", "/asks-session", "/asks-nothing" })
        {
            Assert.Equal(503, (await browser.PostAsync(path)).Status);
            Assert.Equal(200, (await stranger.PostAsync(path)).Status);
        }

        app.Repair();
        Assert.Equal("signed in", (await browser.PostAsync("/asks-user")).Body);
    }

    private (SessionId Id, CancellationToken Ended)? Started { get; set; }

    private static void IsPageOf(string page, string environment, Reply reply)
    {
        if (page != "none")
        {
            Assert.Equal("our own page", reply.Body);
        }
        else if (environment == "Development")
        {
            Assert.Contains("boom", reply.Body, StringComparison.Ordinal);
        }
        else
        {
            Assert.Equal("", reply.Body);
        }
    }

    private Task<TestApp> StartAsync(string order, string environment, string page)
    {
        TestApp? app = null;
        return StartAndKeepAsync();

        async Task<TestApp> StartAndKeepAsync() => app = await TestApp.StartAsync(
            environment: environment,
            pipeline: pipeline =>
            {
                UsePage(pipeline, page);
                Orders.Named(order)(pipeline);
            },
            endpoints: routes =>
            {
                routes.MapPost("/fails/data", async (Session session, HttpContext context) =>
                {
                    BeginAnswer(context);
                    app!.Store.InjectAll(StoreFault.FailBefore);
                    await session.GetAsync(Note);
                });
                routes.MapPost("/fails/manager", async (SessionManager sessions, HttpContext context) =>
                {
                    BeginAnswer(context);
                    app!.Store.InjectAll(StoreFault.FailBefore);
                    await sessions.ListAsync("ada");
                });
                routes.MapPost("/fails/update", async (Session session, HttpContext context) =>
                {
                    BeginAnswer(context);
                    app!.Store.Inject(StoreOperation.CommitData, StoreFault.FailBefore);
                    await session.UpdateAsync(Note, _ => "updated");
                });
                routes.MapPost("/fails/commit", (Session session, HttpContext context) =>
                {
                    context.Response.Headers["X-Handler"] = "was here";
                    app!.Store.Inject(StoreOperation.CommitData, StoreFault.FailBefore);
                    session.Set(Note, "set");
                    return "half a success";
                });
                routes.MapPost("/fails/commit-empty", (Session session) =>
                {
                    app!.Store.Inject(StoreOperation.CommitData, StoreFault.FailBefore);
                    session.Set(Note, "set");
                });
                routes.MapPost("/throws", (Session session) =>
                {
                    session.Set(Note, "set");
                    throw new InvalidOperationException("boom");
                });
                routes.MapPost("/throws-after-sign-in", async (HttpContext context) =>
                {
                    await context.SignInAsync(TestApp.User("ada"));
                    var id = context.SojournSession.Id!.Value;
                    Started = (id, app!.Engine.Live.WatchFor(id).Ended);
                    throw new InvalidOperationException("boom");
                });
            });
    }

    /// <summary>Bytes that are written and not yet flushed, and a header: both have to go again.</summary>
    private static void BeginAnswer(HttpContext context)
    {
        context.Response.Headers["X-Handler"] = "was here";
        context.Response.BodyWriter.Write(Encoding.UTF8.GetBytes("half an answer"));
    }

    private static void UsePage(WebApplication app, string page)
    {
        switch (page)
        {
            case "handler":
                app.UseExceptionHandler(branch => branch.Run(context => context.Response.WriteAsync("our own page")));
                break;
            case "path":
                app.UseExceptionHandler("/error");
                app.Map("/error", () => Results.Text("our own page", statusCode: 500));
                break;
            case "own":
                app.Use(async (context, next) =>
                {
                    try
                    {
                        await next();
                    }
                    catch (Exception) when (!context.Response.HasStarted)
                    {
                        context.Response.Clear();
                        context.Response.StatusCode = 500;
                        await context.Response.WriteAsync("our own page");
                    }
                });
                break;
        }
    }
}
