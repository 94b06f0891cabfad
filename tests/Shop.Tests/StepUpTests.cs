using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Shop.Accounts;
using Sojourn.Testing;

namespace Shop.Tests;

/// <summary>What the shop asks the password once more for, over its API.</summary>
public sealed class StepUpTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _time = new();
    private ShopServer _shop = null!;

    public async ValueTask InitializeAsync() => _shop = await ShopServer.StartAsync([], _time);

    public ValueTask DisposeAsync() => _shop.DisposeAsync();

    [Fact, Requirement("ASVS-7.5.2"), Requirement("ASVS-7.5.3")]
    public async Task Ending_sessions_and_ordering_need_it_after_five_minutes()
    {
        using var browser = await StaleAsync();
        (await browser.PostAsync("/api/checkout")).IsProblem(HttpStatusCode.Forbidden, "step-up-required");
        (await browser.DeleteAsync("/api/sessions")).IsProblem(HttpStatusCode.Forbidden, "step-up-required");
        var asked = await browser.DeleteAsync("/api/sessions/AAAAAAAAAAAAAAAAAAAAAA");
        asked.IsProblem(HttpStatusCode.Forbidden, "step-up-required");
        var problem = JsonDocument.Parse(asked.Text).RootElement;
        Assert.Equal(("urn:sojourn:step-up-required", 300, "/confirm"), (problem.GetProperty("type").GetString(), problem.GetProperty("within").GetInt32(), problem.GetProperty("confirm").GetString()));

        var old = browser.Cookies["__Host-shop"];
        Assert.Equal(HttpStatusCode.NoContent, (await ConfirmAsync(browser, "sojourn-demo-1")).Status);
        Assert.NotEqual(old, browser.Cookies["__Host-shop"]);
        Assert.Equal(HttpStatusCode.OK, (await browser.PostAsync("/api/checkout")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await browser.DeleteAsync("/api/sessions")).Status);
        _time.Advance(TimeSpan.FromMinutes(6));
        (await browser.PostAsync("/api/checkout")).IsProblem(HttpStatusCode.Forbidden, "step-up-required");
    }

    [Fact]
    public async Task A_wrong_password_confirms_nothing_and_five_in_a_row_end_the_session()
    {
        using var browser = await StaleAsync();
        using var other = _shop.Open();
        await other.SignInAsync("alice");
        for (var i = 0; i < 4; i++)
        {
            (await ConfirmAsync(browser, "wrong")).IsProblem(HttpStatusCode.Forbidden);
        }

        (await browser.PostAsync("/api/checkout")).IsProblem(HttpStatusCode.Forbidden, "step-up-required");
        Assert.Equal(HttpStatusCode.NoContent, (await ConfirmAsync(browser, "sojourn-demo-1")).Status); // and they count anew
        for (var i = 0; i < 4; i++)
        {
            (await ConfirmAsync(browser, "wrong")).IsProblem(HttpStatusCode.Forbidden);
        }

        using var copy = _shop.Open();
        copy.Cookies["__Host-shop"] = browser.Cookies["__Host-shop"];
        (await ConfirmAsync(browser, "wrong")).IsProblem(HttpStatusCode.Unauthorized);
        Assert.False(browser.Cookies.ContainsKey("__Host-shop"));
        Assert.Equal(HttpStatusCode.Unauthorized, (await ConfirmAsync(copy, "sojourn-demo-1")).Status);
        Assert.Equal(HttpStatusCode.OK, (await other.GetAsync("/api/session")).Status);
        await browser.SignInAsync("alice"); // the account itself takes no rest
    }

    [Fact]
    public async Task Passwords_that_are_tried_in_parallel_all_count()
    {
        using var browser = await StaleAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => ConfirmAsync(browser, "wrong")));
        Assert.InRange(answers.Count(answer => answer.Status == HttpStatusCode.Forbidden), 0, 4);
        Assert.All(answers, answer => Assert.True(answer.Status is HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized, answer.Text));
    }

    [Fact]
    public async Task On_the_page_the_fifth_wrong_one_leads_to_the_sign_in_which_says_why()
    {
        using var browser = await StaleAsync();
        for (var i = 0; i < 4; i++)
        {
            Assert.Contains("That is not the password", (await browser.SubmitAsync("/confirm", ("password", "wrong"), ("returnUrl", "/devices"))).Text, StringComparison.Ordinal);
        }

        var answer = await browser.NavigateAsync(Browser.Form("/confirm", ("password", "wrong"), ("returnUrl", "/devices")));
        Assert.Equal("/sign-in?reason=wrongTooOften&returnUrl=%2Fdevices", answer.Location);
        Assert.Contains("the password was wrong five times", (await browser.GoAsync(answer.Location!)).Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync("/api/sessions")).Status);
    }

    [Fact]
    public async Task Who_only_knows_the_name_cannot_keep_the_owner_from_confirming()
    {
        using var browser = await StaleAsync();
        using var stranger = _shop.Open();
        for (var i = 0; i < 6; i++)
        {
            await stranger.PostAsync("/api/sign-in", """{"user":"alice","password":"wrong"}""");
        }

        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.PostAsync("/api/sign-in", """{"user":"alice","password":"sojourn-demo-1"}""")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await ConfirmAsync(browser, "sojourn-demo-1")).Status);
        Assert.Equal(HttpStatusCode.OK, (await browser.PostAsync("/api/checkout")).Status);
    }

    [Fact]
    public async Task A_password_that_is_hashed_anew_with_the_confirmation_does_not_end_the_session()
    {
        using var browser = await StaleAsync();
        string weak;
        await using (var scope = _shop.App.Services.CreateAsyncScope())
        {
            var database = scope.ServiceProvider.GetRequiredService<AccountDatabase>();
            var alice = database.Users.Single(user => user.UserName == "alice");
            alice.PasswordHash = weak = new PasswordHasher<Customer>(Options.Create(new PasswordHasherOptions { IterationCount = 1000 })).HashPassword(alice, "sojourn-demo-1");
            await database.SaveChangesAsync(TestContext.Current.CancellationToken);
        }

        Assert.Equal(HttpStatusCode.NoContent, (await ConfirmAsync(browser, "sojourn-demo-1")).Status);
        _time.Advance(TimeSpan.FromMinutes(10)); // the stamp is compared again
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/api/session")).Status);
        await using (var scope = _shop.App.Services.CreateAsyncScope())
        {
            Assert.NotEqual(weak, scope.ServiceProvider.GetRequiredService<AccountDatabase>().Users.Single(user => user.UserName == "alice").PasswordHash);
        }
    }

    [Fact]
    public async Task A_stranger_is_not_asked_to_confirm_but_to_sign_in()
    {
        using var stranger = _shop.Open();
        Assert.Equal(HttpStatusCode.Unauthorized, (await ConfirmAsync(stranger, "sojourn-demo-1")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.PostAsync("/api/checkout")).Status);
    }

    [Theory]
    [InlineData("//evil.example")]
    [InlineData("https://evil.example")]
    [InlineData("/\\evil.example")]
    public async Task The_way_back_is_one_of_the_shop_s(string address)
    {
        using var browser = await StaleAsync();
        var answer = await browser.NavigateAsync(Browser.Form("/confirm", ("password", "sojourn-demo-1"), ("returnUrl", address)));
        Assert.Equal("/", answer.Location);
    }

    private async Task<Browser> StaleAsync()
    {
        var browser = _shop.Open();
        await browser.SignInAsync("alice");
        await browser.PostAsync("/api/cart", """{"sku":"tea","quantity":1}""");
        _time.Advance(TimeSpan.FromMinutes(6));
        return browser;
    }

    private static Task<Answer> ConfirmAsync(Browser browser, string password) => browser.PostAsync("/api/confirm", $$"""{"password":"{{password}}"}""");
}
