using System.Net;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Shop.Accounts;
using Sojourn;

namespace Shop.Tests.BlackBox;

/// <summary>WSTG-SESS-03: a token that somebody else knows, or planted, is worth nothing after the sign-in.</summary>
[Requirement("WSTG-SESS-03")]
public sealed class Wstg03FixationTests(SecureShop shop) : IClassFixture<SecureShop>
{
    private const string Password = "sojourn-demo-1";

    [Fact, Requirement("WSTG-SESS-03.a"), Requirement("NIST-5.1-2"), Requirement("NIST-5.1-8")]
    public async Task The_sign_in_itself_brings_a_new_token_and_the_visitor_s_is_dead()
    {
        using var browser = shop.Open();
        await browser.SubmitAsync("/cart", ("sku", "tea"), ("quantity", "1"));
        using var thief = shop.Copy(browser);
        var answer = await browser.NavigateAsync(Browser.Form("/sign-in", ("user", "alice"), ("password", Password)));
        Assert.Contains(answer.SetCookies, line => line.StartsWith(WholeVisit.Session + "=", StringComparison.Ordinal));
        Assert.NotEqual(thief.Cookies[WholeVisit.Visit], browser.Cookies[WholeVisit.Session]);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/api/sessions")).Status);

        (await thief.GetAsync("/api/session")).IsProblem(HttpStatusCode.Unauthorized, "signedIn");
        Assert.DoesNotContain("tea", (await thief.GetAsync("/api/cart")).Text, StringComparison.Ordinal);
        thief.Cookies[WholeVisit.Session] = thief.Cookies[WholeVisit.Visit];
        Assert.Equal(HttpStatusCode.Unauthorized, (await thief.GetAsync("/api/sessions")).Status);
    }

    [Theory, Requirement("WSTG-SESS-03.b"), Requirement("CSMCS-21"), Requirement("NIST-5.1-2")]
    [InlineData(WholeVisit.Session)]
    [InlineData(WholeVisit.Visit)]
    public async Task A_token_that_the_shop_did_not_issue_is_replaced_and_never_adopted(string cookie)
    {
        var planted = new string('A', 64);
        using var browser = shop.Open();
        using var thief = shop.Open();
        browser.Cookies[cookie] = thief.Cookies[cookie] = planted;
        await browser.PostAsync("/api/cart", """{"sku":"tea","quantity":1}""");
        Assert.NotEqual(planted, browser.Cookies[WholeVisit.Visit]);
        await browser.SignInAsync("bob");
        Assert.NotEqual(planted, browser.Cookies[WholeVisit.Session]);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/api/session")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await thief.GetAsync("/api/session")).Status);
    }

    [Fact, Requirement("WSTG-SESS-03.c")]
    public async Task The_cookies_from_before_the_sign_in_are_not_the_person_after_it()
    {
        using var browser = shop.Open();
        await browser.PostAsync("/api/cart", """{"sku":"tea","quantity":1}""");
        using var before = shop.Copy(browser);
        using var unprefixed = shop.Open();
        foreach (var (name, value) in before.Cookies.Where(cookie => !cookie.Key.StartsWith("__Host-", StringComparison.Ordinal)))
        {
            unprefixed.Cookies[name] = value; // what a neighbouring host could have planted: there is none
        }

        await browser.SignInAsync("alice");
        Assert.Empty(unprefixed.Cookies);
        foreach (var door in shop.Doors.Where(door => door.IsProtected))
        {
            Assert.True(door.IsShut(await door.KnockAsync(before)), door.ToString());
            Assert.True(door.IsShut(await door.KnockAsync(unprefixed)), door.ToString());
        }
    }

