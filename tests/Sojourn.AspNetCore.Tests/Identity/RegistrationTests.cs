using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Sojourn.AspNetCore.Tests;

/// <summary>Sojourn serves Identity's application scheme whatever is registered first, and takes over what was said to it.</summary>
public sealed class RegistrationTests
{
    [Theory]
    [InlineData(IdentityOrder.FullThenSojourn)]
    [InlineData(IdentityOrder.SojournThenFull)]
    [InlineData(IdentityOrder.CoreThenSojourn)]
    [InlineData(IdentityOrder.SojournThenCore)]
    [InlineData(IdentityOrder.CookiesThenSojourn)]
    [InlineData(IdentityOrder.SojournThenCookies)]
    public async Task Sign_in_refresh_and_sign_out_work_in_every_order(IdentityOrder order)
    {
        var (app, _) = await IdentityApp.StartAsync(order);
        await using var _1 = app;
        using var browser = app.NewBrowser();

        Assert.Equal("Failed", (await browser.PostAsync("/in?password=wrong")).Body);
        var signIn = await browser.PostAsync("/in?password=" + IdentityApp.Password);
        Assert.Equal("Succeeded", signIn.Body);
        Assert.DoesNotContain(signIn.SetCookies, line => line.StartsWith(".AspNetCore", StringComparison.Ordinal)); // no cookie but ours
        Assert.Equal("True ada Identity.Application True", (await browser.GetAsync("/identity")).Body);
        Assert.Equal("ada", (await browser.GetAsync("/private")).Body);
        Assert.Equal("pwd pwd", (await browser.GetAsync("/methods")).Body);

        using var old = browser.Copy();
        var session = browser.SessionId;
        Assert.Equal(200, (await browser.PostAsync("/refresh")).Status);
        Assert.Equal(session, browser.SessionId);
        Assert.Equal("superseded", (await old.GetAsync("/private")).Reason);
        Assert.Equal("True ada Identity.Application True", (await browser.GetAsync("/identity")).Body);

        using var copy = browser.Copy();
        await browser.PostAsync("/out");
        Assert.Null(browser.Session);
        Assert.Equal("signedOut", (await copy.GetAsync("/private")).Reason);
        Assert.IsType<SojournUserManager<Member>>(app.Services.CreateScope().ServiceProvider.GetRequiredService<UserManager<Member>>());
    }

    [Theory]
    [InlineData(IdentityOrder.FullThenSojourn)]
    [InlineData(IdentityOrder.SojournThenCore)]
    public async Task A_sign_out_that_names_no_scheme_ends_the_session(IdentityOrder order)
    {
        var (app, _) = await IdentityApp.StartAsync(order, endpoints: routes => routes.MapPost("/leave", () => Microsoft.AspNetCore.Http.TypedResults.SignOut()));
        await using var _1 = app;
        using var browser = await IdentityApp.SignInAsync(app);
        using var copy = browser.Copy();
        await browser.PostAsync("/leave");

        Assert.Null(browser.Session);
        Assert.Equal("signedOut", (await copy.GetAsync("/private")).Reason);
    }

    [Fact]
    public async Task Without_the_framework_s_cookies_there_is_no_cookie_handler_and_no_key_ring()
    {
        var (app, _) = await IdentityApp.StartAsync(IdentityOrder.SojournThenCore);
        await using var _1 = app;

        Assert.Null(app.Services.GetService<IDataProtectionProvider>());
        var schemes = await app.Services.GetRequiredService<IAuthenticationSchemeProvider>().GetAllSchemesAsync();
        Assert.Equal(["Identity.Application", "Sojourn"], schemes.Select(scheme => scheme.Name).Order());
        Assert.All(schemes, scheme => Assert.Equal(typeof(SojournHandler), scheme.HandlerType));
    }

