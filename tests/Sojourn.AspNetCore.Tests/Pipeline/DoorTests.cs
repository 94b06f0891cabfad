using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Sojourn.Testing;

namespace Sojourn.AspNetCore.Tests;

/// <summary>The doors to a request's session: scheme, <c>UseSojourn()</c>, parameter, context, <c>OpenSessionAsync()</c>. Behind all is one.</summary>
public sealed class DoorTests
{
    [Fact]
    public async Task A_token_is_validated_once_whatever_doors_a_request_uses()
    {
        await using var app = await TestApp.StartAsync(
            pipeline: pipeline =>
            {
                pipeline.Use(async (context, next) =>
                {
                    await context.OpenSessionAsync();
                    await next();
                });
                pipeline.UseAuthentication().UseAuthorization().UseSojourn();
            },
            endpoints: routes => routes.MapGet("/doors", async (Session session, HttpContext context) =>
            {
                var result = await context.AuthenticateAsync(SojournDefaults.AuthenticationScheme);
                var opened = await context.OpenSessionAsync();
                return string.Join(' ', session.Subject, context.SojournSession.Subject, opened.Subject, result.Principal!.FindFirstValue("sub"), ReferenceEquals(session, context.SojournSession));
            }).RequireAuthorization());
        using var browser = await app.SignInAsync("ada");
        app.Store.ResetCalls();

        Assert.Equal("ada ada ada ada True", (await browser.GetAsync("/doors")).Body);
        Assert.Equal((1, 1), (app.Store.Calls(StoreOperation.Find), app.Store.TotalCalls));
    }

    [Theory]
    [InlineData("/open")]
    [InlineData("/who")]
    [InlineData("/private")]
    [InlineData("/assets/style.css")]
    public async Task Rule8_A_request_without_a_token_costs_no_store_call_and_one_with_a_token_one(string path)
    {
        await using var app = await TestApp.StartAsync();
        using var browser = await app.SignInAsync("ada");
        using var stranger = app.NewBrowser();
        app.Store.ResetCalls();
        await stranger.GetAsync(path);
        Assert.Equal(0, app.Store.TotalCalls);

        await browser.GetAsync(path);
        Assert.Equal(1, app.Store.TotalCalls);
    }

