using System.Text;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;

namespace Sojourn.AspNetCore.Tests.Protection;

/// <summary>The framework's antiforgery beside ours: both are asked, and a verdict of "forged" is never without effect.</summary>
public sealed class AntiforgeryTests
{
    private const string Before = "before";
    private const string After = "after";

    private int _effects;

    [Theory, InlineData(Before, false), InlineData(After, false), InlineData(Before, true), InlineData(After, true)]
    public async Task It_works_before_and_behind_UseSojourn_also_with_forms_that_carry_both_tokens(string place, bool tokenMode)
    {
        await using var app = await StartAsync(place, tokenMode);
        using var browser = await app.SignInAsync("ada");
        var fields = (await browser.GetAsync("/tokens")).Body.Split('\n');
        using var good = CsrfApp.Form(("note", "hers"), ("__RequestVerificationToken", fields[0]), (CsrfApp.Field, fields[1]));
        using var forged = CsrfApp.Form(("note", "hers"), ("__RequestVerificationToken", "forged"), (CsrfApp.Field, fields[1]));

        Assert.Equal("hers", (await browser.SendAsync(HttpMethod.Post, "/bound", [], good)).Body);
        var refused = await browser.SendAsync(HttpMethod.Post, "/bound", [], forged);
        Assert.Equal(place == Before ? (403, "antiforgery") : (400, null), (refused.Status, refused.Reason));
        Assert.Equal(1, _effects);
    }

    [Theory, InlineData("/json"), InlineData("/bare")]
    [Requirement("FM-14"), Requirement("WSTG-SESS-05.f")]
    public async Task What_was_found_forged_before_us_reaches_no_endpoint_that_would_have_run(string path)
    {
        await using var app = await StartAsync(Before, tokenMode: false);
        using var browser = await app.SignInAsync("ada");
        using var body = new StringContent("{\"text\":\"hers\"}", Encoding.UTF8, "application/json");
        var reply = await browser.SendAsync(HttpMethod.Post, path, [("X-Automatic", "invalid")], body);

        Assert.Equal((403, "antiforgery", 0), (reply.Status, reply.Reason, _effects));
        Assert.Contains(app.Log.All, line => line.Contains("antiforgery check, which ran before", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_verdict_of_an_endpoint_that_asks_for_the_framework_s_token_counts_too()
    {
        await using var app = await StartAsync(Before, tokenMode: false);
        using var browser = await app.SignInAsync("ada");
        using var form = CsrfApp.Form(("note", "hers"));
        var reply = await browser.SendAsync(HttpMethod.Post, "/reads-it", [], form);

        Assert.Equal((403, "antiforgery", 0), (reply.Status, reply.Reason, _effects));
    }

    [Theory, InlineData("application/x-www-form-urlencoded"), InlineData("application/json")]
    public async Task A_stranger_is_asked_to_sign_in_also_after_a_verdict_of_forged(string type)
    {
        await using var app = await StartAsync(Before, tokenMode: false);
        using var stranger = app.NewBrowser();
        using var form = new ByteArrayContent("note=hers"u8.ToArray()) { Headers = { { "Content-Type", type } } };
        var reply = await stranger.SendAsync(HttpMethod.Post, "/reads-it-privately", [("Accept", "text/html")], form);

        Assert.Equal((401, 0), (reply.Status, _effects)); // authorization comes first, and says what kind of request it is
    }

    [Fact]
    public async Task Behind_us_the_verdict_is_the_endpoint_s()
    {
        await using var app = await StartAsync(After, tokenMode: false);
        using var browser = await app.SignInAsync("ada");
        using var body = CsrfApp.Form(("note", "hers"));

        Assert.Equal("False", (await browser.SendAsync(HttpMethod.Post, "/reads-it", [], body)).Body);
    }

    [Theory]
    [InlineData("GET", "/json", "invalid", 200)]
    [InlineData("POST", "/hook", "invalid", 200)]
    [InlineData("POST", "/json", "valid", 200)]
    public async Task What_only_reads_and_endpoints_for_other_callers_are_served(string method, string path, string verdict, int status)
    {
        await using var app = await StartAsync(Before, tokenMode: false);
        using var browser = await app.SignInAsync("ada");
        using var body = method == "GET" ? null : new StringContent("{\"text\":\"hers\"}", Encoding.UTF8, "application/json");

        Assert.Equal(status, (await browser.SendAsync(new(method), path, [("X-Automatic", verdict)], body)).Status);
    }

    [Theory]
    [InlineData("Origin", "", "missing")]
    [InlineData("Sec-Fetch-Site", "cross-site", "sec-fetch-site")]
    [InlineData("Origin", "https://evil.example", "origin")]
    public async Task A_verdict_of_valid_spares_none_of_our_checks(string header, string value, string reason)
    {
        await using var app = await StartAsync(Before, tokenMode: false);
        using var browser = await app.SignInAsync("ada");
        using var body = new StringContent("{\"text\":\"hers\"}", Encoding.UTF8, "application/json");
        var reply = await browser.SendAsync(HttpMethod.Post, "/json", [(header, value), ("X-Automatic", "valid")], body);

        Assert.Equal((403, reason, 0), (reply.Status, reply.Reason, _effects));
    }

    private Task<TestApp> StartAsync(string place, bool tokenMode) => TestApp.StartAsync(
        services: services =>
        {
            services.AddSingleton<IDataProtectionProvider>(new EphemeralDataProtectionProvider());
            services.AddAntiforgery();
            if (tokenMode)
            {
                services.AddSojourn().AddCsrfTokens();
            }
        },
        pipeline: app =>
        {
            if (place == Before)
            {
                app.UseAuthentication().Use(Automatic).UseAntiforgery().UseAuthorization().UseSojourn();
            }
            else
            {
                app.UseAuthentication().UseAuthorization().UseSojourn().UseAntiforgery();
            }
        },
        endpoints: routes =>
        {
            routes.MapGet("/tokens", (HttpContext context, IAntiforgery antiforgery) => antiforgery.GetAndStoreTokens(context).RequestToken + "\n" + context.SojournCsrfToken);
            routes.MapPost("/bound", ([FromForm] string note) => Run(note));
            routes.MapPost("/json", (Note note) => Run(note.Text));
            routes.MapGet("/json", () => Run("read"));
            routes.MapPost("/bare", () => Run("bare"));
            routes.MapPost("/reads-it", (HttpContext context) => Run($"{context.Features.Get<IAntiforgeryValidationFeature>()?.IsValid}")).WithMetadata(new RequireAntiforgeryTokenAttribute());
            routes.MapPost("/reads-it-privately", () => Run("read")).WithMetadata(new RequireAntiforgeryTokenAttribute()).RequireAuthorization();
            routes.MapPost("/hook", () => Run("hook")).AllowCrossSite();
        });

    private string Run(string answer)
    {
        _effects++;
        return answer;
    }

    /// <summary>Notes a verdict and goes on, whatever the endpoint is: so does the framework from .NET 11 on.</summary>
    private static Task Automatic(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Headers["X-Automatic"] is { Count: > 0 } verdict)
        {
            context.Features.Set<IAntiforgeryValidationFeature>(new Verdict(verdict == "valid"));
        }

        return next(context);
    }

    private sealed record Verdict(bool IsValid) : IAntiforgeryValidationFeature
    {
        public Exception? Error => null;
    }

    private sealed record Note(string Text);
}
