using System.Net;

namespace Shop.Tests.BlackBox;

/// <summary>WSTG-SESS-09: who reads or writes what goes over plain http finds no session there.</summary>
[Requirement("WSTG-SESS-09")]
public sealed class Wstg09HijackingTests(SecureShop shop) : IClassFixture<SecureShop>
{
    [Fact, Requirement("WSTG-SESS-09.a")]
    public async Task Without_the_cookies_that_are_Secure_or_of_one_host_nobody_is_signed_in()
    {
        var record = new List<Exchange>();
        using var browser = shop.Open(record);
        await browser.SubmitAsync("/cart", ("sku", "tea"), ("quantity", "1"));
        await browser.SignInAsync("alice", remember: true);
        await browser.GoAsync("/devices");
        foreach (var isKept in (Func<CookieLine, bool>[])[cookie => !cookie.Attributes.ContainsKey("Secure"), cookie => cookie.Attributes.ContainsKey("Domain")])
        {
            using var thief = shop.Open();
            foreach (var cookie in record.SelectMany(exchange => exchange.Cookies).Where(isKept))
            {
                thief.Cookies[cookie.Name] = cookie.Value;
            }

            foreach (var door in shop.Doors.Where(door => door.IsProtected))
            {
                Assert.True(door.IsShut(await door.KnockAsync(thief)), door.ToString());
            }
        }

        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/api/sessions")).Status);
    }

    [Fact, Requirement("WSTG-SESS-09.b"), Requirement("ASVS-3.4.1"), Requirement("CSMCS-08")]
    public async Task No_cookie_is_for_a_domain_and_browsers_are_told_to_come_by_https_to_its_hosts_all_the_same()
        => Assert.All(await shop.VisitAsync(), exchange =>
        {
            Assert.Equal("max-age=31536000; includeSubDomains", exchange.Header("Strict-Transport-Security"));
            Assert.All(exchange.Cookies, cookie => Assert.DoesNotContain("Domain", cookie.Attributes.Keys));
        });
}
