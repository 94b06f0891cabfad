using System.Globalization;
using System.Security.Claims;
using System.Text;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Sojourn.AspNetCore.Tests;

/// <summary>The principal comes back exactly as it signed in, and each request has its own.</summary>
public sealed class ClaimsTests
{
    [Fact]
    public async Task A_principal_comes_back_exactly_as_it_signed_in()
    {
        var original = Elaborate();
        await using var app = await TestApp.StartAsync(endpoints: routes =>
        {
            routes.MapPost("/sign-in-elaborate", (HttpContext context) => context.SignInAsync(Elaborate()));
            routes.MapGet("/describe", (ClaimsPrincipal user) => Describe(user));
            routes.MapGet("/describe-clone", (ClaimsPrincipal user) => Describe(new ClaimsPrincipal(user.Identities.Select(identity => identity.Clone()))));
            routes.MapGet("/describe-copy", (ClaimsPrincipal user) =>
            {
                using var bytes = new MemoryStream();
                user.WriteTo(new BinaryWriter(bytes));
                bytes.Position = 0;
                return string.Join(',', new ClaimsPrincipal(new BinaryReader(bytes)).Claims.Select(claim => claim.Value));
            });
            routes.MapGet("/names", (ClaimsPrincipal user) => $"{user.Identity!.Name} {user.Identity.AuthenticationType} {user.IsInRole("editor")} {user.IsInRole("admin")}");
        });
        using var browser = app.NewBrowser();
        Assert.Equal(200, (await browser.PostAsync("/sign-in-elaborate")).Status);

        Assert.Equal(Describe(original), (await browser.GetAsync("/describe")).Body);
        Assert.Equal(Describe(original), (await browser.GetAsync("/describe-clone")).Body);
        Assert.Equal(string.Join(',', original.Claims.Select(claim => claim.Value)), (await browser.GetAsync("/describe-copy")).Body);
        Assert.Equal("Ada L. our-login True False", (await browser.GetAsync("/names")).Body);
    }

