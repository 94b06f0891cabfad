using System.Buffers.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Sojourn.AspNetCore.Tests;

/// <summary>After a passkey the framework signs in with "pwd"; the session says what was really proven.</summary>
public sealed class PasskeyTests
{
    private const byte Present = 0x01;
    private const byte Verified = 0x04;

    [Fact]
    public async Task Left_to_itself_the_framework_calls_a_passkey_a_password()
    {
        // If this fails one day, the framework tells the truth, and the observer can go.
        var (app, _) = await IdentityApp.StartAsync(
            IdentityOrder.SojournThenFull, after: services =>
            {
                services.AddScoped<UserManager<Member>, RegistrationTests.OwnUserManager>();
                services.AddScoped<IPasskeyHandler<Member>, OwnHandler>();
            }, endpoints: Map);
        await using var _1 = app;

        Assert.Equal("pwd pwd", await SignInAsync(app, Answer(Present | Verified)));
        Assert.Single(app.Log.All, line => line.StartsWith("Warning: Sign-ins with a passkey are recorded as \"pwd\"", StringComparison.Ordinal));
    }

    [Theory, Requirement("ASVS-6.8.4"), Requirement("NIST-5.1-7")]
    [InlineData(false, false, Present | Verified, "mfa,hwk,user")]
    [InlineData(false, false, Present, "hwk,user")]
    [InlineData(true, true, Present | Verified, "mfa,swk,user")]
    [InlineData(true, false, Present, "swk,user")]
    public async Task The_methods_say_what_the_passkey_proved(bool backupEligible, bool backedUp, int flags, string methods)
    {
        var (app, _) = await IdentityApp.StartAsync(before: services => services.AddScoped<IPasskeyHandler<Member>, OwnHandler>(), endpoints: Map);
        await using var _1 = app;

        Assert.Equal($"{methods} {methods}", await SignInAsync(app, Answer(flags, backupEligible, backedUp)));
    }

