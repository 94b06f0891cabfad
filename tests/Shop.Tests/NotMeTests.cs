using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Sojourn;
using Sojourn.Testing;

namespace Shop.Tests;

/// <summary>"This wasn't me" on the pages and over the API, and what the other side is told.</summary>
public sealed class NotMeTests : IAsyncLifetime
{
    private const string Cookie = "__Host-shop";

    private readonly ManualTimeProvider _time = new();
    private ShopServer _shop = null!;

    public async ValueTask InitializeAsync() => _shop = await ShopServer.StartAsync([], _time);

    public ValueTask DisposeAsync() => _shop.DisposeAsync();

    [Fact, Requirement("ASVS-7.5.2"), Requirement("NIST-5.3-2"), Requirement("CSMCS-49")]
    public async Task The_reported_session_ends_and_the_third_one_has_to_confirm_again()
    {
        using var here = await SignedInAsync("alice");
        using var stranger = await SignedInAsync("alice", Browser.FirefoxOnWindows);
        using var third = await SignedInAsync("alice");
        Assert.Contains("This wasn’t me", (await here.GoAsync("/devices")).Text, StringComparison.Ordinal);

        var answer = await here.NavigateAsync(Browser.Form("/devices/not-me", ("id", await IdOf(stranger))));

        Assert.Equal("/devices/not-me/done", answer.Location);
        var done = await here.GoAsync("/devices/not-me/done");
        Assert.Contains("That session has ended, and so has everything that the shop knows to be from its device.", done.Text, StringComparison.Ordinal);
        Assert.Contains("href=\"/password\"", done.Text, StringComparison.Ordinal);
        (await stranger.GetAsync("/api/session")).IsProblem(HttpStatusCode.Unauthorized, "reportedByOwner");
        Assert.Contains("was reported as not the account owner’s", WebUtility.HtmlDecode((await stranger.GoAsync("/devices")).Text), StringComparison.Ordinal);
        (await third.DeleteAsync("/api/sessions")).IsProblem(HttpStatusCode.Forbidden, "step-up-required");
        Assert.Equal(HttpStatusCode.OK, (await third.GetAsync("/api/session")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await here.DeleteAsync("/api/sessions")).Status); // who said it has just authenticated
        Assert.Contains("Reported as not you", (await here.GoAsync("/activity")).Text, StringComparison.Ordinal);
    }

