using System.Net;
using Sojourn.Testing;

namespace Shop.Tests;

/// <summary>Changing the password: with the current one, and all other sessions end.</summary>
public sealed class PasswordTests : IAsyncLifetime
{
    private const string Cookie = "__Host-shop";
    private const string Old = "sojourn-demo-1";
    private const string New = "four words and more";

    private readonly ManualTimeProvider _time = new();
    private ShopServer _shop = null!;

    public static TheoryData<string, string> BadChanges { get; } = new()
    {
        { "wrong", New }, { "", New }, { Old, "" }, { Old, "eleven char" }, { Old, "            " }, { Old, new string('a', 129) }, { Old, new string('a', 10_240) }, { Old, Old },
    };

    public async ValueTask InitializeAsync() => _shop = await ShopServer.StartAsync([], _time);

    public ValueTask DisposeAsync() => _shop.DisposeAsync();

    [Fact, Requirement("ASVS-7.4.3"), Requirement("ASVS-7.2.4"), Requirement("CSMCS-23"), Requirement("WSTG-SESS-03.e")]
    public async Task The_others_end_and_this_one_goes_on_with_a_new_token()
    {
        using var browser = await SignedInAsync();
        using var other = await SignedInAsync();
        var before = browser.Cookies[Cookie];
        var id = (await browser.GetAsync("/api/session")).Json.GetProperty("id").GetString();
        _time.Advance(TimeSpan.FromMinutes(10));
        var page = await browser.SubmitAsync("/password", ("current", Old), ("new", New));

        Assert.Contains("<h1>Your devices</h1>", page.Text, StringComparison.Ordinal);
        Assert.Contains("Your password is changed, and everywhere else you are signed out.", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("End this one", page.Text, StringComparison.Ordinal);
        Assert.NotEqual(before, browser.Cookies[Cookie]);
        var session = (await browser.GetAsync("/api/session")).Json;
        Assert.Equal((id, _time.GetUtcNow().UtcDateTime), (session.GetProperty("id").GetString(), session.GetProperty("authenticatedAt").GetDateTime()));
        (await other.GetAsync("/api/session")).IsProblem(HttpStatusCode.Unauthorized, "credentialsChanged");

        using var copy = _shop.Open();
        copy.Cookies[Cookie] = before;
        Assert.Equal(HttpStatusCode.Unauthorized, (await copy.GetAsync("/api/sessions")).Status);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/api/session")).Status);
    }

    [Fact]
    public async Task From_now_on_only_the_new_password_signs_in()
    {
        using var browser = await SignedInAsync();
        Assert.Equal(HttpStatusCode.NoContent, (await ChangeAsync(browser, Old, New)).Status);
        using var another = _shop.Open();
        (await another.PostAsync("/api/sign-in", $$"""{"user":"alice","password":"{{Old}}"}""")).IsProblem(HttpStatusCode.Unauthorized);
        Assert.Equal(HttpStatusCode.OK, (await another.PostAsync("/api/sign-in", $$"""{"user":"alice","password":"{{New}}"}""")).Status);
    }

    [Theory, MemberData(nameof(BadChanges)), Requirement("ASVS-7.5.1")]
    public async Task A_change_that_cannot_be_says_why_and_changes_nothing(string current, string wanted)
    {
        using var browser = await SignedInAsync();
        using var other = await SignedInAsync();
        var token = browser.Cookies[Cookie];
        var page = await browser.SubmitAsync("/password", ("current", current), ("new", wanted));
        Assert.Equal(HttpStatusCode.BadRequest, page.Status);
        Assert.Contains(current == wanted ? "Both are the same" : current == Old ? "Choose a new one of 12 to 128 characters" : "That is not your current password", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(wanted.Length > 0 ? $"value=\"{wanted}" : "value=\"\"", page.Text, StringComparison.Ordinal);
        (await ChangeAsync(browser, current, wanted)).IsProblem(current == Old ? HttpStatusCode.BadRequest : HttpStatusCode.Forbidden);

        Assert.Equal(token, browser.Cookies[Cookie]);
        Assert.Equal(HttpStatusCode.OK, (await other.GetAsync("/api/session")).Status);
        using var another = _shop.Open();
        await another.SignInAsync("alice");
    }

    [Fact, Requirement("ASVS-7.5.1")]
    public async Task The_current_password_is_asked_for_however_fresh_the_sign_in_is_and_five_wrong_ones_end_the_session()
    {
        using var browser = await SignedInAsync();
        for (var i = 0; i < 4; i++)
        {
            (await ChangeAsync(browser, "wrong", New)).IsProblem(HttpStatusCode.Forbidden);
        }

        (await ChangeAsync(browser, "wrong", New)).IsProblem(HttpStatusCode.Unauthorized);
        Assert.Equal(HttpStatusCode.Unauthorized, (await ChangeAsync(browser, Old, New)).Status);

        await browser.SignInAsync("alice"); // the account itself takes no rest
        for (var i = 0; i < 4; i++)
        {
            await browser.SubmitAsync("/password", ("current", "wrong"), ("new", New));
        }

        Assert.Contains("the password was wrong five times", (await browser.SubmitAsync("/password", ("current", "wrong"), ("new", New))).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_only_knows_the_name_cannot_keep_the_owner_from_changing_it()
    {
        using var browser = await SignedInAsync();
        using var stranger = _shop.Open();
        for (var i = 0; i < 6; i++)
        {
            await stranger.PostAsync("/api/sign-in", """{"user":"alice","password":"wrong"}""");
        }

        Assert.Equal(HttpStatusCode.NoContent, (await ChangeAsync(browser, Old, New)).Status);
    }

    [Fact]
    public async Task A_new_password_that_is_too_short_costs_no_try()
    {
        using var browser = await SignedInAsync();
        for (var i = 0; i < 6; i++)
        {
            (await ChangeAsync(browser, Old, "short")).IsProblem(HttpStatusCode.BadRequest);
        }

        Assert.Equal(HttpStatusCode.NoContent, (await ChangeAsync(browser, Old, New)).Status);
    }

    [Fact]
    public async Task Of_two_clicks_one_changes_it_and_nobody_is_signed_out()
    {
        using var browser = await SignedInAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => ChangeAsync(browser, Old, New)));
        Assert.Single(answers, answer => answer.Status == HttpStatusCode.NoContent);
        Assert.All(answers, answer => Assert.True((int)answer.Status < 500, answer.Text));
        browser.Cookies[Cookie] = answers.Single(answer => answer.Status == HttpStatusCode.NoContent).SetCookies.Single(line => line.StartsWith(Cookie + "=", StringComparison.Ordinal)).Split('=', 2)[1].Split(';')[0];
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/api/session")).Status);
    }

    [Fact]
    public async Task A_stranger_is_sent_to_sign_in_and_another_site_s_form_is_refused()
    {
        using var stranger = _shop.Open();
        Assert.Contains("<h1>Sign in</h1>", (await stranger.SubmitAsync("/password", ("current", Old), ("new", New))).Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, (await ChangeAsync(stranger, Old, New)).Status);

        using var browser = await SignedInAsync();
        var form = Browser.Form("/password", ("current", Old), ("new", New));
        form.Headers.TryAddWithoutValidation("Sec-Fetch-Site", "cross-site");
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.NavigateAsync(form)).Status);
        await browser.SignInAsync("alice");
    }

