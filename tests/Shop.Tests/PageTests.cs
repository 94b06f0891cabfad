using System.Net;
using System.Text.RegularExpressions;

namespace Shop.Tests;

public sealed partial class PageTests(ShopServer shop) : IClassFixture<ShopServer>
{
    private const string Cookie = "__Host-shop";

    [Fact]
    [Requirement("ASVS-7.4.4")]
    [Requirement("CSMCS-34")]
    [Requirement("NIST-5.1-18")]
    public async Task Every_page_for_somebody_signed_in_has_a_sign_out_button()
    {
        using var browser = shop.Open();
        await browser.SignInAsync("alice");
        foreach (var path in (string[])["/", "/sign-in", "/register", "/checkout", "/preferences", "/devices", "/devices/not-me/done", "/activity", "/password", "/no-such-page"])
        {
            var page = await browser.GoAsync(path);
            Assert.Contains("""<form method="post" action="/sign-out">""", page.Text, StringComparison.Ordinal);
            Assert.Contains("Sign out</button>", page.Text, StringComparison.Ordinal);
            Assert.Contains("alice", page.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    [Requirement("ASVS-3.4.2")]
    [Requirement("ASVS-3.4.5")]
    [Requirement("ASVS-3.4.6")]
    [Requirement("ASVS-3.5.8")]
    public async Task Every_answer_keeps_the_browser_to_the_shop()
    {
        using var browser = shop.Open();
        foreach (var path in (string[])["/", "/sign-in", "/sign-in/done", "/register", "/preferences", "/devices", "/password", "/no-such-page", "/shop.css", "/goods/tea.svg", "/api/session", "/api/cart", "/api/sessions", "/api/nothing"])
        {
            var answer = await browser.NavigateAsync(new(HttpMethod.Get, path));
            Assert.Equal("default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'", answer.Header("Content-Security-Policy"));
            Assert.Equal("nosniff", answer.Header("X-Content-Type-Options"));
            Assert.Equal("same-origin", answer.Header("Referrer-Policy"));
            Assert.Equal("same-origin", answer.Header("Cross-Origin-Resource-Policy"));
            Assert.Equal("same-origin", answer.Header("Cross-Origin-Opener-Policy"));
            Assert.Null(answer.Header("Access-Control-Allow-Origin"));
            Assert.Null(answer.Header("Server"));
        }

        var refused = new HttpRequestMessage(HttpMethod.Post, "/api/sign-out");
        refused.Headers.TryAddWithoutValidation("Origin", "https://evil.example");
        Assert.NotNull((await browser.FetchAsync(refused)).Header("Content-Security-Policy"));
    }

    [Fact]
    public async Task No_page_carries_a_script_or_style_of_its_own()
    {
        using var browser = shop.Open();
        await browser.SignInAsync("alice");
        foreach (var path in (string[])["/", "/sign-in?reason=idle", "/register", "/register/code", "/checkout", "/preferences", "/devices", "/devices/not-me/done", "/activity", "/password", "/no-such-page"])
        {
            var page = await browser.GoAsync(path);
            var text = page.Text.Replace("""<script type="module" src="/signed-in.js"></script>""", "", StringComparison.Ordinal); // the one that warns in time
            Assert.DoesNotMatch(@"(?i)<script|<style|\sstyle=|\son[a-z]+=|javascript:|https?://", text);
            Assert.Equal("text/html; charset=utf-8", page.Header("Content-Type"));
            Assert.StartsWith("<!DOCTYPE html>", page.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Pictures_and_styles_are_there_for_everything_that_pages_name()
    {
        using var browser = shop.Open();
        var pages = (await browser.GoAsync("/")).Text + (await browser.GoAsync("/sign-in")).Text;
        var files = Asset().Matches(pages).Select(match => match.Groups[1].Value).Distinct().ToList();
        Assert.True(files.Count >= 16);
        foreach (var file in files)
        {
            Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync(file)).Status);
        }
    }

    [Fact]
    [Requirement("ASVS-14.3.2")]
    [Requirement("WSTG-SESS-06.b")]
    public async Task Pages_are_not_kept_by_the_browser_and_pictures_may_be()
    {
        using var browser = shop.Open();
        await browser.SignInAsync("alice");
        foreach (var path in (string[])["/", "/sign-in", "/register", "/checkout", "/preferences", "/devices", "/activity", "/password"])
        {
            Assert.Contains("no-store", (await browser.GoAsync(path)).Header("Cache-Control")!, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("no-store", (await browser.GetAsync("/goods/tea.svg")).Header("Cache-Control") ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cart_is_filled_and_emptied_with_forms()
    {
        using var browser = shop.Open();
        Assert.Contains("Nothing yet", (await browser.GoAsync("/")).Text, StringComparison.Ordinal);
        Assert.Empty(browser.Cookies);
        var page = await browser.SubmitAsync("/cart", ("sku", "tea"), ("quantity", "2"));
        Assert.Contains("Added to your cart: Mountain tea.", page.Text, StringComparison.Ordinal);
        Assert.Contains("12.80", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Added to your cart", (await browser.GoAsync("/")).Text, StringComparison.Ordinal); // said once
        Assert.Contains("99 of one thing at most", (await browser.SubmitAsync("/cart", ("sku", "tea"), ("quantity", "98"))).Text, StringComparison.Ordinal);
        Assert.Contains("Nothing yet", (await browser.SubmitAsync("/cart/remove", ("sku", "tea"))).Text, StringComparison.Ordinal);
        Assert.Contains("Nothing yet", (await browser.SubmitAsync("/cart/remove", ("sku", "no-such-thing"))).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Signing_in_by_form_leads_back_and_keeps_the_cart()
    {
        using var browser = shop.Open();
        await browser.SubmitAsync("/cart", ("sku", "lantern"), ("quantity", "1"));
        var signIn = await browser.GoAsync("/devices");
        Assert.Contains("""name="returnUrl" value="/devices" """.TrimEnd(), signIn.Text, StringComparison.Ordinal);
        Assert.Contains("<code>alice</code>", signIn.Text, StringComparison.Ordinal);
        var devices = await browser.SubmitAsync("/sign-in", ("user", "alice"), ("password", "sojourn-demo-1"), ("remember", "true"), ("returnUrl", "/devices"));
        Assert.Contains("<h1>Your devices</h1>", devices.Text, StringComparison.Ordinal);
        Assert.Contains("Storm lantern</span>", (await browser.GoAsync("/")).Text, StringComparison.Ordinal);
        var shopAgain = await browser.SubmitAsync("/sign-out");
        Assert.Contains("Nothing yet", shopAgain.Text, StringComparison.Ordinal);
        Assert.False(browser.Cookies.ContainsKey(Cookie));
    }

    [Fact]
    public async Task A_wrong_password_leads_back_to_the_form_and_keeps_the_way()
    {
        using var browser = shop.Open();
        var page = await browser.SubmitAsync("/sign-in", ("user", "alice"), ("password", "wrong"), ("returnUrl", "/devices"));
        Assert.Contains("do not belong together", page.Text, StringComparison.Ordinal);
        Assert.Contains("""value="/devices" """.TrimEnd(), page.Text, StringComparison.Ordinal);
        Assert.Empty(browser.Cookies);
    }

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("//evil.example")]
    [InlineData("/\\evil.example")]
    [InlineData("/\t/evil.example")]
    [InlineData("/%0d%0aSet-Cookie:x=y")]
    [InlineData("/\r\nSet-Cookie: x=y")]
    [InlineData("javascript:alert(1)")]
    [InlineData("~//evil.example")]
    [InlineData("/\u00e9")]
    [InlineData("")]
    [InlineData("evil")]
    public async Task A_return_address_elsewhere_leads_to_the_start(string address)
    {
        using var browser = shop.Open();
        await browser.NavigateAsync(Browser.Form("/sign-in", ("user", "bob"), ("password", "sojourn-demo-1"), ("returnUrl", address)));
        var answer = await browser.NavigateAsync(new(HttpMethod.Get, "/sign-in/done?returnUrl=" + Uri.EscapeDataString(address)));
        Assert.True(answer.Location is "/" or "/%0d%0aSet-Cookie:x=y", answer.Location);
        Assert.DoesNotContain(answer.SetCookies, line => line.StartsWith("x=", StringComparison.Ordinal));
    }

    [Fact]
    [Requirement("WSTG-SESS-11.d")]
    [Requirement("CSMCS-49")]
    public async Task The_devices_page_shows_where_I_am_signed_in_and_ends_the_others()
    {
        using var here = shop.Open();
        using var there = shop.Open(Browser.FirefoxOnWindows);
        using var third = shop.Open();
        await here.SignInAsync("admin");
        await there.SignInAsync("admin");
        await third.SignInAsync("admin");
        var page = await here.GoAsync("/devices");
        Assert.Contains("Chrome on Linux", page.Text, StringComparison.Ordinal);
        Assert.Contains("Firefox on Windows", page.Text, StringComparison.Ordinal);
        Assert.Single(Regex.Matches(page.Text, "This one<"));

        var id = (await there.GetAsync("/api/session")).Json.GetProperty("id").GetString()!;
        page = await here.SubmitAsync("/devices/end", ("id", id));
        Assert.Contains("That session has ended.", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Firefox on Windows", page.Text, StringComparison.Ordinal);
        Assert.Contains("You were signed out because you ended this session from another device.", (await there.GoAsync("/devices")).Text, StringComparison.Ordinal);
        Assert.Contains("had ended already", (await here.SubmitAsync("/devices/end", ("id", id))).Text, StringComparison.Ordinal);

        page = await here.SubmitAsync("/devices/end-others");
        Assert.Contains("The other session has ended.", page.Text, StringComparison.Ordinal);
        (await third.GetAsync("/api/session")).IsProblem(HttpStatusCode.Unauthorized, "signedOutEverywhere");
        Assert.DoesNotContain("End all others", page.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("Your account is blocked, call 0900 1234")]
    [InlineData("none")]
    public async Task Only_known_reasons_are_said_and_nothing_of_the_address_is_repeated(string reason)
    {
        using var browser = shop.Open();
        var page = await browser.GoAsync($"/sign-in?reason={Uri.EscapeDataString(reason)}&returnUrl={Uri.EscapeDataString("/\"><script>")}");
        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.DoesNotContain("You were signed out", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("0900", page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_is_signed_in_is_not_told_of_a_sign_out()
    {
        using var browser = shop.Open();
        await browser.SignInAsync("bob");
        var page = await browser.GoAsync("/sign-in?reason=idle");
        Assert.Contains("You are signed in as <strong>bob</strong>", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("You were signed out", page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_reason_for_an_end_has_its_sentence()
    {
        foreach (var reason in Enum.GetValues<Sojourn.SessionEndReason>().Where(reason => reason is not Sojourn.SessionEndReason.None and not Sojourn.SessionEndReason.SignedIn))
        {
            var name = reason.ToString();
            Assert.StartsWith("You were signed out because ", Pages.SignInReason.Text(char.ToLowerInvariant(name[0]) + name[1..]), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task People_get_a_page_for_an_address_that_does_not_exist_and_programs_get_problem_details()
    {
        using var browser = shop.Open();
        var page = await browser.NavigateAsync(new(HttpMethod.Get, "/no-such-page"));
        Assert.Equal(HttpStatusCode.NotFound, page.Status);
        Assert.Contains("There is nothing at this address.", page.Text, StringComparison.Ordinal);
        (await browser.GetAsync("/no-such-page")).IsProblem(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Asking_for_a_picture_uses_no_session()
    {
        using var browser = shop.Open();
        browser.Cookies[Cookie] = "nonsense";
        var answer = await browser.GetAsync("/goods/tea.svg");
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Empty(answer.SetCookies);
    }

    [GeneratedRegex("(?:src|href)=\"(/[^\"]+\\.(?:svg|css))\"")]
    private static partial Regex Asset();
}
