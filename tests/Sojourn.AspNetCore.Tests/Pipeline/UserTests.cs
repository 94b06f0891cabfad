using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features.Authentication;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Sojourn.Testing;

namespace Sojourn.AspNetCore.Tests;

/// <summary><c>UseSojournAuthentication()</c> says who the user is, and what it asks of an application before (decision 7).</summary>
public sealed class UserTests
{
    [Fact]
    public async Task The_user_is_known_behind_and_nobody_in_front()
    {
        var (front, behind) = (new List<string>(), new List<string>());
        await using var app = await TestApp.StartAsync(pipeline: pipeline =>
        {
            Look(pipeline, front);
            pipeline.UseSojournAuthentication();
            Look(pipeline, behind);
            pipeline.UseAuthorization();
        });
        using var stranger = app.NewBrowser();
        await stranger.GetAsync("/open");
        using var browser = await app.SignInAsync("ada");

        Assert.Equal("ada", (await browser.GetAsync("/private")).Body);
        Assert.All(front, name => Assert.Equal("nobody", name));
        Assert.Equal("nobody", behind[0]);
        Assert.Equal("ada", behind[^1]);
    }

    [Fact]
    public async Task A_ticket_and_what_other_schemes_need_are_there_too()
    {
        await using var app = await TestApp.StartAsync(pipeline: Orders.Named("in its place"), endpoints: routes => routes.MapGet("/ticket", (HttpContext context) =>
        {
            var ticket = context.Features.Get<IAuthenticateResultFeature>()!.AuthenticateResult!.Ticket!;
            return string.Join(' ', ticket.Principal.Identity!.Name, ticket.AuthenticationScheme, context.Features.Get<IAuthenticationFeature>()!.OriginalPath);
        }));
        using var browser = await app.SignInAsync("ada");

        Assert.Equal($"ada {SojournDefaults.AuthenticationScheme} /ticket", (await browser.GetAsync("/ticket")).Body);
    }

    [Fact]
    public async Task A_user_that_middleware_sets_in_front_stays_for_a_request_without_a_session()
    {
        await using var app = await TestApp.StartAsync(pipeline: pipeline =>
        {
            pipeline.Use((context, next) =>
            {
                context.User = TestApp.User("by certificate");
                return next(context);
            });
            pipeline.UseSojournAuthentication().UseAuthorization();
        });
        using var stranger = app.NewBrowser();

        Assert.Equal("by certificate", (await stranger.GetAsync("/private")).Body);
        using var browser = await app.SignInAsync("ada");
        Assert.Equal("ada", (await browser.GetAsync("/private")).Body);
    }

    [Fact]
    public async Task A_user_that_middleware_sets_behind_replaces_the_session_s()
    {
        await using var app = await TestApp.StartAsync(pipeline: pipeline =>
        {
            pipeline.UseSojournAuthentication();
            pipeline.Use((context, next) =>
            {
                context.User = context.User.Identity?.Name is { } name ? TestApp.User("not " + name) : context.User;
                return next(context);
            });
            pipeline.UseAuthorization();
        });
        using var browser = await app.SignInAsync("ada");

        Assert.Equal("not ada", (await browser.GetAsync("/private")).Body);
    }