    [Fact, Requirement("ASVS-7.5.2")]
    public async Task It_needs_a_recent_password_and_then_goes_on_by_itself()
    {
        using var here = await SignedInAsync("alice");
        using var other = await SignedInAsync("alice");
        var id = await IdOf(other);
        _time.Advance(TimeSpan.FromMinutes(6));

        (await here.PostAsync($"/api/sessions/{id}/not-me")).IsProblem(HttpStatusCode.Forbidden, "step-up-required");
        var asked = await here.NavigateAsync(Browser.Form("/devices/not-me", ("id", id)));
        Assert.StartsWith("/confirm?returnUrl=", asked.Location, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await other.GetAsync("/api/session")).Status);
    }

    [Fact]
    public async Task Over_the_API_it_is_204_and_404_for_what_is_not_mine()
    {
        using var here = await SignedInAsync("alice");
        using var other = await SignedInAsync("alice");
        using var bob = await SignedInAsync("bob");

        (await here.PostAsync($"/api/sessions/{await IdOf(bob)}/not-me")).IsProblem(HttpStatusCode.NotFound);
        (await here.PostAsync("/api/sessions/AAAAAAAAAAAAAAAAAAAAAA/not-me")).IsProblem(HttpStatusCode.NotFound);
        Assert.Equal(HttpStatusCode.BadRequest, (await here.PostAsync("/api/sessions/x/not-me")).Status);
        Assert.Equal(HttpStatusCode.OK, (await bob.GetAsync("/api/session")).Status);
        Assert.Contains("does not know that session", (await here.SubmitAsync("/devices/not-me", ("id", await IdOf(bob)))).Text, StringComparison.Ordinal);

        var path = $"/api/sessions/{await IdOf(other)}/not-me";
        Assert.Equal(HttpStatusCode.NoContent, (await here.PostAsync(path)).Status);
        (await other.GetAsync("/api/session")).IsProblem(HttpStatusCode.Unauthorized, "reportedByOwner");
        Assert.Equal(HttpStatusCode.NoContent, (await here.PostAsync(path)).Status); // said twice
        using var visitor = _shop.Open();
        (await visitor.PostAsync(path)).IsProblem(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Who_reports_a_session_of_the_same_browser_is_signed_out_and_told_why()
    {
        using var here = await SignedInAsync("alice");
        using var mate = _shop.Open();
        foreach (var (name, value) in here.Cookies.Where(cookie => cookie.Key != Cookie))
        {
            mate.Cookies[name] = value; // the same browser, as its device cookie says
        }

        await mate.SignInAsync("alice");
        await mate.GetAsync("/api/session");
        var activity = (await here.GoAsync("/activity")).Text;
        Assert.Contains("<span class=\"badge\">This browser</span>", activity, StringComparison.Ordinal);
        Assert.Contains("saying that signs you out here too", activity, StringComparison.Ordinal);
        Assert.Contains($"<h2 id=\"device-{await IdOf(mate)}\">", (await here.GoAsync("/devices")).Text, StringComparison.Ordinal);

        var answer = await here.NavigateAsync(Browser.Form("/devices/not-me", ("id", await IdOf(mate))));

        Assert.Equal("/sign-in?reason=reportedByOwner", answer.Location);
        Assert.False(here.Cookies.ContainsKey(Cookie));
        Assert.Contains("was reported as not the account owner’s", WebUtility.HtmlDecode((await here.GoAsync(answer.Location!)).Text), StringComparison.Ordinal);
        (await mate.GetAsync("/api/session")).IsProblem(HttpStatusCode.Unauthorized, "reportedByOwner");
    }

    [Fact, Requirement("CSMCS-49")]
    public async Task One_can_be_named_out_of_the_history()
    {
        using var here = await SignedInAsync("alice");
        using var past = await SignedInAsync("alice", Browser.FirefoxOnWindows);
        var id = await IdOf(past);
        await past.PostAsync("/api/sign-out");
        var page = await here.GoAsync("/activity");
        Assert.Contains($"value=\"{id}\"", page.Text, StringComparison.Ordinal);
        Assert.Contains($"<h2 id=\"past-{id}\">", page.Text, StringComparison.Ordinal);
        Assert.Contains($"aria-describedby=\"past-{id}\"", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("This browser", page.Text, StringComparison.Ordinal);

        Assert.Contains("<h1>Thank you</h1>", (await here.SubmitAsync("/devices/not-me", ("id", id))).Text, StringComparison.Ordinal);
    }

    [Fact, Requirement("CSMCS-48"), Requirement("PRIV-05")]
    public async Task Who_had_to_make_room_is_told_for_which_sign_in_and_never_by_the_address_alone()
    {
        using var here = await SignedInAsync("alice");
        _time.Advance(TimeSpan.FromMinutes(5));
        var sessions = _shop.App.Services.GetRequiredService<SessionManager>();
        for (var i = 0; i < 100; i++) // as many as an account may have
        {
            _time.Advance(TimeSpan.FromSeconds(10)); // far enough from each other to tell which it was
            var started = await sessions.StartAsync(
                new() { Subject = "alice", Client = new(IPAddress.Parse("203.0.113.77"), Browser.FirefoxOnWindows) }, TestContext.Current.CancellationToken);
            await sessions.ValidateAsync(started.Token!.Value, cancellationToken: TestContext.Current.CancellationToken);
        }

        var page = WebUtility.HtmlDecode((await here.GoAsync("/devices")).Text);
        Assert.Contains("more devices than an account may have", page, StringComparison.Ordinal);
        Assert.Contains("<strong>Firefox on Windows</strong>", page, StringComparison.Ordinal);
        Assert.Contains("and last seen in the network 203.0.113.0/24", page, StringComparison.Ordinal);
        Assert.DoesNotContain("203.0.113.77", page, StringComparison.Ordinal);

        using var nobody = _shop.Open();
        Assert.DoesNotContain("The newer one is", (await nobody.GoAsync("/sign-in?reason=limitReached")).Text, StringComparison.Ordinal);
    }

    private async Task<Browser> SignedInAsync(string user, string? userAgent = null)
    {
        var browser = _shop.Open(userAgent);
        await browser.SignInAsync(user);
        await browser.GetAsync("/api/session"); // confirmed: another sign-in does not replace it
        return browser;
    }

    private static async Task<string> IdOf(Browser browser) => (await browser.GetAsync("/api/session")).Json.GetProperty("id").GetString()!;
}