    [Theory]
    [InlineData("automatic", true)]
    [InlineData("routing, Sojourn last", false)]
    public async Task Without_UseSojourn_the_start_fails_and_names_the_cure(string order, bool isAutomatic)
    {
        var fault = await Assert.ThrowsAsync<InvalidOperationException>(() => TestApp.StartAsync(pipeline: pipeline =>
        {
            if (!isAutomatic)
            {
                pipeline.UseRouting().UseAuthentication().UseAuthorization();
            }
        }));

        Assert.NotNull(order);
        Assert.Contains("app.UseSojourn()", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void UseSojourn_without_AddSojourn_names_the_cure()
    {
        var app = WebApplication.CreateBuilder().Build();

        Assert.Contains("AddSojourn()", Assert.Throws<InvalidOperationException>(() => app.UseSojourn()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_read_before_anything_opened_it_throws_and_names_the_cure()
    {
        string? message = null;
        await using var app = await TestApp.StartAsync(pipeline: pipeline =>
        {
            // By hand, since the scheme that WebApplication puts in front would have opened it.
            pipeline.Use(async (context, next) =>
            {
                message = Record.Exception(() => context.SojournSession.Subject)?.Message;
                await next();
            });
            pipeline.UseAuthentication().UseAuthorization().UseSojourn();
        });
        using var browser = app.NewBrowser();
        await browser.GetAsync("/open");

        Assert.Contains("app.UseSojourn()", message, StringComparison.Ordinal);
        Assert.Contains("OpenSessionAsync()", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Middleware_in_front_opens_the_session_itself_and_may_write_data()
    {
        var key = new SessionKey<string>("seen");
        await using var app = await TestApp.StartAsync(pipeline: pipeline =>
        {
            pipeline.Use(async (context, next) =>
            {
                var session = await context.OpenSessionAsync();
                session.Set(key, session.Subject ?? "a visitor");
                await next();
            });
            pipeline.UseAuthentication().UseAuthorization().UseSojourn();
        });
        using var browser = app.NewBrowser();
        await browser.GetAsync("/open");
        Assert.NotNull(browser.Visit);
        Assert.Equal("a visitor", (await browser.GetAsync("/data/seen")).Body);
        await browser.PostAsync("/sign-in/ada");
        await browser.GetAsync("/open");

        Assert.Equal("ada", (await browser.GetAsync("/data/seen")).Body);
    }

    [Fact]
    public async Task Controllers_filters_and_services_get_the_session_too()
    {
        await using var app = await TestApp.StartAsync(
            services: services =>
            {
                services.AddControllers().AddApplicationPart(typeof(ShelfController).Assembly);
                services.AddScoped<Shelf>();
            },
            endpoints: routes =>
            {
                routes.MapControllers();
                routes.MapGet("/service", (Shelf shelf) => shelf.Owner);
                routes.MapGet("/filtered", (HttpContext context) => context.Items["owner"]).AddEndpointFilter(async (invocation, next) =>
                {
                    invocation.HttpContext.Items["owner"] = invocation.HttpContext.SojournSession.Subject;
                    return await next(invocation);
                });
            });
        using var browser = await app.SignInAsync("ada");

        foreach (var path in new[] { "/shelf/constructor", "/shelf/parameter", "/shelf/private", "/service", "/filtered" })
        {
            Assert.Equal("ada", (await browser.GetAsync(path)).Body.Trim('"'));
        }
    }

    [Fact]
    public async Task A_session_outside_of_a_request_is_an_exception_that_names_the_cure()
    {
        await using var app = await TestApp.StartAsync();
        using var scope = app.Services.CreateScope();

        var fault = Assert.Throws<InvalidOperationException>(() => scope.ServiceProvider.GetRequiredService<Session>());
        Assert.Contains(nameof(SessionManager), fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Sojourn_is_the_default_scheme_only_when_none_is_set(bool isOtherSet)
    {
        await using var app = await TestApp.StartAsync(
            services: services => services.AddAuthentication(options => options.DefaultScheme = isOtherSet ? "other" : null).AddScheme<AuthenticationSchemeOptions, OtherHandler>("other", null),
            endpoints: routes =>
            {
                routes.MapPost("/sign-in-here", (HttpContext context) => context.SignInAsync(SojournDefaults.AuthenticationScheme, TestApp.User("ada")));
                routes.MapGet("/name", (ClaimsPrincipal user) => user.Identity?.Name ?? "nobody");
                routes.MapGet("/sojourn", (ClaimsPrincipal user) => user.Identity!.Name).RequireAuthorization(new AuthorizeAttribute { AuthenticationSchemes = SojournDefaults.AuthenticationScheme });
            });
        using var browser = app.NewBrowser();
        await browser.PostAsync("/sign-in-here");

        Assert.Equal(isOtherSet ? "other's user" : "ada", (await browser.GetAsync("/name")).Body);
        Assert.Equal("ada", (await browser.GetAsync("/sojourn")).Body);
        Assert.Equal("ada", (await browser.GetAsync("/who")).Body);
    }

    [Fact]
    public async Task AddSojourn_twice_and_together_with_AddAuthentication_is_harmless()
    {
        await using var app = await TestApp.StartAsync(services: services =>
        {
            services.AddAuthentication();
            services.AddSojourn();
        });
        using var browser = await app.SignInAsync("ada");

        Assert.Equal("ada", (await browser.GetAsync("/private")).Body);
    }

    private sealed class Shelf(Session session)
    {
        public string? Owner => session.Subject;
    }

    private sealed class OtherHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync()
            => Task.FromResult(AuthenticateResult.Success(new(new ClaimsPrincipal(new ClaimsIdentity([new Claim("name", "other's user")], "other", "name", "role")), Scheme.Name)));
    }
}

/// <summary>A controller as applications write them: found by name, so it is public and stands alone.</summary>
[Route("shelf")]
public sealed class ShelfController(Session session) : ControllerBase
{
    [HttpGet("constructor")]
    public string? FromConstructor() => session.Subject;

    [HttpGet("parameter")]
    public string? FromParameter([FromServices] Session other) => ReferenceEquals(session, other) ? other.Subject : null;

    [HttpGet("private"), Authorize]
    public string? Private() => User.Identity!.Name;
}
