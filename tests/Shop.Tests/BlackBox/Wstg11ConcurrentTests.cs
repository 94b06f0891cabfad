using System.Net;
using Sojourn;

namespace Shop.Tests.BlackBox;

/// <summary>WSTG-SESS-11: as many sessions at once as the pages say, all of them in the person's sight.</summary>
public sealed class Wstg11ConcurrentTests(SecureShop shop) : IClassFixture<SecureShop>
{
    [Fact, Requirement("WSTG-SESS-11.a"), Requirement("ASVS-7.1.2"), Requirement("CSMCS-48")]
    public async Task A_hundred_sign_ins_run_beside_each_other_and_one_more_ends_the_one_not_used_for_longest()
    {
        using var first = await shop.SignInAsync("admin");
        shop.Time.Advance(TimeSpan.FromMinutes(2));
        using var second = await shop.SignInAsync("admin");
        for (var signedIn = 2; signedIn < 100; signedIn++)
        {
            shop.Time.Advance(TimeSpan.FromSeconds(10));
            using var another = await shop.SignInAsync("admin");
        }

        shop.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(100, (await first.GetAsync("/api/sessions")).Json.GetArrayLength()); // which is a use of it
        shop.Time.Advance(TimeSpan.FromSeconds(10)); // uses are written every five seconds
        using var last = await shop.SignInAsync("admin");
        Assert.Equal(HttpStatusCode.OK, (await first.GetAsync("/api/sessions")).Status);
        (await second.GetAsync("/api/sessions")).IsProblem(HttpStatusCode.Unauthorized, "limitReached");
        Assert.Equal(100, (await last.GetAsync("/api/sessions")).Json.GetArrayLength());
    }

    [Fact, Requirement("WSTG-SESS-11.d"), Requirement("ASVS-7.5.2"), Requirement("CSMCS-49")]
    public async Task The_page_lists_them_and_ends_them_one_by_one_and_all_others_at_once()
    {
        using var here = await shop.SignInAsync("alice");
        using var other = shop.Open(Browser.FirefoxOnWindows);
        await other.SignInAsync("alice");
        using var third = await shop.SignInAsync("alice");
        using var stranger = await shop.SignInAsync("bob");
        var page = await here.GoAsync("/devices");
        Assert.Contains("Firefox on Windows", page.Text, StringComparison.Ordinal);
        await here.SubmitAsync("/devices/end", ("id", (await other.GetAsync("/api/session")).Json.GetProperty("id").GetString()!));
        (await other.GetAsync("/api/sessions")).IsProblem(HttpStatusCode.Unauthorized, "signedOutEverywhere");
        Assert.Equal(HttpStatusCode.OK, (await third.GetAsync("/api/sessions")).Status);

        await here.SubmitAsync("/devices/end", ("id", (await stranger.GetAsync("/api/session")).Json.GetProperty("id").GetString()!)); // not hers
        await here.SubmitAsync("/devices/end-others");
        (await third.GetAsync("/api/sessions")).IsProblem(HttpStatusCode.Unauthorized, "signedOutEverywhere");
        Assert.Equal(HttpStatusCode.OK, (await here.GetAsync("/api/sessions")).Status);
        Assert.Equal(HttpStatusCode.OK, (await stranger.GetAsync("/api/sessions")).Status);
    }

    [Fact, Requirement("NIST-2.4.2")]
    public async Task People_are_told_how_long_the_list_goes_back()
    {
        using var browser = await shop.SignInAsync("bob");
        Assert.Contains($"Your sign-ins of the last {new SessionPolicy().History.TotalDays} days.", (await browser.GoAsync("/activity")).Text, StringComparison.Ordinal);
    }

    [Fact, Requirement("ASVS-7.2.1"), Requirement("NIST-5.1-1")]
    public async Task Whether_a_token_is_good_only_the_shop_knows_and_asks_anew_each_time()
    {
        using var here = await shop.SignInAsync("bob");
        using var other = await shop.SignInAsync("bob");
        Assert.Equal(HttpStatusCode.OK, (await other.GetAsync("/api/sessions")).Status);
        using (var none = shop.Open())
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await none.GetAsync("/api/sessions")).Status);
        }

        await here.DeleteAsync("/api/sessions"); // nothing reaches the other browser
        Assert.Equal(HttpStatusCode.Unauthorized, (await other.GetAsync("/api/sessions")).Status);
        foreach (var script in (string[])["/signed-in.js", "/session/step-up.js", "/session/time-left.js", "/session/resume.js"])
        {
            Assert.DoesNotMatch("document.cookie|localStorage|sessionStorage|indexedDB", (await here.GetAsync(script)).Text);
        }
    }
}
