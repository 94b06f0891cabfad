using System.Net;
using System.Text;

namespace Shop.Tests.BlackBox;

/// <summary>WSTG-SESS-04: a token is in its cookie and nowhere else, and travels by https alone.</summary>
[Requirement("WSTG-SESS-04")]
public sealed class Wstg04ExposureTests(SecureShop shop) : IClassFixture<SecureShop>
{
    [Fact, Requirement("WSTG-SESS-04.a"), Requirement("CSMCS-08"), Requirement("NIST-5.1-13"), Requirement("NIST-5.1-16")]
    public async Task By_plain_http_no_address_takes_a_token_or_gives_one()
    {
        using var browser = await shop.SignInAsync("alice");
        using var plain = shop.OpenPlain();
        shop.Time.Advance(TimeSpan.FromMinutes(5));
        foreach (var door in shop.Doors)
        {
            plain.Cookies[WholeVisit.Session] = browser.Cookies[WholeVisit.Session];
            var answer = await door.KnockAsync(plain);
            Assert.True(answer.Status == HttpStatusCode.TemporaryRedirect, $"{door}: {answer.Status}");
            Assert.StartsWith(shop.Address.AbsoluteUri, answer.Location, StringComparison.Ordinal);
            Assert.Empty(answer.SetCookies);
            Assert.Empty(answer.Text);
        }

        Assert.Equal(55 * 60, (await browser.GetAsync("/session/time-left")).Json.GetProperty("idle").GetInt32()); // none of them was an activity
    }

    [Fact, Requirement("WSTG-SESS-04.b"), Requirement("ASVS-3.3.4"), Requirement("ASVS-14.2.1"), Requirement("NIST-5.1-13")]
    public async Task No_address_header_or_body_of_a_whole_visit_holds_a_token_and_no_Referer_leaves_the_shop()
    {
        var visit = await shop.VisitAsync();
        var tokens = visit.SelectMany(exchange => exchange.Cookies).Where(cookie => cookie.Name != WholeVisit.Repeat && cookie.Value.Length > 0).Select(cookie => cookie.Value).Distinct().ToList();
        Assert.True(tokens.Count > 5, "a visit worth the name");
        Assert.All(visit, exchange =>
        {
            exchange.Response.Headers.Remove("Set-Cookie"); // the one place for it
            var said = $"{exchange.Request.RequestUri} {exchange.Response.Headers} {exchange.Response.Content.Headers} {exchange.Text}";
            Assert.All(tokens, token => Assert.DoesNotContain(token, said, StringComparison.Ordinal));
            Assert.Equal("same-origin", exchange.Header("Referrer-Policy"));
        });
    }

    [Fact, Requirement("WSTG-SESS-04.c"), Requirement("CSMCS-35")]
    public async Task Every_answer_that_carries_a_token_and_every_page_of_a_session_is_kept_by_nobody()
        => Assert.All((await shop.VisitAsync()).Where(exchange => exchange.Cookies.Count > 0 || exchange.Text.Contains("Sign out</button>", StringComparison.Ordinal)),
            exchange => Assert.True(exchange.Header("Cache-Control")?.Contains("no-store", StringComparison.Ordinal), exchange.Place));

    [Fact, Requirement("WSTG-SESS-04.d"), Requirement("ASVS-3.5.3"), Requirement("FM-11")]
    public async Task What_is_sent_by_GET_is_not_done()
    {
        using var browser = await shop.SignInAsync("alice");
        using var other = await shop.SignInAsync("alice");
        await browser.PostAsync("/api/cart", """{"sku":"mug","quantity":1}""");
        var id = (await other.GetAsync("/api/session")).Json.GetProperty("id").GetString();
        var fields = $"?sku=tea&quantity=1&theme=dark&currency=USD&id={id}&user=bob&password=sojourn-demo-1&remember=true&code=123456&_method=POST";
        foreach (var door in shop.Doors.Where(door => door.Method is "POST" or "DELETE"))
        {
            var request = new HttpRequestMessage(HttpMethod.Get, door.Path + fields);
            request.Headers.TryAddWithoutValidation("X-HTTP-Method-Override", door.Method);
            Assert.True((int)(await browser.NavigateAsync(request)).Status < 500, door.ToString());
        }

        Assert.StartsWith("""{"items":[{"sku":"mug","quantity":1}],""", (await browser.GetAsync("/api/cart")).Text, StringComparison.Ordinal);
        Assert.Equal("alice", (await browser.GetAsync("/api/session")).Json.GetProperty("subject").GetString());
        Assert.Equal(HttpStatusCode.OK, (await other.GetAsync("/api/sessions")).Status);
        Assert.Contains("data-theme=\"system\"", (await browser.GoAsync("/")).Text, StringComparison.Ordinal);
    }

    [Fact, Requirement("WSTG-SESS-04.e"), Requirement("CSMCS-07")]
    public async Task A_token_in_the_address_the_body_or_another_header_signs_nobody_in()
    {
        using var alice = await shop.SignInAsync("alice");
        var token = alice.Cookies[WholeVisit.Session];
        using var other = shop.Open();
        foreach (var door in shop.Doors.Where(door => door.IsProtected))
        {
            var request = new HttpRequestMessage(new(door.Method), $"{door.Path}?{WholeVisit.Session}={token}&session={token}&access_token={token}");
            if (door.Method == "POST")
            {
                request.Content = door.IsApi ? new StringContent($$"""{"token":"{{token}}"}""", Encoding.UTF8, "application/json") : new FormUrlEncodedContent([new(WholeVisit.Session, token)]);
            }

            request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token);
            request.Headers.TryAddWithoutValidation("X-Session", token);
            request.Headers.TryAddWithoutValidation("Cookie", $"__host-shop={token}; shop={token}; __Secure-shop={token}");
            Assert.True(door.IsShut(door.IsApi ? await other.FetchAsync(request) : await other.NavigateAsync(request)), door.ToString());
        }
    }

    [Fact, Requirement("WSTG-SESS-04.f"), Requirement("CSMCS-24"), Requirement("CSMCS-09")]
    public async Task What_anybody_may_see_and_what_needs_a_sign_in_have_different_tokens_and_none_serves_for_the_other()
    {
        using var browser = shop.Open();
        await browser.PostAsync("/api/cart", """{"sku":"tea","quantity":1}""");
        var visit = browser.Cookies[WholeVisit.Visit];
        using var asMember = shop.Open();
        asMember.Cookies[WholeVisit.Session] = visit;
        Assert.Equal(HttpStatusCode.Unauthorized, (await asMember.GetAsync("/api/sessions")).Status);

        using var alice = await shop.SignInAsync("alice");
        Assert.DoesNotContain(WholeVisit.Visit, alice.Cookies.Keys);
        using var asVisitor = shop.Open();
        asVisitor.Cookies[WholeVisit.Visit] = alice.Cookies[WholeVisit.Session];
        Assert.Equal(HttpStatusCode.Unauthorized, (await asVisitor.GetAsync("/api/sessions")).Status);
        Assert.Equal(HttpStatusCode.OK, (await alice.GetAsync("/api/sessions")).Status);
    }
}