    [Fact, Requirement("WSTG-SESS-03.d"), Requirement("ASVS-7.2.4")]
    public async Task Who_signs_in_over_the_planted_session_of_another_gets_one_of_their_own()
    {
        using var attacker = await shop.SignInAsync("bob");
        await attacker.PostAsync("/api/cart", """{"sku":"lantern","quantity":1}""");
        using var victim = shop.Copy(attacker); // the attacker's cookies in the victim's browser
        await victim.SignInAsync("alice");
        Assert.Equal("alice", (await victim.GetAsync("/api/session")).Json.GetProperty("subject").GetString());
        Assert.DoesNotContain("lantern", (await victim.GetAsync("/api/cart")).Text, StringComparison.Ordinal);

        (await attacker.GetAsync("/api/session")).IsProblem(HttpStatusCode.Unauthorized, "replaced");
        await victim.PostAsync("/api/cart", """{"sku":"tea","quantity":1}""");
        Assert.DoesNotContain("tea", (await attacker.GetAsync("/api/cart")).Text, StringComparison.Ordinal);
    }

    [Theory, Requirement("WSTG-SESS-03.e"), Requirement("ASVS-7.2.4"), Requirement("CSMCS-23")]
    [InlineData("password once more, page")]
    [InlineData("password once more, API")]
    [InlineData("sign-in once more")]
    public async Task After_the_password_the_token_from_before_is_dead(string how)
    {
        using var browser = await shop.SignInAsync("admin");
        using var thief = shop.Copy(browser);
        var done = how switch
        {
            "password once more, page" => await browser.NavigateAsync(Browser.Form("/confirm", ("password", Password), ("returnUrl", "/devices"))),
            "password once more, API" => await browser.PostAsync("/api/confirm", $$"""{"password":"{{Password}}"}"""),
            _ => await browser.NavigateAsync(Browser.Form("/sign-in", ("user", "admin"), ("password", Password))),
        };
        Assert.True((int)done.Status < 400, done.Text);
        Assert.NotEqual(thief.Cookies[WholeVisit.Session], browser.Cookies[WholeVisit.Session]);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/api/sessions")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await thief.GetAsync("/api/sessions")).Status);
    }

    [Fact, Requirement("WSTG-SESS-03.e"), Requirement("CSMCS-23")]
    public async Task A_role_that_changed_brings_a_new_token_and_a_password_that_changed_leaves_none_of_the_old()
    {
        using var browser = await shop.SignInAsync("bob");
        var old = browser.Cookies[WholeVisit.Session];
        await using var scope = shop.Services.CreateAsyncScope(); // what an administrator's page would do
        var signIn = scope.ServiceProvider.GetRequiredService<SignInManager<Customer>>();
        var bob = (await signIn.UserManager.FindByIdAsync("bob"))!;
        await scope.ServiceProvider.GetRequiredService<SessionManager>().RefreshClaimsAsync("bob", async (_, _) => await signIn.CreateUserPrincipalAsync(bob), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/api/sessions")).Status);
        Assert.NotEqual(old, browser.Cookies[WholeVisit.Session]);

        using var thief = shop.Copy(browser);
        await signIn.UserManager.ChangePasswordAsync(bob, Password, "another good password");
        (await thief.GetAsync("/api/sessions")).IsProblem(HttpStatusCode.Unauthorized, "credentialsChanged");
        (await browser.GetAsync("/api/sessions")).IsProblem(HttpStatusCode.Unauthorized, "credentialsChanged");
        await signIn.UserManager.ChangePasswordAsync(bob, "another good password", Password);
    }

    [Fact, Requirement("CSMCS-37")]
    public async Task A_sign_in_page_that_was_open_for_days_signs_in_with_nothing_of_the_visit_that_ended()
    {
        using var browser = shop.Open();
        await browser.PostAsync("/api/cart", """{"sku":"tea","quantity":1}""");
        await browser.GoAsync("/sign-in");
        var visit = browser.Cookies[WholeVisit.Visit];
        shop.Time.Advance(TimeSpan.FromDays(3));
        await browser.SubmitAsync("/sign-in", ("user", "alice"), ("password", Password));
        Assert.NotEqual(visit, browser.Cookies[WholeVisit.Session]);
        Assert.Equal("""{"items":[],"total":0}""", (await browser.GetAsync("/api/cart")).Text);
        Assert.Equal("alice", (await browser.GetAsync("/api/session")).Json.GetProperty("subject").GetString());
    }
}
