using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Sojourn.Testing;

namespace Sojourn.AspNetCore.Tests;

/// <summary>Endpoints that want to know that it is still the same person.</summary>
public sealed class RequireStepUpTests
{
    private static readonly TimeSpan Within = TimeSpan.FromMinutes(5);

    [Theory, InlineData("/pay"), InlineData("/pay-by-attribute"), InlineData("/pay-by-policy"), Requirement("ASVS-7.5.3")]
    public async Task A_fresh_authentication_serves_until_it_runs_out_and_a_step_up_makes_it_fresh_again(string path)
    {
        await using var app = await StartAsync();
        using var browser = await app.SignInAsync("ada");
        Assert.Equal("paid", (await browser.PostAsync(path)).Body);
        app.Time.Advance(Within);
        Assert.Equal("paid", (await browser.PostAsync(path)).Body);
        app.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(403, (await browser.PostAsync(path)).Status);

        await browser.PostAsync("/step-up");
        Assert.Equal("paid", (await browser.PostAsync(path)).Body);
        app.Time.Advance(Within + TimeSpan.FromSeconds(1));
        Assert.Equal(403, (await browser.PostAsync(path)).Status);
    }

    [Fact]
    public async Task Data_is_told_what_is_needed_in_one_shape()
    {
        await using var app = await StartAsync();
        using var browser = await app.SignInAsync("ada");
        app.Time.Advance(TimeSpan.FromMinutes(50));
        var plain = JsonDocument.Parse((await browser.PostAsync("/pay")).Body).RootElement;
        var both = JsonDocument.Parse((await browser.PostAsync("/transfer")).Body).RootElement;

        Assert.Equal("urn:sojourn:step-up-required", plain.GetProperty("type").GetString());
        Assert.Equal("step-up-required", plain.GetProperty("reason").GetString());
        Assert.Equal((403, 300, "/confirm"), (plain.GetProperty("status").GetInt32(), plain.GetProperty("within").GetInt32(), plain.GetProperty("confirm").GetString()));
        Assert.False(plain.TryGetProperty("acr", out _) || plain.TryGetProperty("methods", out _));
        Assert.Equal(["pwd", "otp"], both.GetProperty("methods").EnumerateArray().Select(method => method.GetString()!));
    }

    [Fact]
    public async Task Each_method_has_a_time_of_its_own_and_the_same_twice_is_not_two()
    {
        await using var app = await StartAsync();
        using var browser = await app.SignInAsync("ada"); // pwd
        Assert.Equal(403, (await browser.PostAsync("/transfer")).Status);
        await browser.PostAsync("/step-up-with/pwd/pwd");
        Assert.Equal(403, (await browser.PostAsync("/transfer")).Status);
        await browser.PostAsync("/step-up-with/otp/otp");
        Assert.Equal("moved", (await browser.PostAsync("/transfer")).Body);

        app.Time.Advance(TimeSpan.FromMinutes(4));
        await browser.PostAsync("/step-up-with/otp/otp");
        app.Time.Advance(TimeSpan.FromMinutes(2)); // the password is six minutes old now, the code two
        Assert.Equal(403, (await browser.PostAsync("/transfer")).Status);
        Assert.Equal("paid", (await browser.PostAsync("/pay")).Body);
    }

    [Fact]
    public async Task A_context_class_has_to_be_reached()
    {
        await using var app = await StartAsync();
        using var browser = await app.SignInAsync("ada");
        var refused = JsonDocument.Parse((await browser.PostAsync("/sign")).Body).RootElement;
        Assert.Equal("gold", refused.GetProperty("acr").GetString());

        using var gold = app.NewBrowser();
        await gold.PostAsync("/sign-in-gold");
        Assert.Equal("signed", (await gold.PostAsync("/sign")).Body);
        app.Time.Advance(Within + TimeSpan.FromSeconds(1));
        await gold.PostAsync("/step-up"); // with a password, which is not gold
        Assert.Equal((403, "paid"), ((await gold.PostAsync("/sign")).Status, (await gold.PostAsync("/pay")).Body));
        await gold.PostAsync("/step-up-to-gold");
        Assert.Equal("signed", (await gold.PostAsync("/sign")).Body);
    }

    [Fact]
    public async Task The_page_for_it_is_told_what_is_asked_for()
    {
        await using var app = await StartAsync();
        using var browser = await app.SignInAsync("ada");
        var page = await browser.PostAsync("/transfer", ("Sec-Fetch-Mode", "navigate"));
        var data = JsonDocument.Parse((await browser.PostAsync("/sign")).Body).RootElement;

        Assert.Equal("/confirm?methods=pwd,otp&returnUrl=%2F", page.Header("Location"));
        Assert.Equal("/confirm?acr=gold", data.GetProperty("confirm").GetString());
    }

