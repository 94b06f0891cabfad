using System.Net;
using System.Text.RegularExpressions;

namespace Shop.Tests.BlackBox;

/// <summary>
/// WSTG-SESS-08: what the public pages put into a session never adds up to one that a protected page takes for somebody
/// signed in, and steps that belong together cannot be taken out of order.
/// </summary>
[Requirement("WSTG-SESS-08")]
public sealed partial class Wstg08PuzzlingTests(SecureShop shop) : IClassFixture<SecureShop>
{
    private static int Accounts;

    /// <summary>How far somebody got who is not signed in.</summary>
    public static TheoryData<string> States { get; } =
        ["nothing", "cart", "preferences", "way back", "half a sign-in", "registration", "wrong code", "used code", "signed out", "order waits, signed out", "expired", "everything"];

    [Theory, MemberData(nameof(States)), Requirement("WSTG-SESS-08.a"), Requirement("ASVS-8.3.1")]
    public async Task A_half_filled_session_opens_no_protected_address(string state)
    {
        using var browser = await ReachAsync(state);
        var protectedDoors = shop.Doors.Where(door => door.IsProtected).ToList();
        Assert.Superset(new HashSet<string> { "/devices", "/activity", "/checkout", "/checkout/done", "/confirm", "/devices/end", "/api/sessions", "/api/checkout", "/api/confirm" }, protectedDoors.Select(door => door.Path).ToHashSet());
        foreach (var door in protectedDoors)
        {
            var answer = await door.KnockAsync(browser);
            Assert.True(door.IsShut(answer), $"{door}: {answer.Status} {answer.Location}");
        }

        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.PostAsync("/session/stay")).Status);
        Assert.DoesNotContain("\"signedIn\":true", (await browser.GetAsync("/session/time-left")).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Sign out</button>", (await browser.GoAsync("/")).Text, StringComparison.Ordinal);
        Assert.DoesNotContain(WholeVisit.Session, (await browser.GoAsync("/")).SetCookies.Select(line => CookieLine.Parse(line).Name));
    }

    [Fact, Requirement("WSTG-SESS-08.a"), Requirement("ASVS-7.5.3"), Requirement("ASVS-7.5.2")]
    public async Task A_session_that_lacks_the_recent_password_does_nothing_that_wants_it()
    {
        using var browser = await shop.SignInAsync("alice");
        using var other = await shop.SignInAsync("alice");
        await browser.PostAsync("/api/cart", """{"sku":"tea","quantity":1}""");
        shop.Time.Advance(TimeSpan.FromMinutes(6));
        var doors = shop.Doors.Where(door => door.NeedsStepUp).ToList();
        Assert.True(doors.Count >= 6, "orders and ends of sessions, by form and over JSON");
        var waiting = "";
        foreach (var door in doors)
        {
            var answer = await door.KnockAsync(browser);
            waiting = answer.Location?.Contains("resume", StringComparison.Ordinal) == true ? Uri.UnescapeDataString(answer.Location[(answer.Location.IndexOf('=', StringComparison.Ordinal) + 1)..]) : waiting;
            Assert.True(door.IsApi ? answer.Reason == "step-up-required" : answer.Location!.StartsWith("/confirm?", StringComparison.Ordinal), $"{door}: {answer.Status}");
        }

        await browser.GoAsync(waiting); // has the waiting form sent again, which is asked for the password again
        Assert.StartsWith("/confirm?", (await browser.NavigateAsync(Browser.Form("/checkout"))).Location, StringComparison.Ordinal);
        Assert.Contains("tea", (await browser.GetAsync("/api/cart")).Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await other.GetAsync("/api/sessions")).Status);
    }

    [Fact, Requirement("WSTG-SESS-08.b")]
    public async Task What_one_page_keeps_no_other_page_reads()
    {
        using var browser = shop.Open();
        const string Forged = "alice";
        (string, string)[] others = [("subject", Forged), ("user", Forged), ("pending-account", Forged), ("sojourn.form", "/devices"), ("notice", "FORGED"), ("cart", "FORGED"), ("sub", Forged), ("amr", "pwd")];
        await browser.SubmitAsync("/cart", [("sku", "tea"), ("quantity", "1"), .. others]);
        await browser.SubmitAsync("/preferences", [("theme", "dark"), ("currency", "EUR"), .. others]);
        await BeginAsync(browser);
        Assert.Equal("""[{"sku":"tea","quantity":1}]""", CartItems().Match((await browser.GetAsync("/api/cart")).Text).Value);
        foreach (var page in (string[])["/", "/preferences", "/register/code", "/sign-in"])
        {
            Assert.DoesNotContain("FORGED", (await browser.GoAsync(page)).Text, StringComparison.Ordinal);
        }

        // The name and the password of the account in the making are no sign-in, and its code is no password.
        Assert.Equal(System.Text.Json.JsonValueKind.Null, (await browser.GetAsync("/api/session")).Json.GetProperty("subject").ValueKind);
        await browser.PostAsync("/api/sign-in", $$"""{"user":"{{Name(Accounts)}}","password":"{{RegistrationTests.Password}}"}""");
        Assert.DoesNotContain(WholeVisit.Session, browser.Cookies.Keys);
    }

    [Fact, Requirement("WSTG-SESS-08.c")]
    public async Task A_code_counts_only_where_and_after_it_was_asked_for()
    {
        using var browser = shop.Open();
        await browser.SubmitAsync("/register/code", ("code", "123456")); // before there is any
        Assert.DoesNotContain(WholeVisit.Session, browser.Cookies.Keys);
        var code = await BeginAsync(browser);
        using var elsewhere = shop.Open();
        await elsewhere.SubmitAsync("/register/code", ("code", code)); // the right one, in another browser
        Assert.DoesNotContain(WholeVisit.Session, elsewhere.Cookies.Keys);

        var overtaken = await BeginAsync(browser); // a new beginning takes the old code's place
        if (code != overtaken)
        {
            await browser.SubmitAsync("/register/code", ("code", code));
            Assert.DoesNotContain(WholeVisit.Session, browser.Cookies.Keys);
        }

        await browser.SubmitAsync("/register/code", ("code", overtaken));
        Assert.Contains(WholeVisit.Session, browser.Cookies.Keys);
        await browser.SubmitAsync("/sign-out");
        await browser.SubmitAsync("/register/code", ("code", overtaken)); // once more
        Assert.DoesNotContain(WholeVisit.Session, browser.Cookies.Keys);
    }

    [Fact, Requirement("WSTG-SESS-08.c")]
    public async Task The_last_step_alone_does_nothing()
    {
        using var stranger = shop.Open();
        Assert.Equal("/", (await stranger.NavigateAsync(new(HttpMethod.Get, "/session/resume"))).Location); // no form waits
        Assert.Contains("cookie", (await stranger.GoAsync("/sign-in/done?returnUrl=/devices")).Text, StringComparison.OrdinalIgnoreCase); // it brought none
        Assert.Empty(stranger.Cookies);

        using var browser = await shop.SignInAsync("bob");
        Assert.Equal("/checkout", (await browser.NavigateAsync(new(HttpMethod.Get, "/checkout/done"))).Location); // nothing was ordered
        (await browser.PostAsync("/api/checkout")).IsProblem(HttpStatusCode.Conflict); // nor is there anything to order
        Assert.Equal("/", (await browser.NavigateAsync(new(HttpMethod.Get, "/session/resume"))).Location);
    }

    private static string Name(int number) => $"ada{number}@example.org";

    private async Task<Browser> ReachAsync(string state)
    {
        var browser = shop.Open();
        foreach (var step in state == "everything" ? (string[])["cart", "preferences", "way back", "wrong code", "half a sign-in"] : [state])
        {
            await TakeAsync(browser, step);
        }

        return browser;
    }

    private async Task TakeAsync(Browser browser, string step)
    {
        switch (step)
        {
            case "cart":
                await browser.SubmitAsync("/cart", ("sku", "tea"), ("quantity", "1"));
                break;
            case "preferences":
                await browser.SubmitAsync("/preferences", ("theme", "dark"), ("currency", "EUR"));
                break;
            case "way back":
                await browser.GoAsync("/sign-in?returnUrl=/devices");
                await browser.GoAsync("/sign-in/done?returnUrl=/devices");
                break;
            case "half a sign-in":
                await browser.SubmitAsync("/sign-in", ("user", "alice"), ("password", "wrong"), ("returnUrl", "/devices"), ("remember", "true"));
                break;
            case "registration":
                await BeginAsync(browser);
                break;
            case "wrong code":
                await BeginAsync(browser);
                await browser.SubmitAsync("/register/code", ("code", "wrong"));
                break;
            case "used code":
                await browser.SubmitAsync("/register/code", ("code", await BeginAsync(browser)));
                await browser.SubmitAsync("/sign-out");
                break;
            case "signed out":
                await browser.SignInAsync("alice");
                await browser.SubmitAsync("/sign-out");
                break;
            case "order waits, signed out":
                await browser.SignInAsync("alice");
                await browser.PostAsync("/api/cart", """{"sku":"tea","quantity":1}""");
                shop.Time.Advance(TimeSpan.FromMinutes(6));
                await browser.SubmitAsync("/checkout");
                await browser.SubmitAsync("/sign-out");
                break;
            case "expired":
                await browser.SignInAsync("alice");
                shop.Time.Advance(TimeSpan.FromHours(2));
                break;
        }
    }

    /// <summary>The first half of a registration; the code that the letter names.</summary>
    private static async Task<string> BeginAsync(Browser browser)
    {
        var page = await browser.SubmitAsync("/register", ("user", Name(++Accounts)), ("password", RegistrationTests.Password));
        return SixDigits().Match((await browser.GetAsync(Letter().Match(page.Text).Value)).Text).Value;
    }

    [GeneratedRegex("/letters/[0-9a-f]{32}")]
    private static partial Regex Letter();

    [GeneratedRegex(@"\d{6}")]
    private static partial Regex SixDigits();

    [GeneratedRegex(@"\[.*\]")]
    private static partial Regex CartItems();
}
