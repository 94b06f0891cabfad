using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;

namespace Sojourn.AspNetCore.Tests;

/// <summary>Sign-ins with a second factor or an identity provider: what the session says of them, and when they began.</summary>
public sealed class TwoFactorTests
{
    [Theory, Requirement("ASVS-6.8.4"), Requirement("NIST-5.1-7")]
    [InlineData("/code?code=123456", "mfa")]
    [InlineData("/authenticator?code=123456", "mfa,otp")]
    [InlineData("/recovery?code=r-1", "mfa")]
    public async Task A_session_says_how_the_person_authenticated(string second, string methods)
    {
        await using var app = await StartAsync();
        using var browser = app.NewBrowser();

        Assert.Equal("RequiresTwoFactor", (await browser.PostAsync("/in?password=" + IdentityApp.Password)).Body);
        Assert.Null(browser.Session);
        Assert.Equal("nobody", (await browser.GetAsync("/who")).Body);
        Assert.Equal("Failed", (await browser.PostAsync(second.Replace("123456", "000000", StringComparison.Ordinal).Replace("r-1", "r-2", StringComparison.Ordinal))).Body);
        Assert.Equal("Succeeded", (await browser.PostAsync(second)).Body);
        Assert.Equal($"{methods} {methods}", (await browser.GetAsync("/methods")).Body);
        Assert.DoesNotContain(browser.Cookies.Keys, name => name.Contains("TwoFactor", StringComparison.Ordinal));
    }

    [Fact, Requirement("ASVS-7.4.5")]
    public async Task A_revocation_between_password_and_code_refuses_the_sign_in()
    {
        await using var app = await StartAsync();
        using var browser = app.NewBrowser();
        await browser.PostAsync("/in?password=" + IdentityApp.Password);
        app.Time.Advance(TimeSpan.FromSeconds(10));
        await app.Sessions.RevokeSubjectAsync("7", SessionEndReason.RevokedByAdministrator, cancellationToken: TestContext.Current.CancellationToken);
        app.Time.Advance(TimeSpan.FromSeconds(10));
        var reply = await browser.PostAsync("/authenticator?code=" + IdentityApp.Code);

        Assert.Equal((401, "revokedMeanwhile"), (reply.Status, reply.Reason));
        Assert.Null(browser.Session);
        Assert.Empty((await app.Sessions.ListAsync("7", ct: TestContext.Current.CancellationToken)).Sessions);

        using var again = app.NewBrowser();
        await again.PostAsync("/in?password=" + IdentityApp.Password);
        Assert.Equal("Succeeded", (await again.PostAsync("/authenticator?code=" + IdentityApp.Code)).Body);
    }

    [Fact, Requirement("ASVS-7.4.3")]
    public async Task A_change_of_credentials_between_password_and_code_refuses_the_sign_in()
    {
        await using var app = await StartAsync();
        using var thief = app.NewBrowser();
        using var owner = app.NewBrowser();
        await thief.PostAsync("/in?password=" + IdentityApp.Password);
        app.Time.Advance(TimeSpan.FromSeconds(10));
        await owner.PostAsync("/in?password=" + IdentityApp.Password);
        await owner.PostAsync("/code?code=" + IdentityApp.Code);
        Assert.Equal("Succeeded", (await owner.PostAsync($"/password?old={IdentityApp.Password}&next=battery staple")).Body);

        Assert.Equal("revokedMeanwhile", (await thief.PostAsync("/code?code=" + IdentityApp.Code)).Reason);
        Assert.Equal("7", (await owner.GetAsync("/who")).Body);
    }

    [Fact, Requirement("ASVS-7.4.3")]
    public async Task Looking_at_the_page_between_the_factors_does_not_outrun_a_revocation()
    {
        await using var app = await StartAsync(routes => routes.MapGet("/second", async (SignInManager<Member> signIn) => (await signIn.GetTwoFactorAuthenticationUserAsync())?.UserName));
        using var thief = app.NewBrowser();
        await thief.PostAsync("/in?password=" + IdentityApp.Password);
        app.Time.Advance(TimeSpan.FromMinutes(1));
        await app.Sessions.RevokeSubjectAsync("7", SessionEndReason.ReportedByOwner, cancellationToken: TestContext.Current.CancellationToken);
        app.Time.Advance(TimeSpan.FromMinutes(2)); // past the half of the ticket's five minutes, where such cookies are renewed
        Assert.Equal("ada", (await thief.GetAsync("/second")).Body);
        app.Time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal("revokedMeanwhile", (await thief.PostAsync("/code?code=" + IdentityApp.Code)).Reason);
    }