    [Theory]
    [InlineData(IdentityOrder.FullThenSojourn, false)]
    [InlineData(IdentityOrder.FullThenSojourn, true)]
    [InlineData(IdentityOrder.SojournThenFull, false)]
    [InlineData(IdentityOrder.SojournThenFull, true)]
    [InlineData(IdentityOrder.CookiesThenSojourn, true)]
    [InlineData(IdentityOrder.SojournThenCookies, true)] // not before: AddSignInManager() replaces an earlier one
    public async Task The_application_s_own_handler_is_seen_whenever_it_was_registered(IdentityOrder order, bool after)
    {
        void Own(IServiceCollection services) => services.AddScoped<IPasskeyHandler<Member>, OwnHandler>();
        var (app, _) = await IdentityApp.StartAsync(order, before: after ? null : Own, after: after ? Own : null, endpoints: Map);
        await using var _1 = app;

        Assert.Equal("mfa,hwk,user mfa,hwk,user", await SignInAsync(app, Answer(Present | Verified)));
        Assert.DoesNotContain(app.Log.All, line => line.Contains("recorded as \"pwd\"", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("instance")]
    [InlineData("factory")]
    public async Task A_handler_given_as_an_object_or_by_a_function_is_seen_too_with_a_user_manager_of_the_application(string kind)
    {
        var handler = new OwnHandler(null!);
        var (app, _) = await IdentityApp.StartAsync(
            before: services =>
            {
                services.AddScoped<UserManager<Member>, RegistrationTests.OwnUserManager>();
                services.Add(kind == "instance"
                    ? ServiceDescriptor.Singleton<IPasskeyHandler<Member>>(handler)
                    : ServiceDescriptor.Scoped<IPasskeyHandler<Member>>(provider => new OwnHandler(provider.GetRequiredService<UserManager<Member>>())));
            },
            endpoints: Map);
        await using var _1 = app;

        Assert.Equal("mfa,hwk,user mfa,hwk,user", await SignInAsync(app, Answer(Present | Verified)));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("no json")]
    [InlineData("""{"response":{"authenticatorData":7}}""")]
    [InlineData("""{"response":{"authenticatorData":"%%%"}}""")]
    [InlineData("""{"response":{"authenticatorData":"AAAA"}}""")]
    [InlineData("""{"response":[],"Response":{}}""")]
    public void An_answer_that_does_not_say_so_plainly_proves_neither_presence_nor_verification(string json)
        => Assert.Equal(["hwk"], PasskeyMethods.Of(json, Passkey(false, false)));

    [Fact]
    public void A_second_spelling_of_a_signed_field_cannot_add_a_claim()
    {
        var forged = Data(Present | Verified);
        var signed = Data(Present);

        Assert.Equal(["hwk"], PasskeyMethods.Of($$$"""{"response":{"authenticatorData":"{{{forged}}}","AuthenticatorData":"{{{signed}}}"}}""", Passkey(false, false)));
        Assert.Equal(["hwk"], PasskeyMethods.Of($$$"""{"response":{"authenticatorData":"{{{forged}}}"},"RESPONSE":{"authenticatorData":"{{{signed}}}"}}""", Passkey(false, false)));
        Assert.Equal(["hwk", "user"], PasskeyMethods.Of($$$"""{"response":{"AuthenticatorData":"{{{signed}}}"}}""", Passkey(false, false)));
    }

    [Fact]
    public async Task A_passkey_that_failed_changes_nothing_about_the_password_that_follows()
    {
        var (app, _) = await IdentityApp.StartAsync(before: services => services.AddScoped<IPasskeyHandler<Member>, OwnHandler>(), endpoints: Map);
        await using var _1 = app;
        using var browser = app.NewBrowser();
        await browser.PostAsync("/passkey-options");

        Assert.Equal("Failed", (await browser.SendAsync(HttpMethod.Post, "/passkey", [], new StringContent("wrong"))).Body);
        Assert.Equal("Succeeded", (await browser.PostAsync("/in?password=" + IdentityApp.Password)).Body);
        Assert.Equal("pwd pwd", (await browser.GetAsync("/methods")).Body);
    }

    private static void Map(WebApplication app)
    {
        app.MapPost("/passkey-options", async (SignInManager<Member> signIn) => await signIn.MakePasskeyRequestOptionsAsync(null));
        app.MapPost("/passkey", async (HttpRequest request, SignInManager<Member> signIn) =>
        {
            using var reader = new StreamReader(request.Body);
            return (await signIn.PasskeySignInAsync(await reader.ReadToEndAsync())).ToString();
        });
    }

    private static async Task<string> SignInAsync(TestApp app, string answer)
    {
        using var browser = app.NewBrowser();
        await browser.PostAsync("/passkey-options");
        Assert.Equal("Succeeded", (await browser.SendAsync(HttpMethod.Post, "/passkey", [], new StringContent(answer))).Body);
        var session = browser.SessionId;
        var methods = (await browser.GetAsync("/methods")).Body;
        Assert.Equal(200, (await browser.PostAsync("/refresh")).Status);
        Assert.Equal(session, browser.SessionId);
        Assert.Equal(methods.Split(' ')[0], (await browser.GetAsync("/methods")).Body.Split(' ')[0]); // a refresh keeps them
        return methods;
    }

    private static string Data(int flags) => Base64Url.EncodeToString([.. new byte[32], (byte)flags, 0, 0, 0, 1]);

    private static string Answer(int flags, bool backupEligible = false, bool backedUp = false)
        => JsonSerializer.Serialize(new { type = "public-key", response = new { authenticatorData = Data(flags) }, backupEligible, backedUp });

    private static UserPasskeyInfo Passkey(bool backupEligible, bool backedUp) => new(
        [1], [2], DateTimeOffset.UnixEpoch, 1, null, isUserVerified: true, isBackupEligible: backupEligible, isBackedUp: backedUp, [3], [4]);

    /// <summary>An application's own handler: it believes every answer but "wrong".</summary>
    private sealed class OwnHandler(UserManager<Member> users) : IPasskeyHandler<Member>
    {
        public Task<PasskeyCreationOptionsResult> MakeCreationOptionsAsync(PasskeyUserEntity userEntity, HttpContext httpContext) => throw new NotSupportedException();

        public Task<PasskeyRequestOptionsResult> MakeRequestOptionsAsync(Member? user, HttpContext httpContext)
            => Task.FromResult(new PasskeyRequestOptionsResult { RequestOptionsJson = "{}", AssertionState = "state" });

        public Task<PasskeyAttestationResult> PerformAttestationAsync(PasskeyAttestationContext context) => throw new NotSupportedException();

        public async Task<PasskeyAssertionResult<Member>> PerformAssertionAsync(PasskeyAssertionContext context)
        {
            if (context.CredentialJson == "wrong")
            {
                return PasskeyAssertionResult.Fail<Member>(new PasskeyException("wrong"));
            }

            using var answer = JsonDocument.Parse(context.CredentialJson);
            var passkey = Passkey(answer.RootElement.GetProperty("backupEligible").GetBoolean(), answer.RootElement.GetProperty("backedUp").GetBoolean());
            var ada = await (users ?? context.HttpContext.RequestServices.GetRequiredService<UserManager<Member>>()).FindByIdAsync("7");
            return PasskeyAssertionResult.Success(passkey, ada!);
        }
    }
}