    [Theory]
    [InlineData("default scheme", "the default scheme is other")]
    [InlineData("scheme with callbacks", "the scheme other answers requests of its own")]
    [InlineData("schemes", "IAuthenticationSchemeProvider")]
    [InlineData("transformation", "IClaimsTransformation")]
    [InlineData("transformation that needs a request", "IClaimsTransformation")]
    [InlineData("transformation that cannot be disposed of at once", "IClaimsTransformation")]
    [InlineData("authentication service", "IAuthenticationService")]
    [InlineData("handlers", "IAuthenticationHandlerProvider")]
    public async Task Where_more_than_sessions_takes_part_the_start_fails_and_names_what(string what, string named)
    {
        var fault = await Assert.ThrowsAsync<InvalidOperationException>(() => TestApp.StartAsync(
            services: services => _ = what switch
            {
                "default scheme" => services.PostConfigure<AuthenticationOptions>(options =>
                {
                    options.AddScheme<AllocationTests.BareHandler>("other", displayName: null);
                    options.DefaultAuthenticateScheme = "other";
                }),
                "scheme with callbacks" => services.PostConfigure<AuthenticationOptions>(options => options.AddScheme<Remote>("other", displayName: null)),
                "schemes" => services.AddSingleton<IAuthenticationSchemeProvider, OwnSchemes>(),
                "transformation" => services.AddTransient<IClaimsTransformation, Unchanged>(),
                "transformation that needs a request" => services.AddHttpContextAccessor().AddTransient<IClaimsTransformation, NeedsRequest>(),
                "transformation that cannot be disposed of at once" => services.AddScoped<IClaimsTransformation, Slow>(),
                "handlers" => services.AddScoped<IAuthenticationHandlerProvider, OwnHandlers>(),
                _ => services.AddScoped<IAuthenticationService, OwnService>(),
            },
            pipeline: pipeline => pipeline.UseSojournAuthentication().UseAuthorization()));

        Assert.Contains("app.UseSojournAuthentication() is for applications whose sessions are all the authentication there is", fault.Message, StringComparison.Ordinal);
        Assert.Contains(named, fault.Message, StringComparison.Ordinal);
        Assert.Contains("Call app.UseSojourn() and app.UseAuthentication() instead.", fault.Message, StringComparison.Ordinal);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Without_authorization_behind_the_start_fails_and_names_the_cure(bool inFront)
    {
        var fault = await Assert.ThrowsAsync<InvalidOperationException>(
            () => TestApp.StartAsync(pipeline: pipeline => (inFront ? pipeline.UseAuthorization() : pipeline).UseSojournAuthentication()));

        Assert.Contains("needs app.UseAuthorization() behind it", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_branch_may_leave_users_to_the_framework_while_the_rest_does_not()
    {
        await using var app = await TestApp.StartAsync(pipeline: pipeline =>
        {
            pipeline.Map("/branch", branch =>
            {
                branch.UseAuthentication().UseSojourn();
                branch.Run(context => context.Response.WriteAsync(context.User.Identity?.Name ?? "nobody"));
            });
            pipeline.Map("/own", branch =>
            {
                branch.UseSojournAuthentication();
                branch.Run(context => context.Response.WriteAsync(context.User.Identity?.Name ?? "nobody"));
            });
            pipeline.UseSojournAuthentication().UseAuthorization();
        });
        using var browser = await app.SignInAsync("ada");

        Assert.Equal("ada", (await browser.GetAsync("/branch")).Body);
        Assert.Equal("ada", (await browser.GetAsync("/own")).Body);
        Assert.Equal("ada", (await browser.GetAsync("/private")).Body);
    }

    [Theory]
    [InlineData("/leave", "automatic")]
    [InlineData("/leave", "in its place")]
    [InlineData("/leave-by-scheme", "in its place")]
    [InlineData("/leave-by-scheme", "automatic")]
    [InlineData("/leave", "named, Sojourn between")]
    [InlineData("/leave-by-scheme", "named, Sojourn between")]
    [InlineData("/leave", "named, Sojourn last")]
    [Requirement("CSMCS-33")]
    public async Task With_the_store_down_an_endpoint_for_everybody_still_clears_the_cookie(string path, string order)
    {
        await using var app = await TestApp.StartAsync(pipeline: Orders.Named(order), endpoints: routes => MapForEverybody(routes, []));
        using var browser = await app.SignInAsync("ada");
        app.Store.InjectAll(StoreFault.FailBefore);

        Assert.Equal(503, (await browser.PostAsync(path)).Status);
        Assert.Null(browser.Session);
    }

    [Theory]
    [InlineData("/whoever", "automatic")]
    [InlineData("/whoever", "in its place")]
    [InlineData("/whoever-by-scheme", "in its place")]
    [InlineData("/whoever-by-scheme", "automatic")]
    [InlineData("/whoever", "named, Sojourn between")]
    [InlineData("/whoever-by-scheme", "named, Sojourn between")]
    public async Task Rule6_With_the_store_down_nobody_is_taken_for_a_guest(string path, string order)
    {
        var seen = new List<string>();
        await using var app = await TestApp.StartAsync(pipeline: Orders.Named(order), endpoints: routes => MapForEverybody(routes, seen));
        using var browser = await app.SignInAsync("ada");
        Assert.Equal(200, (await browser.PostAsync(path)).Status);
        app.Store.InjectAll(StoreFault.FailBefore);

        Assert.Equal(503, (await browser.PostAsync(path)).Status);
        Assert.Equal(["ada"], seen); // and not a guest, whatever was answered
    }

    [Theory, InlineData("in its place"), InlineData("named, Sojourn between")]
    public async Task Rule6_With_the_store_down_a_user_that_an_endpoint_s_schemes_reject_does_not_come_back(string order)
    {
        var ran = 0;
        await using var app = await TestApp.StartAsync(
            services: services => services.Configure<AuthenticationOptions>(options => options.AddScheme<NoOne>("NoOne", displayName: null)).AddTransient<NoOne>(),
            pipeline: pipeline =>
            {
                if (order == "in its place")
                {
                    pipeline.UseSojournAuthentication();
                }
                else
                {
                    pipeline.UseAuthentication().UseSojourn();
                }

                pipeline.Use((context, next) =>
                {
                    context.User = TestApp.User("by key");
                    return next(context);
                });
                pipeline.UseAuthorization();
            },
            endpoints: routes => routes.MapPost("/by-no-one", () => ran++).RequireAuthorization(new AuthorizeAttribute { AuthenticationSchemes = "NoOne" }));
        using var browser = await app.SignInAsync("ada");
        app.Store.InjectAll(StoreFault.FailBefore);

        Assert.Equal(503, (await browser.PostAsync("/by-no-one")).Status);
        Assert.Equal(0, ran);
    }

    private static void MapForEverybody(WebApplication routes, List<string> seen)
    {
        Action<HttpContext> look = context => seen.Add(context.User.Identity?.Name ?? "guest");
        var byScheme = new AuthorizeAttribute { AuthenticationSchemes = SojournDefaults.AuthenticationScheme };
        routes.MapPost("/leave", (HttpContext context) => context.SignOutAsync()).RequireAuthorization().AllowAnonymous();
        routes.MapPost("/leave-by-scheme", (HttpContext context) => context.SignOutAsync()).RequireAuthorization(byScheme).AllowAnonymous();
        routes.MapPost("/whoever", look).RequireAuthorization().AllowAnonymous();
        routes.MapPost("/whoever-by-scheme", look).RequireAuthorization(byScheme).AllowAnonymous();
    }

    private static void Look(IApplicationBuilder pipeline, List<string> seen) => pipeline.Use((context, next) =>
    {
        seen.Add(context.User.Identity?.Name ?? "nobody");
        return next(context);
    });

    private sealed class OwnSchemes(IOptions<AuthenticationOptions> options) : AuthenticationSchemeProvider(options);

    private sealed class Unchanged : IClaimsTransformation
    {
        public Task<ClaimsPrincipal> TransformAsync(ClaimsPrincipal principal) => Task.FromResult(principal);
    }

    private sealed class NeedsRequest : IClaimsTransformation
    {
        public NeedsRequest(IHttpContextAccessor accessor) => ArgumentNullException.ThrowIfNull(accessor.HttpContext);

        public Task<ClaimsPrincipal> TransformAsync(ClaimsPrincipal principal) => Task.FromResult(principal);
    }

    private sealed class Slow : NoopClaimsTransformation, IAsyncDisposable
    {
        public ValueTask DisposeAsync() => default;
    }

    private sealed class OwnHandlers(IAuthenticationSchemeProvider schemes) : IAuthenticationHandlerProvider
    {
        private readonly AuthenticationHandlerProvider _usual = new(schemes);

        public Task<IAuthenticationHandler?> GetHandlerAsync(HttpContext context, string authenticationScheme) => _usual.GetHandlerAsync(context, authenticationScheme);
    }

    private sealed class OwnService(IAuthenticationSchemeProvider schemes, IAuthenticationHandlerProvider handlers, IClaimsTransformation transform, IOptions<AuthenticationOptions> options)
        : AuthenticationService(schemes, handlers, transform, options);

    private sealed class NoOne : IAuthenticationHandler
    {
        public Task InitializeAsync(AuthenticationScheme scheme, HttpContext context) => Task.CompletedTask;

        public Task<AuthenticateResult> AuthenticateAsync() => Task.FromResult(AuthenticateResult.NoResult());

        public Task ChallengeAsync(AuthenticationProperties? properties) => Task.CompletedTask;

        public Task ForbidAsync(AuthenticationProperties? properties) => Task.CompletedTask;
    }

    private sealed class Remote : IAuthenticationRequestHandler
    {
        public Task<bool> HandleRequestAsync() => Task.FromResult(false);

        public Task InitializeAsync(AuthenticationScheme scheme, HttpContext context) => Task.CompletedTask;

        public Task<AuthenticateResult> AuthenticateAsync() => Task.FromResult(AuthenticateResult.NoResult());

        public Task ChallengeAsync(AuthenticationProperties? properties) => Task.CompletedTask;

        public Task ForbidAsync(AuthenticationProperties? properties) => Task.CompletedTask;
    }
}