    [Fact]
    public async Task A_password_manager_finds_the_page()
    {
        using var browser = await SignedInAsync();
        var page = await browser.GoAsync("/.well-known/change-password");
        Assert.Contains("<h1>Change your password</h1>", page.Text, StringComparison.Ordinal);
        foreach (var hint in (string[])["\"username\"", "\"current-password\"", "\"new-password\""])
        {
            Assert.Contains("autocomplete=" + hint, page.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_demo_account_has_the_password_of_the_sign_in_page_again_when_the_shop_starts_again()
    {
        var data = Directory.CreateTempSubdirectory("shop-password-");
        string token;
        await using (var shop = await ShopServer.StartAsync(["--data", data.FullName]))
        {
            using var browser = shop.Open();
            await browser.SignInAsync("alice");
            Assert.Equal(HttpStatusCode.NoContent, (await ChangeAsync(browser, Old, New)).Status);
            token = browser.Cookies[Cookie];
        }

        await using (var shop = await ShopServer.StartAsync(["--data", data.FullName]))
        {
            using var browser = shop.Open();
            browser.Cookies[Cookie] = token;
            (await browser.GetAsync("/api/session")).IsProblem(HttpStatusCode.Unauthorized, "credentialsChanged");
            await browser.SignInAsync("alice");
        }

        data.Delete(recursive: true);
    }

    private async Task<Browser> SignedInAsync()
    {
        var browser = _shop.Open();
        await browser.SignInAsync("alice");
        return browser;
    }

    private static Task<Answer> ChangeAsync(Browser browser, string current, string wanted)
        => browser.PostAsync("/api/password", $$"""{"current":"{{current}}","new":"{{wanted}}"}""");
}