    [Fact, Requirement("ASVS-15.4.1")]
    public async Task What_an_application_does_to_its_principal_stays_in_the_request()
    {
        await using var app = await TestApp.StartAsync(endpoints: routes =>
        {
            routes.MapPost("/sign-in-elaborate", (HttpContext context) => context.SignInAsync(Elaborate()));
            routes.MapGet("/describe", (ClaimsPrincipal user) => Describe(user));
            routes.MapGet("/change", (ClaimsPrincipal user) =>
            {
                var identity = (ClaimsIdentity)user.Identity!;
                identity.AddClaim(new Claim("role", "admin"));
                identity.AddClaims([new Claim("x", "1"), new Claim("y", "2")]);
                identity.RemoveClaim(identity.FindFirst("email"));
                Assert.True(identity.TryRemoveClaim(identity.FindFirst("name")));
                identity.FindFirst("sub")!.Properties["note"] = "changed";
                identity.Label = "changed";
                identity.Actor!.AddClaim(new Claim("actor", "changed"));
                user.AddIdentity(new ClaimsIdentity([new Claim("z", "3")], "more"));
                return user.IsInRole("admin");
            });
        });
        using var browser = app.NewBrowser();
        await browser.PostAsync("/sign-in-elaborate");

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal("true", (await browser.GetAsync("/change")).Body);
            Assert.Equal(Describe(Elaborate()), (await browser.GetAsync("/describe")).Body);
        }
    }

    [Fact]
    public async Task A_claims_transformation_starts_from_the_stored_claims_each_time()
    {
        await using var app = await TestApp.StartAsync(
            services: services => services.AddSingleton<IClaimsTransformation, Adding>(),
            endpoints: routes => routes.MapGet("/added", (ClaimsPrincipal user) => user.FindAll("added").Count()).RequireAuthorization());
        using var browser = await app.SignInAsync("ada");
        var first = (await browser.GetAsync("/added")).Body;

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(first, (await browser.GetAsync("/added")).Body);
        }

        Assert.NotEqual("0", first);
    }

    [Fact, Requirement("ASVS-15.4.1")]
    public async Task Parallel_requests_hold_different_principals()
    {
        var seen = new System.Collections.Concurrent.ConcurrentBag<object>();
        await using var app = await TestApp.StartAsync(endpoints: routes => routes.MapGet("/keep", (ClaimsPrincipal user) =>
        {
            seen.Add(user);
            seen.Add(user.Identity!);
            seen.Add(user.FindFirst("sub")!);
        }));
        using var browser = await app.SignInAsync("ada");
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => browser.GetAsync("/keep")));

        Assert.Equal(30, seen.Distinct(ReferenceEqualityComparer.Instance).Count());
    }

    [Fact]
    public async Task The_framework_claim_change_keeps_the_session_and_changes_the_token()
    {
        await using var app = await TestApp.StartAsync(endpoints: routes =>
        {
            routes.MapPost("/rename/{name}", async (string name, HttpContext context) =>
            {
                var ticket = await context.AuthenticateAsync();
                await context.SignInAsync(
                    new ClaimsPrincipal(new ClaimsIdentity([new Claim("sub", ticket.Principal!.FindFirstValue("sub")!), new Claim("name", name)], "test", "name", "role")), ticket.Properties);
            });
            routes.MapGet("/facts", (Session session, ClaimsPrincipal user) => $"{session.Id} {session.AuthenticatedAt:O} {session.Methods.Single().Name} {user.Identity!.Name}");
        });
        using var browser = await app.SignInAsync("ada");
        using var old = browser.Copy();
        var before = (await browser.GetAsync("/facts")).Body;
        app.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.NotNull((await browser.PostAsync("/rename/countess")).SessionCookie);

        Assert.Equal(before.Replace(" ada", " countess", StringComparison.Ordinal), (await browser.GetAsync("/facts")).Body);
        Assert.Equal("superseded", (await old.GetAsync("/private")).Reason);
    }

    [Fact, Requirement("ASVS-8.3.2"), Requirement("ASVS-7.2.4")]
    public async Task Claims_changed_elsewhere_apply_to_the_next_request_and_bring_a_new_token()
    {
        await using var app = await TestApp.StartAsync(endpoints: routes => routes.MapGet("/editors", () => "welcome").RequireAuthorization(policy => policy.RequireRole("editor")));
        using var browser = await app.SignInAsync("ada");
        Assert.Equal(403, (await browser.GetAsync("/editors")).Status);
        var before = browser.Session;
        await app.Sessions.ReplaceClaimsAsync(
            browser.SessionId, new ClaimsPrincipal(new ClaimsIdentity([new Claim("sub", "ada"), new Claim("role", "editor")], "test", "name", "role")), cancellationToken: TestContext.Current.CancellationToken);
        var reply = await browser.GetAsync("/editors");

        Assert.Equal((200, "welcome"), (reply.Status, reply.Body));
        Assert.NotEqual(before, browser.Session);
    }

    [Theory]
    [InlineData("many", "16384")]
    [InlineData("nobody", "ConfigureWeb(web => web.SubjectClaim")]
    [InlineData("unauthenticated", "IsAuthenticated")]
    [InlineData("two", "several different")]
    [InlineData("policy", "Policies[\"unknown\"]")]
    [InlineData("surrogate", "Unicode")]
    public async Task A_sign_in_that_cannot_be_kept_says_why_and_starts_nothing(string kind, string cure)
    {
        await using var app = await TestApp.StartAsync(
            pipeline: pipeline =>
            {
                pipeline.UseExceptionHandler(branch => branch.Run(context => context.Response.WriteAsync(context.Features.Get<IExceptionHandlerFeature>()!.Error.Message)));
                pipeline.UseSojourn();
            },
            endpoints: routes => routes.MapPost("/sign-in-as", (string kind, HttpContext context) => context.SignInAsync(
                new ClaimsPrincipal(new ClaimsIdentity(
                    kind switch
                    {
                        "many" => [new("sub", "ada"), .. Enumerable.Range(0, 1000).Select(i => new Claim("group", "a rather long name of a group " + i))],
                        "nobody" => [new("name", "ada")],
                        "two" => [new("sub", "ada"), new("sub", "bob")],
                        "surrogate" => [new("sub", "ada"), new("name", "\ud800")],
                        _ => [new Claim("sub", "ada")],
                    },
                    kind == "unauthenticated" ? null : "test")),
                new SessionSignIn { Policy = kind == "policy" ? "unknown" : null })));
        using var browser = app.NewBrowser();
        var reply = await browser.PostAsync("/sign-in-as?kind=" + kind);

        Assert.Equal(500, reply.Status);
        Assert.Contains(cure, reply.Body, StringComparison.Ordinal);
        Assert.Empty(reply.SetCookies);
        Assert.Empty((await app.Sessions.ListAsync("ada", ct: TestContext.Current.CancellationToken)).Sessions);
    }

    [Fact, Requirement("ASVS-6.8.1")]
    public async Task The_same_name_from_another_issuer_is_somebody_else()
    {
        await using var app = await TestApp.StartAsync(endpoints: routes => routes.MapPost("/sign-in-from", (string issuer, HttpContext context) => context.SignInAsync(
            new ClaimsPrincipal(new ClaimsIdentity([new Claim("sub", "ada", ClaimValueTypes.String, issuer)], "oidc")))));
        using var local = await app.SignInAsync("ada");
        using var first = app.NewBrowser();
        using var second = app.NewBrowser();
        await first.PostAsync("/sign-in-from?issuer=https://one.example");
        await second.PostAsync("/sign-in-from?issuer=https://two.example");

        Assert.Equal("https://one.example|ada", (await first.GetAsync("/who")).Body);
        Assert.Equal("https://two.example|ada", (await second.GetAsync("/who")).Body);
        await app.Sessions.RevokeSubjectAsync("https://one.example|ada", SessionEndReason.SubjectDisabled, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal("nobody", (await first.GetAsync("/who")).Body);
        Assert.Equal("ada", (await local.GetAsync("/who")).Body);
        Assert.Equal("https://two.example|ada", (await second.GetAsync("/who")).Body);
    }

    [Theory]
    [InlineData(ClaimTypes.NameIdentifier, null)]
    [InlineData("employee", "employee")]
    public async Task The_subject_comes_from_the_claim_that_the_application_names(string type, string? setting)
    {
        await using var app = await TestApp.StartAsync(web: web => web.SubjectClaim = setting, endpoints: routes => routes.MapPost("/sign-in-by", (string type, HttpContext context)
            => context.SignInAsync(new ClaimsPrincipal(new ClaimsIdentity([new Claim(type, "e-17"), new Claim("name", "ada")], "test")))));
        using var browser = app.NewBrowser();
        await browser.PostAsync("/sign-in-by?type=" + Uri.EscapeDataString(type));

        Assert.Equal("e-17", (await browser.GetAsync("/who")).Body);
    }

    [Fact]
    public async Task What_a_sign_in_says_of_the_session_is_in_it()
    {
        await using var app = await TestApp.StartAsync(
            options: options => options.Policies["staff"] = new() { SignedIn = new(TimeSpan.FromMinutes(10), TimeSpan.FromHours(2), TimeSpan.FromMinutes(15)) },
            endpoints: routes =>
            {
                routes.MapPost("/sign-in-staff", (HttpContext context) => context.SignInAsync(TestApp.User("ada"), new SessionSignIn { Policy = "staff", Methods = ["pwd", "otp"], Acr = "high" }));
                routes.MapGet("/facts", (Session session) => string.Create(
                    CultureInfo.InvariantCulture,
                    $"{session.State} {session.Policy} {session.Acr} {string.Join(',', session.Methods.Select(method => method.Name))} {session.IdleExpiresAt - session.LastSeenAt} {session.AbsoluteExpiresAt - session.StartedAt}"));
            });
        using var browser = app.NewBrowser();
        await browser.PostAsync("/sign-in-staff");

        Assert.Equal("SignedIn staff high pwd,otp 00:10:00 02:00:00", (await browser.GetAsync("/facts")).Body);
    }

    private static ClaimsPrincipal Elaborate()
    {
        var main = new ClaimsIdentity(
            [
                new("sub", "ada"), new("name", "Ada L."), new("email", "ada@example.org", ClaimValueTypes.Email), new("role", "editor"), new("role", "reader"),
                new("born", "1815-12-10", ClaimValueTypes.Date, "registry", "church"), new("empty", ""), new("emoji", "\U0001F9EE é"),
                new("age", "36", ClaimValueTypes.Integer32),
            ],
            "our-login", "name", "role")
        {
            Label = "main",
            Actor = new ClaimsIdentity([new Claim("sub", "charles")], "delegation") { Actor = new ClaimsIdentity([new Claim("sub", "machine")]) },
        };
        main.FindFirst("email")!.Properties["verified"] = "yes";
        return new ClaimsPrincipal([main, new ClaimsIdentity([new Claim("card", "7", ClaimValueTypes.Integer, "library")], "card", "holder", "level"), new ClaimsIdentity()]);
    }

    private static string Describe(ClaimsPrincipal principal)
    {
        var text = new StringBuilder();
        foreach (var identity in principal.Identities)
        {
            Describe(text, identity);
        }

        return text.ToString();
    }

    private static void Describe(StringBuilder text, ClaimsIdentity identity)
    {
        text.AppendLine(CultureInfo.InvariantCulture, $"{identity.AuthenticationType}|{identity.IsAuthenticated}|{identity.NameClaimType}|{identity.RoleClaimType}|{identity.Label}|{identity.Name}");
        foreach (var claim in identity.Claims)
        {
            Assert.Same(identity, claim.Subject);
            text.AppendLine(CultureInfo.InvariantCulture, $"  {claim.Type}|{claim.Value}|{claim.ValueType}|{claim.Issuer}|{claim.OriginalIssuer}|{string.Join(',', claim.Properties)}");
        }

        if (identity.Actor is { } actor)
        {
            text.AppendLine("actor:");
            Describe(text, actor);
        }
    }

    private sealed class Adding : IClaimsTransformation
    {
        public Task<ClaimsPrincipal> TransformAsync(ClaimsPrincipal principal)
        {
            ((ClaimsIdentity)principal.Identity!).AddClaim(new Claim("added", "again"));
            return Task.FromResult(principal);
        }
    }
}
