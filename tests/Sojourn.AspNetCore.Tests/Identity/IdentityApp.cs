using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Sojourn.Storage;

namespace Sojourn.AspNetCore.Tests;

/// <summary>How an application registers Identity, and whether before or after Sojourn.</summary>
public enum IdentityOrder
{
    FullThenSojourn,
    SojournThenFull,
    CoreThenSojourn,
    SojournThenCore,
    CookiesThenSojourn,
    SojournThenCookies,
}

/// <summary>An application with ASP.NET Core Identity: one member, ada, whose password is "correct horse".</summary>
internal static class IdentityApp
{
    public const string Password = "correct horse";
    public const string Code = "123456";

    public static async Task<(TestApp App, MemberDatabase Members)> StartAsync(
        IdentityOrder order = IdentityOrder.FullThenSojourn,
        Action<IServiceCollection>? before = null,
        Action<IServiceCollection>? after = null,
        Action<SojournIdentityOptions>? identity = null,
        Action<WebApplication>? endpoints = null,
        Action<SojournWebOptions>? web = null,
        Action<WebApplication>? pipeline = null,
        ISessionStore? store = null)
    {
        var members = new MemberDatabase();
        var app = await TestApp.StartAsync(
            web: web,
            store: store,
            pipeline: pipeline,
            services: services =>
            {
                services.AddSingleton(members);
                before?.Invoke(services);
                if (order is IdentityOrder.SojournThenFull or IdentityOrder.SojournThenCore or IdentityOrder.SojournThenCookies)
                {
                    services.AddSojourn().AddIdentity<Member>(identity);
                }

                Framework(services, order);
                if (order is IdentityOrder.FullThenSojourn or IdentityOrder.CoreThenSojourn or IdentityOrder.CookiesThenSojourn)
                {
                    services.AddSojourn().AddIdentity<Member>(identity);
                }

                after?.Invoke(services);
            },
            endpoints: routes =>
            {
                Map(routes);
                endpoints?.Invoke(routes);
            });
        using var scope = app.Services.CreateScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<Member>>();
        Assert.True((await users.CreateAsync(new Member { Id = "7", UserName = "ada" }, Password)).Succeeded);
        return (app, members);
    }

    /// <summary>A browser on which ada has signed in with her password, and whose session is confirmed.</summary>
    public static async Task<Browser> SignInAsync(TestApp app)
    {
        var browser = app.NewBrowser();
        Assert.Equal("Succeeded", (await browser.PostAsync("/in?password=" + Password)).Body);
        Assert.Equal("7", (await browser.GetAsync("/who")).Body);
        return browser;
    }

    private static void Framework(IServiceCollection services, IdentityOrder order)
    {
        if (order is IdentityOrder.FullThenSojourn or IdentityOrder.SojournThenFull)
        {
            services.AddIdentity<Member, MemberRole>(Settings).AddUserStore<MemberStore>().AddRoleStore<MemberRoleStore>().AddCodes();
        }
        else
        {
            services.AddIdentityCore<Member>(Settings).AddSignInManager().AddUserStore<MemberStore>().AddCodes();
        }

        if (order is IdentityOrder.CookiesThenSojourn or IdentityOrder.SojournThenCookies)
        {
            services.AddAuthentication(IdentityConstants.ApplicationScheme).AddIdentityCookies();
        }

        if (order is not (IdentityOrder.CoreThenSojourn or IdentityOrder.SojournThenCore))
        {
            services.AddSingleton<IDataProtectionProvider, EphemeralDataProtectionProvider>(); // no key ring on this machine
        }
    }

    private static void AddCodes(this IdentityBuilder builder)
    {
        builder.AddTokenProvider<FixedCode>(TokenOptions.DefaultAuthenticatorProvider);
        builder.AddTokenProvider<FixedCode>(TokenOptions.DefaultPhoneProvider);
    }

    private static void Settings(IdentityOptions options)
    {
        options.Password = new PasswordOptions { RequireDigit = false, RequireNonAlphanumeric = false, RequireUppercase = false };
        options.Lockout.MaxFailedAccessAttempts = 3;
    }

    private static void Map(IEndpointRouteBuilder app)
    {
        app.MapPost("/in", async (string password, bool? remember, SignInManager<Member> signIn)
            => (await signIn.PasswordSignInAsync("ada", password, remember == true, lockoutOnFailure: true)).ToString());
        app.MapPost("/code", async (string code, SignInManager<Member> signIn)
            => (await signIn.TwoFactorSignInAsync(TokenOptions.DefaultPhoneProvider, code, isPersistent: false, rememberClient: false)).ToString());
        app.MapPost("/authenticator", async (string code, bool? remember, SignInManager<Member> signIn)
            => (await signIn.TwoFactorAuthenticatorSignInAsync(code, isPersistent: false, rememberClient: remember == true)).ToString());
        app.MapPost("/recovery", async (string code, SignInManager<Member> signIn) => (await signIn.TwoFactorRecoveryCodeSignInAsync(code)).ToString());
        app.MapPost("/out", (SignInManager<Member> signIn) => signIn.SignOutAsync());
        app.MapPost("/refresh", async (SignInManager<Member> signIn, ClaimsPrincipal user) => await signIn.RefreshSignInAsync((await signIn.UserManager.GetUserAsync(user))!));
        app.MapPost("/password", async (string old, string next, bool? refresh, SignInManager<Member> signIn, ClaimsPrincipal user) =>
        {
            var member = (await signIn.UserManager.GetUserAsync(user))!;
            var result = await signIn.UserManager.ChangePasswordAsync(member, old, next);
            if (refresh != false)
            {
                await signIn.RefreshSignInAsync(member);
            }

            return result.ToString();
        });
        app.MapPost("/new-stamp", async (UserManager<Member> users) => (await users.UpdateSecurityStampAsync((await users.FindByIdAsync("7"))!)).ToString());
        app.MapPost("/touch-user", async (UserManager<Member> users) => (await users.UpdateAsync((await users.FindByIdAsync("7"))!)).ToString());
        app.MapPost("/delete-user", async (UserManager<Member> users) => (await users.DeleteAsync((await users.FindByIdAsync("7"))!)).ToString());
        app.MapGet("/identity", async (HttpContext context, Session session, ClaimsPrincipal user, SignInManager<Member> signIn) =>
            $"{signIn.IsSignedIn(user)} {(await signIn.UserManager.GetUserAsync(user))?.UserName} {user.Identity?.AuthenticationType} {(await context.AuthenticateAsync(IdentityConstants.ApplicationScheme)).Succeeded}");
        app.MapGet("/methods", (Session session, ClaimsPrincipal user)
            => string.Join(',', session.Methods.Select(method => method.Name)) + " " + string.Join(',', user.FindAll("amr").Select(claim => claim.Value)));
        app.MapGet("/stamp", (ClaimsPrincipal user) => user.FindFirstValue("AspNet.Identity.SecurityStamp"));
    }

    /// <summary>A second factor that needs no clock.</summary>
    private sealed class FixedCode : IUserTwoFactorTokenProvider<Member>
    {
        public Task<bool> CanGenerateTwoFactorTokenAsync(UserManager<Member> manager, Member user) => Task.FromResult(true);

        public Task<string> GenerateAsync(string purpose, UserManager<Member> manager, Member user) => Task.FromResult(Code);

        public Task<bool> ValidateAsync(string purpose, string token, UserManager<Member> manager, Member user) => Task.FromResult(token == Code);
    }
}
