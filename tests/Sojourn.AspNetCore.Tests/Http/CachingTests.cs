using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.Extensions.DependencyInjection;
using Sojourn.Testing;

namespace Sojourn.AspNetCore.Tests;

/// <summary>What belongs to one person is kept by no cache: not the browser's, not a proxy's, not the server's own.</summary>
public sealed class CachingTests
{
    private static readonly SessionKey<string> Note = new("note");

    [Fact, Requirement("ASVS-14.3.2"), Requirement("CSMCS-35"), Requirement("WSTG-SESS-06.b"), Requirement("WSTG-SESS-04.c"), Requirement("WSTG-SESS-01.d")]
    public async Task Signed_in_pages_and_answers_with_a_cookie_are_not_stored()
    {
        await using var app = await TestApp.StartAsync();
        using var browser = app.NewBrowser();
        var replies = new List<Reply> { await browser.PostAsync("/data/cart/tea"), await browser.PostAsync("/sign-in/ada") };
        replies.Add(await browser.GetAsync("/private"));
        replies.Add(await browser.GetAsync("/open"));
        replies.Add(await browser.GetAsync("/nowhere"));
        replies.Add(await browser.PostAsync("/step-up"));
        replies.Add(await browser.PostAsync("/sign-out"));
        replies.Add(await browser.GetAsync("/private")); // 401

        Assert.All(replies, reply =>
        {
            Assert.Equal("no-store", reply.Header("Cache-Control"));
            Assert.Equal("no-cache", reply.Header("Pragma"));
            Assert.Contains("Cookie", reply.Header("Vary"), StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Strangers_and_assets_may_be_cached()
    {
        await using var app = await TestApp.StartAsync();
        using var browser = await app.SignInAsync("ada");
        using var stranger = app.NewBrowser();

        Assert.Equal("", (await stranger.GetAsync("/open")).Header("Cache-Control"));
        Assert.Equal("", (await browser.GetAsync("/assets/style.css")).Header("Cache-Control"));
    }

    [Theory]
    [InlineData("private, max-age=60", false, "max-age=60, private")]
    [InlineData("public, max-age=60", false, "public, max-age=60")]
    [InlineData("private, max-age=60", true, "no-store")]
    [InlineData("public, max-age=60", true, "no-store")]
    [Requirement("CSMCS-35")]
    public async Task An_endpoint_that_says_how_it_may_be_cached_is_believed_unless_a_cookie_goes_with_it(string cacheControl, bool setsCookie, string expected)
    {
        await using var app = await TestApp.StartAsync(endpoints: routes => routes.MapPost("/says", async (Session session, HttpContext context) =>
        {
            context.Response.Headers.CacheControl = cacheControl;
            if (setsCookie)
            {
                await session.StepUpAsync("otp");
            }
        }));
        using var browser = await app.SignInAsync("ada");

        Assert.Equal(expected, (await browser.PostAsync("/says")).Header("Cache-Control"));
    }

    [Theory]
    [InlineData("/cached/subject")]
    [InlineData("/cached/data")]
    [InlineData("/cached/write")]
    [InlineData("/cached/cookie")]
    [InlineData("/cached/state")]
    [InlineData("/cached/subject", false)]
    [InlineData("/cached/data", false)]
    [InlineData("/cached/write", false)]
    [InlineData("/cached/cookie", false)]
    [InlineData("/cached/state", false)]
    [InlineData("/cached/private", false)]
    [Requirement("ASVS-14.2.2"), Requirement("ASVS-14.2.5")]
    public async Task An_answer_that_depends_on_the_session_never_enters_the_output_cache(string path, bool cachesFirst = true)
    {
        await using var app = await StartAsync(cachesFirst ? CachesFirst : CachesBehind);
        using var ada = await app.SignInAsync("ada");
        await ada.PostAsync("/data/note/hers");
        using var visitor = app.NewBrowser();
        await visitor.PostAsync("/data/note/his");
        using var stranger = app.NewBrowser();

        foreach (var first in new[] { visitor, ada, stranger })
        {
            var mine = await first.GetAsync(path);
            Assert.Equal("", mine.Header("Age"));
        }

        var other = await stranger.GetAsync(path);
        Assert.Equal("", other.Header("Age"));
        Assert.DoesNotContain("ada", other.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("hers", other.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("his", other.Body, StringComparison.Ordinal);
    }

    [Theory, InlineData(true), InlineData(false), Requirement("ASVS-14.2.2")]
    public async Task What_a_signed_in_person_gets_never_enters_the_output_cache_and_does_not_come_from_it(bool cachesFirst)
    {
        await using var app = await StartAsync(cachesFirst ? CachesFirst : CachesBehind);
        using var ada = await app.SignInAsync("ada");
        using var stranger = app.NewBrowser();

        foreach (var (browser, name) in new[] { (ada, "ada"), (stranger, "nobody"), (ada, "ada"), (stranger, "nobody") })
        {
            Assert.Equal(name, (await browser.GetAsync("/cached/user")).Body);
        }
    }

    [Fact]
    public async Task An_output_cache_that_cannot_know_who_asks_is_named()
    {
        await using var app = await StartAsync(app => app.UseOutputCache().UseSojournAuthentication().UseAuthorization());
        using var stranger = app.NewBrowser();

        Assert.Equal(500, (await stranger.GetAsync("/cached/user")).Status);
        Assert.Contains(app.Log.All, line => line.Contains("app.UseOutputCache() stands in front of app.UseSojournAuthentication()", StringComparison.Ordinal));
    }

    [Theory, InlineData("/cached/number"), InlineData("/public/number"), Requirement("ASVS-14.2.2")]
    public async Task A_refusal_never_enters_a_cache_in_front(string path)
    {
        await using var app = await StartAsync();
        using var ada = await app.SignInAsync("ada");
        using var stranger = app.NewBrowser();
        Assert.Equal(403, (await stranger.GetAsync(path, ("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Origin", "https://evil.example"))).Status);
        app.Store.InjectAll(StoreFault.FailBefore);
        Assert.Equal(503, (await ada.GetAsync(path)).Status);
        app.Repair();
        var first = await stranger.GetAsync(path);

        Assert.Equal((200, "1", ""), (first.Status, first.Body, first.Header("Age")));
    }

    [Fact]
    public async Task An_answer_that_does_not_is_served_from_the_output_cache_to_everybody()
    {
        await using var app = await StartAsync();
        using var stranger = app.NewBrowser();
        using var visitor = app.NewBrowser();
        await visitor.PostAsync("/data/note/his");
        var first = await stranger.GetAsync("/cached/number");
        var second = await visitor.GetAsync("/cached/number");

        Assert.Equal(first.Body, second.Body);
        Assert.NotEqual("", second.Header("Age"));
        Assert.Empty(second.SetCookies);
    }

    [Theory]
    [InlineData("/public/subject")]
    [InlineData("/public/data")]
    [InlineData("/public/write")]
    [InlineData("/public/varies")]
    [InlineData("/public/subject", false)]
    [InlineData("/public/data", false)]
    [InlineData("/public/write", false)]
    [InlineData("/public/varies", false)]
    [InlineData("/public/user", false)]
    [InlineData("/public/private", false)]
    [Requirement("ASVS-14.2.2")]
    public async Task Nor_the_response_cache_even_where_the_endpoint_says_public(string path, bool cachesFirst = true)
    {
        await using var app = await StartAsync(cachesFirst ? CachesFirst : CachesBehind);
        using var ada = await app.SignInAsync("ada");
        await ada.PostAsync("/data/note/hers");
        using var stranger = app.NewBrowser();
        var mine = await ada.GetAsync(path);
        var other = await stranger.GetAsync(path);

        Assert.Contains("ada", mine.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("ada", other.Body, StringComparison.Ordinal);
        Assert.Equal("", other.Header("Age"));
        Assert.DoesNotContain("not-for-caches", string.Join(';', mine.SetCookies), StringComparison.Ordinal); // the mark was for this server only
    }

    [Fact]
    public async Task What_is_public_and_uses_no_session_is_served_from_the_response_cache()
    {
        await using var app = await StartAsync();
        using var ada = await app.SignInAsync("ada");
        using var stranger = app.NewBrowser();
        var first = await stranger.GetAsync("/public/number");

        Assert.Equal(first.Body, (await ada.GetAsync("/public/number")).Body);
        Assert.NotEqual("", (await ada.GetAsync("/public/number")).Header("Age"));
    }

    [Fact]
    public async Task A_hit_in_the_output_cache_carries_no_successor_however_due_it_is()
    {
        await using var app = await StartAsync();
        using var browser = await app.SignInAsync("ada");
        await browser.GetAsync("/cached/for-all");
        app.Time.Advance(TimeSpan.FromMinutes(16));
        var hit = await browser.GetAsync("/cached/for-all");

        Assert.NotEqual("", hit.Header("Age"));
        Assert.Empty(hit.SetCookies);
        Assert.NotNull((await browser.GetAsync("/open")).SessionCookie);
    }

    /// <summary>Caches in front of <c>UseSojourn()</c>, where they know the user all the same.</summary>
    private static IApplicationBuilder CachesFirst(IApplicationBuilder app) => app.UseOutputCache().UseResponseCaching().UseSojourn();

    private static IApplicationBuilder CachesBehind(IApplicationBuilder app) => app.UseSojournAuthentication().UseAuthorization().UseOutputCache().UseResponseCaching();

    private static Task<TestApp> StartAsync(Func<IApplicationBuilder, IApplicationBuilder>? caches = null)
    {
        var number = 0;
        var order = caches ?? CachesFirst;
        return TestApp.StartAsync(
            services: services =>
            {
                services.AddOutputCache(options =>
                {
                    options.DefaultExpirationTimeSpan = TimeSpan.FromHours(1);
                    options.AddPolicy("for all", new ForAll());
                });
                services.AddResponseCaching();
            },
            pipeline: pipeline => order(pipeline),
            endpoints: routes =>
            {
                routes.MapGet("/cached/subject", (Session session) => $"{session.Subject}").CacheOutput();
                routes.MapGet("/cached/state", (Session session) => session.Id is { } id ? $"ada or not: {id}" : "nobody").CacheOutput();
                routes.MapGet("/cached/data", async (Session session) => await session.GetAsync(Note)).CacheOutput();
                routes.MapGet("/cached/write", (Session session) =>
                {
                    session.Set(Note, "written");
                    return session.Subject;
                }).CacheOutput();
                routes.MapGet("/cached/user", (ClaimsPrincipal user) => user.Identity?.Name ?? "nobody").CacheOutput();
                routes.MapGet("/cached/private", (ClaimsPrincipal user) => user.Identity!.Name).CacheOutput().RequireAuthorization();
                routes.MapGet("/cached/cookie", async (HttpContext context) =>
                {
                    await context.SojournSession.UpdateAsync(Note, _ => "written");
                    await context.Response.WriteAsync("started");
                }).CacheOutput();
                routes.MapGet("/cached/number", () => ++number).CacheOutput();
                routes.MapGet("/cached/for-all", () => ++number).CacheOutput("for all");
                routes.MapGet("/public/subject", (Session session, HttpContext context) => Public(context, session.Subject));
                routes.MapGet("/public/data", async (Session session, HttpContext context) => Public(context, await session.GetAsync(Note) == "hers" ? "ada" : "nobody"));
                routes.MapGet("/public/write", (Session session, HttpContext context) =>
                {
                    session.Set(Note, "written");
                    return Public(context, session.Subject);
                });
                routes.MapGet("/public/varies", (Session session, HttpContext context) =>
                {
                    context.Response.Headers.Vary = "Accept-Encoding";
                    var subject = session.Subject;
                    context.Response.Headers.Vary = "Accept-Language";
                    return Public(context, subject);
                });
                routes.MapGet("/public/user", (ClaimsPrincipal user, HttpContext context) => Public(context, user.Identity!.Name));
                routes.MapGet("/public/private", (ClaimsPrincipal user, HttpContext context) => Public(context, user.Identity!.Name)).RequireAuthorization();
                routes.MapGet("/public/number", (HttpContext context) => Public(context, $"{++number}"));
            });

        static string Public(HttpContext context, string? text)
        {
            context.Response.Headers.CacheControl = "public, max-age=600";
            return text ?? "nobody";
        }
    }

    /// <summary>Caches for signed-in people too, as an application may decide for what is the same for all.</summary>
    private sealed class ForAll : IOutputCachePolicy
    {
        public ValueTask CacheRequestAsync(OutputCacheContext context, CancellationToken cancellation)
        {
            (context.EnableOutputCaching, context.AllowCacheLookup, context.AllowCacheStorage) = (true, true, true);
            return default;
        }

        public ValueTask ServeFromCacheAsync(OutputCacheContext context, CancellationToken cancellation) => default;

        public ValueTask ServeResponseAsync(OutputCacheContext context, CancellationToken cancellation) => default;
    }
}