    [Fact]
    public async Task A_remembered_browser_needs_the_password_only()
    {
        await using var app = await StartAsync();
        using var browser = app.NewBrowser();
        await browser.PostAsync("/in?password=" + IdentityApp.Password);
        Assert.Equal("Succeeded", (await browser.PostAsync("/authenticator?remember=true&code=" + IdentityApp.Code)).Body);
        await browser.PostAsync("/out");

        Assert.Equal("Succeeded", (await browser.PostAsync("/in?password=" + IdentityApp.Password)).Body);
        Assert.Equal("pwd pwd", (await browser.GetAsync("/methods")).Body);
    }

    [Fact]
    public async Task Lockout_is_the_framework_s_as_ever_and_ends_no_session()
    {
        var (app, _) = await IdentityApp.StartAsync();
        await using var _1 = app;
        using var ada = await IdentityApp.SignInAsync(app);
        using var stranger = app.NewBrowser();
        var answers = new List<string>();
        for (var i = 0; i < 4; i++)
        {
            answers.Add((await stranger.PostAsync("/in?password=wrong")).Body);
        }

        Assert.Equal(["Failed", "Failed", "LockedOut", "LockedOut"], answers);
        Assert.Equal("LockedOut", (await stranger.PostAsync("/in?password=" + IdentityApp.Password)).Body);
        app.Time.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal("7", (await ada.GetAsync("/who")).Body);
    }

    [Fact]
    public async Task A_sign_in_through_an_identity_provider_began_when_that_provider_answered()
    {
        var (app, members) = await IdentityApp.StartAsync(endpoints: routes =>
        {
            // What the handler of a provider does when the browser comes back from there.
            routes.MapPost("/callback", (HttpContext context) => context.SignInAsync(
                IdentityConstants.ExternalScheme,
                new ClaimsPrincipal(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, "ada@idp")], "idp")),
                new AuthenticationProperties(new Dictionary<string, string?> { ["LoginProvider"] = "idp" })));
            routes.MapPost("/external", async (SignInManager<Member> signIn) =>
            {
                var login = (await signIn.GetExternalLoginInfoAsync())!;
                return (await signIn.ExternalLoginSignInAsync(login.LoginProvider, login.ProviderKey, isPersistent: true)).ToString();
            });
            routes.MapGet("/provider", (ClaimsPrincipal user, Session session) => string.Create(CultureInfo.InvariantCulture, $"{user.FindFirstValue(ClaimTypes.AuthenticationMethod)} {session.Methods.Length}"));
        });
        await using var _1 = app;
        members.Change("7", ada => ada.Logins.Add(new("idp", "ada@idp", "The provider")));
        using var browser = app.NewBrowser();
        await browser.PostAsync("/callback");
        app.Time.Advance(TimeSpan.FromMinutes(1));
        using var late = browser.Copy();
        Assert.Equal("Succeeded", (await browser.PostAsync("/external")).Body);
        Assert.Equal("idp 0", (await browser.GetAsync("/provider")).Body);

        await app.Sessions.RevokeSubjectAsync("7", SessionEndReason.ReportedByOwner, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal("revokedMeanwhile", (await late.PostAsync("/external")).Reason);
    }

    [Fact, Requirement("ASVS-6.8.4")]
    public async Task Methods_come_from_the_claims_of_any_sign_in_that_does_not_name_them()
    {
        await using var app = await TestApp.StartAsync(endpoints: routes =>
        {
            routes.MapPost("/oidc", (string type, bool named, HttpContext context) => context.SignInAsync(
                new ClaimsPrincipal(new ClaimsIdentity([new("sub", "ada"), new(type, "pwd"), new(type, "pwd"), new(type, "sms"), new(type, "no name"), new(type, new string('x', 65))], "oidc")),
                named ? new SessionSignIn { Methods = ["hwk"], Acr = "high" } : new AuthenticationProperties()));
            routes.MapGet("/facts", (Session session) => $"{string.Join(',', session.Methods.Select(method => $"{method.Name}@{(method.At - session.StartedAt)!.Value.Ticks}"))} {session.Acr}");
        });
        using var browser = app.NewBrowser();

        foreach (var type in new[] { "amr", "http://schemas.microsoft.com/claims/authnmethodsreferences" })
        {
            await browser.PostAsync("/oidc?named=false&type=" + type);
            Assert.Equal("pwd@0,sms@0 ", (await browser.GetAsync("/facts")).Body);
            await browser.PostAsync("/oidc?named=true&type=" + type);
            Assert.Equal("hwk@0 high", (await browser.GetAsync("/facts")).Body);
        }
    }

    private static async Task<TestApp> StartAsync(Action<WebApplication>? endpoints = null)
    {
        var (app, members) = await IdentityApp.StartAsync(endpoints: endpoints);
        members.Change("7", ada =>
        {
            ada.TwoFactorEnabled = true;
            ada.RecoveryCodes.Add("r-1");
        });
        return app;
    }
}