    [Fact]
    public async Task Where_there_is_no_request_nobody_is_fresh()
    {
        await using var app = await StartAsync();
        using var scope = app.Services.CreateScope();
        var authorization = scope.ServiceProvider.GetRequiredService<IAuthorizationService>();
        var policies = scope.ServiceProvider.GetRequiredService<IAuthorizationPolicyProvider>();

        // As a hub does for its methods, and a component: by the attribute's policy alone.
        var policy = await AuthorizationPolicy.CombineAsync(policies, [new RequireStepUpAttribute()]);
        Assert.False((await authorization.AuthorizeAsync(TestApp.User("ada"), new object(), policy!)).Succeeded);
        Assert.False((await authorization.AuthorizeAsync(TestApp.User("ada"), new object(), new StepUpRequirement(Within))).Succeeded);
    }

    [Fact]
    public async Task A_filter_of_MVC_authorizes_a_request_too()
    {
        await using var app = await StartAsync();
        using var browser = await app.SignInAsync("ada");
        Assert.Equal("True", (await browser.PostAsync("/pay-by-filter")).Body);
        app.Time.Advance(Within + TimeSpan.FromSeconds(1));
        Assert.Equal("False", (await browser.PostAsync("/pay-by-filter")).Body);
    }

    [Fact]
    public async Task A_user_without_a_subject_is_refused_and_not_a_fault()
    {
        await using var app = await StartAsync();
        using var browser = await app.SignInAsync("ada");
        await app.Services.GetRequiredService<SessionManager>().RefreshClaimsAsync("ada", (_, _) => new(new ClaimsPrincipal(new ClaimsIdentity([new("name", "ada")], "test"))), cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(403, (await browser.PostAsync("/pay")).Status);
    }

    [Fact]
    public async Task A_page_goes_to_the_page_for_it_and_comes_back()
    {
        await using var app = await StartAsync();
        using var browser = await app.SignInAsync("ada");
        app.Time.Advance(Within + TimeSpan.FromSeconds(1));
        var page = await browser.GetAsync("/account?tab=2", ("Sec-Fetch-Mode", "navigate"));

        Assert.Equal((303, "/confirm?returnUrl=%2Faccount%3Ftab%3D2", "no-store"), (page.Status, page.Header("Location"), page.Header("Cache-Control")));
    }

    [Theory]
    [InlineData("{own}/cart?x=1", "/cart?x=1")]
    [InlineData("https://evil.example/cart", "/")]
    [InlineData("{own}.evil.example/cart", "/")]
    [InlineData("{own}//evil.example", "/")]
    [InlineData("not an address", "/")]
    [InlineData("", "/")]
    public async Task A_form_s_way_back_is_the_page_that_it_was_on_if_that_is_ours(string referer, string expected)
    {
        await using var app = await StartAsync();
        using var browser = await app.SignInAsync("ada");
        app.Time.Advance(Within + TimeSpan.FromSeconds(1));
        var own = app.Address.GetLeftPart(UriPartial.Authority);
        var reply = await browser.PostAsync("/pay", ("Sec-Fetch-Mode", "navigate"), ("Referer", referer.Replace("{own}", own, StringComparison.Ordinal)));

        Assert.Equal((303, $"/confirm?returnUrl={Uri.EscapeDataString(expected)}"), (reply.Status, reply.Header("Location")));
    }

    [Fact]
    public async Task A_stranger_is_asked_to_sign_in_and_who_lacks_a_right_is_refused()
    {
        await using var app = await StartAsync();
        using var stranger = app.NewBrowser();
        using var ada = await app.SignInAsync("ada");
        app.Time.Advance(Within + TimeSpan.FromSeconds(1));
        var refused = await ada.PostAsync("/pay-as-editor");

        Assert.Equal(401, (await stranger.PostAsync("/pay")).Status);
        Assert.Equal(403, refused.Status);
        Assert.DoesNotContain("step-up", refused.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_by_another_scheme_does_not_profit_from_the_session_beside_it()
    {
        await using var app = await StartAsync();
        using var browser = await app.SignInAsync("ada");

        Assert.NotEqual("paid", (await browser.PostAsync("/pay-by-key")).Body); // the key is bob's
        Assert.Equal("paid", (await browser.PostAsync("/pay")).Body);
    }

    [Fact]
    public async Task Rule6_With_the_store_down_nothing_is_decided()
    {
        await using var app = await StartAsync();
        using var browser = await app.SignInAsync("ada");
        app.Store.InjectAll(StoreFault.FailBefore);

        Assert.Equal(503, (await browser.PostAsync("/pay")).Status);
    }

    [Fact]
    public async Task Without_UseAuthorization_the_endpoint_is_not_served()
    {
        await using var app = await TestApp.StartAsync(
            pipeline: pipeline => ((IApplicationBuilder)pipeline).UseSojourn().Properties["__AuthorizationMiddlewareSet"] = true,
            endpoints: routes => routes.MapPost("/pay", () => "paid").RequireStepUp(Within));
        using var browser = app.NewBrowser();

        Assert.Equal(500, (await browser.PostAsync("/pay")).Status);
    }

    [Fact]
    public void A_requirement_that_makes_no_sense_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new StepUpRequirement(TimeSpan.Zero));
        Assert.Throws<ArgumentOutOfRangeException>(() => new StepUpRequirement(TimeSpan.FromHours(25)));
        Assert.Throws<ArgumentException>(() => new StepUpRequirement(Within, null, "pwd", "pwd"));
        Assert.Throws<ArgumentException>(() => new StepUpRequirement(Within, null, " "));
    }

    private static Task<TestApp> StartAsync() => TestApp.StartAsync(
        web: web => web.StepUpPath = "/confirm",
        services: services =>
        {
            services.Configure<AuthenticationOptions>(options => options.AddScheme<KeyOfBob>("Key", displayName: null)).AddTransient<KeyOfBob>();
            services.AddAuthorizationBuilder().AddPolicy("fresh", policy => policy.RequireAuthenticatedUser().AddRequirements(new StepUpRequirement(Within)));
        },
        endpoints: routes =>
        {
            routes.MapPost("/pay", () => "paid").RequireStepUp(Within);
            routes.MapPost("/pay-by-attribute", [RequireStepUp] () => "paid");
            routes.MapPost("/pay-by-policy", () => "paid").RequireAuthorization("fresh");
            routes.MapPost("/pay-by-filter", async (HttpContext context, IAuthorizationService authorization, IAuthorizationPolicyProvider policies) =>
            {
                // What AuthorizeFilter does, as a global one also for endpoints that the middleware has authorized.
                var attribute = new RequireStepUpAttribute();
                var policy = AuthorizationPolicy.Combine((await AuthorizationPolicy.CombineAsync(policies, [attribute]))!, new AuthorizationPolicy(attribute.GetRequirements(), []));
                var resource = new AuthorizationFilterContext(new ActionContext(context, new RouteData(), new ActionDescriptor()), []);
                return (await authorization.AuthorizeAsync(context.User, resource, policy)).Succeeded.ToString();
            });
            routes.MapPost("/pay-as-editor", () => "paid").RequireStepUp(Within).RequireAuthorization(policy => policy.RequireRole("editor"));
            routes.MapPost("/pay-by-key", () => "paid").RequireStepUp(Within).RequireAuthorization(new AuthorizeAttribute { AuthenticationSchemes = "Key" });
            routes.MapPost("/transfer", () => "moved").RequireStepUp(Within, null, "pwd", "otp");
            routes.MapPost("/sign", () => "signed").RequireStepUp(Within, "gold");
            routes.MapGet("/account", () => "account").RequireStepUp(Within);
            routes.MapPost("/step-up-with/{one}/{two}", (string one, string two, Session session) => session.StepUpAsync(one, two).AsTask());
            routes.MapPost("/step-up-to-gold", (Session session) => session.StepUpAsync(["hwk"], "gold").AsTask());
            routes.MapPost("/sign-in-gold", (HttpContext context) => context.SignInAsync(TestApp.User("ada"), new SessionSignIn { Methods = ["pwd"], Acr = "gold" }));
        });

    private sealed class KeyOfBob : IAuthenticationHandler
    {
        public Task InitializeAsync(AuthenticationScheme scheme, HttpContext context) => Task.CompletedTask;

        public Task<AuthenticateResult> AuthenticateAsync() => Task.FromResult(AuthenticateResult.Success(new(TestApp.User("bob"), "Key")));

        public Task ChallengeAsync(AuthenticationProperties? properties) => Task.CompletedTask;

        public Task ForbidAsync(AuthenticationProperties? properties) => Task.CompletedTask;
    }
}