    [Theory]
    [InlineData(IdentityOrder.FullThenSojourn, null, null, "/Account/Login?ReturnUrl=%2Fpage")]
    [InlineData(IdentityOrder.SojournThenCookies, null, null, "/Account/Login?ReturnUrl=%2Fpage")]
    [InlineData(IdentityOrder.SojournThenFull, "/hello", null, "/hello?back=%2Fpage")]
    [InlineData(IdentityOrder.FullThenSojourn, "/hello", "/mine", "/mine?back=%2Fpage")]
    [InlineData(IdentityOrder.CoreThenSojourn, "/hello", null, "/hello?back=%2Fpage")]
    [InlineData(IdentityOrder.FullThenSojourn, "/hello", "", null)]
    [InlineData(IdentityOrder.CoreThenSojourn, null, null, null)]
    public async Task Pages_are_sent_where_the_application_s_cookie_says_unless_sojourn_is_told(IdentityOrder order, string? cookiePath, string? webPath, string? location)
    {
        var (app, _) = await IdentityApp.StartAsync(
            order,
            after: services =>
            {
                services.AddAuthentication().AddCookie("another"); // its defaults are not the application scheme's
                services.AddSingleton<IDataProtectionProvider, EphemeralDataProtectionProvider>();
                if (cookiePath is not null)
                {
                    services.ConfigureApplicationCookie(cookie => (cookie.LoginPath, cookie.AccessDeniedPath, cookie.ReturnUrlParameter) = (cookiePath, "/denied", "back"));
                }
            },
            web: web => web.SignInPath = webPath is null ? web.SignInPath : new(webPath),
            endpoints: routes => routes.MapGet("/never", () => "").RequireAuthorization(policy => policy.RequireRole("nobody")));
        await using var _1 = app;
        using var browser = app.NewBrowser();
        var reply = await browser.NavigateAsync("/page");

        Assert.Equal(location, reply.Headers.Location?.ToString());
        Assert.Equal(location is null ? 401 : 303, reply.Status);
        using var ada = await IdentityApp.SignInAsync(app);
        Assert.Equal(cookiePath is null ? location is null ? null : "/Account/AccessDenied" : "/denied", (await ada.NavigateAsync("/never")).Headers.Location?.ToString());
    }

    [Fact]
    public async Task Without_identity_s_services_the_start_fails_and_names_the_cure()
    {
        var none = await Assert.ThrowsAsync<OptionsValidationException>(() => TestApp.StartAsync(services: services => services.AddSojourn().AddIdentity<Member>()));
        var half = await Assert.ThrowsAsync<OptionsValidationException>(() => TestApp.StartAsync(services: services =>
        {
            services.AddIdentityCore<Member>().AddUserStore<MemberStore>();
            services.AddSojourn().AddIdentity<Member>();
        }));

        Assert.All([none, half], fault => Assert.Contains("services.AddIdentityCore<Member>().AddSignInManager()", fault.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(86_401)]
    public async Task An_interval_out_of_range_fails_the_start_and_names_the_setting(int seconds)
    {
        var fault = await Assert.ThrowsAsync<OptionsValidationException>(() => IdentityApp.StartAsync(identity: identity => identity.SecurityStampInterval = TimeSpan.FromSeconds(seconds)));

        Assert.Contains("Sojourn setting SecurityStampInterval must be 0 to 1 day", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_user_types_are_refused_and_twice_the_same_is_once()
    {
        var services = new ServiceCollection();
        services.AddSojourn().AddIdentity<Member>().AddIdentity<Member>();

        Assert.Single(services, each => each.ServiceType == typeof(SecurityStamps));
        Assert.Contains("AddIdentity<Member>()", Assert.Throws<InvalidOperationException>(() => services.AddSojourn().AddIdentity<string>()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(IdentityOrder.FullThenSojourn)]
    [InlineData(IdentityOrder.SojournThenFull)]
    public async Task An_application_s_own_user_manager_is_left_alone(IdentityOrder order)
    {
        void Own(IServiceCollection services) => services.AddScoped<UserManager<Member>, OwnUserManager>();
        var (app, _) = await IdentityApp.StartAsync(order, before: Own, after: order == IdentityOrder.SojournThenFull ? Own : null);
        await using var _1 = app;

        Assert.IsType<OwnUserManager>(app.Services.CreateScope().ServiceProvider.GetRequiredService<UserManager<Member>>());
        using var browser = await IdentityApp.SignInAsync(app);
        Assert.Equal("pwd pwd", (await browser.GetAsync("/methods")).Body);
    }

    internal sealed class OwnUserManager(
        IUserStore<Member> store, IOptions<IdentityOptions> options, IPasswordHasher<Member> hasher, IEnumerable<IUserValidator<Member>> users, IEnumerable<IPasswordValidator<Member>> passwords,
        ILookupNormalizer normalizer, IdentityErrorDescriber errors, IServiceProvider services, Microsoft.Extensions.Logging.ILogger<UserManager<Member>> logger)
        : UserManager<Member>(store, options, hasher, users, passwords, normalizer, errors, services, logger);
}
