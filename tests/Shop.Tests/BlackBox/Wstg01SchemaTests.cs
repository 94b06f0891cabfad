using System.Buffers.Text;
using System.Net;
using System.Text;

namespace Shop.Tests.BlackBox;

/// <summary>WSTG-SESS-01: how sessions are told apart, and what a token gives away.</summary>
[Requirement("WSTG-SESS-01")]
public sealed class Wstg01SchemaTests(SecureShop shop) : IClassFixture<SecureShop>
{
    private const int Many = 10_000;

    public static TheoryData<string> BadTokens { get; } =
    [
        "", "a", new string('A', 63), new string('A', 64), new string('A', 65), new string('A', 8000), new string('A', 63) + "\u00e9", "null", "{}", "../../etc/passwd", "' or 1=1 --",
        "<script>alert(1)</script>", "%00%0d%0aSet-Cookie:x=y", "AAAA\u0001BBBB", "\"quoted-value\"", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbGljZSJ9.",
    ];

    [Fact, Requirement("WSTG-SESS-01.a"), Requirement("WSTG-SESS-01.d")]
    public async Task Every_answer_that_sets_a_cookie_sets_it_Secure_and_is_kept_by_nobody()
    {
        var setting = (await shop.VisitAsync()).Where(exchange => exchange.Cookies.Count > 0).ToList();
        Assert.True(setting.Count > 5, "a visit worth the name");
        Assert.All(setting, exchange =>
        {
            Assert.All(exchange.Cookies, cookie => Assert.Contains("Secure", cookie.Attributes.Keys));
            Assert.Contains("no-store", exchange.Header("Cache-Control") ?? "", StringComparison.Ordinal);
        });
    }

    [Fact, Requirement("WSTG-SESS-01.b")]
    public async Task By_plain_http_no_cookie_is_set()
    {
        using var browser = shop.OpenPlain();
        Assert.Equal(HttpStatusCode.TemporaryRedirect, (await browser.PostAsync("/api/cart", """{"sku":"tea","quantity":1}""")).Status);
        Assert.Equal(HttpStatusCode.TemporaryRedirect, (await browser.PostAsync("/api/sign-in", """{"user":"alice","password":"sojourn-demo-1"}""")).Status);
        Assert.Empty(browser.Cookies);
    }

    [Fact, Requirement("WSTG-SESS-01.c")]
    public async Task The_cookies_that_outlive_the_browser_are_those_of_the_page_about_security()
        => Assert.Equal([WholeVisit.Session, WholeVisit.Device, WholeVisit.Repeat], (await shop.VisitAsync()).SelectMany(exchange => exchange.Cookies)
            .Where(cookie => (cookie.Lifetime is not null || cookie.Attributes.ContainsKey("Expires")) && !cookie.IsEnd).Select(cookie => cookie.Name).Distinct().Order(StringComparer.Ordinal));

    [Fact, Requirement("WSTG-SESS-01.e"), Requirement("ASVS-7.2.3"), Requirement("NIST-5.1-9")]
    public async Task Ten_thousand_tokens_share_nothing_and_no_place_in_them_prefers_a_character()
    {
        var tokens = await CollectAsync();
        Assert.Equal(Many, tokens.Select(token => token[..21]).Distinct().Count()); // of the id
        Assert.Equal(Many, tokens.Select(token => token[22..]).Distinct().Count()); // of the secret
        for (var place = 0; place < tokens[0].Length; place++)
        {
            // 63 degrees of freedom: mean 63, deviation 11. Beyond 150 lies 1 in 10^8 of fair runs.
            var counts = tokens.CountBy(token => token[place]).Select(pair => pair.Value).ToList();
            Assert.Equal(64, counts.Count);
            Assert.True(counts.Sum(count => Math.Pow(count - (Many / 64.0), 2) / (Many / 64.0)) < 150, $"character {place}");
        }
    }

    [Fact, Requirement("WSTG-SESS-01.f"), Requirement("NIST-5.1.1-7")]
    public async Task A_token_says_nothing_of_the_person_nor_of_the_time()
    {
        var tokens = new List<byte[]>();
        for (var i = 0; i < 10; i++)
        {
            using var browser = await shop.SignInAsync("alice");
            tokens.Add(Base64Url.DecodeFromChars(browser.Cookies[WholeVisit.Session]));
            Assert.DoesNotContain("alice", Encoding.Latin1.GetString(tokens[^1]), StringComparison.OrdinalIgnoreCase);
        }

        // The first byte is the shard, where a person's sessions are together; behind it no byte is the same in all.
        Assert.All(Enumerable.Range(1, tokens[0].Length - 1), place => Assert.True(tokens.Select(token => token[place]).Distinct().Count() > 1, $"byte {place}"));
    }

    [Theory, MemberData(nameof(BadTokens)), Requirement("WSTG-SESS-01.g")]
    public async Task A_token_that_is_none_is_refused_everywhere_and_not_repeated(string token)
    {
        using var browser = shop.Open();
        foreach (var door in shop.Doors)
        {
            browser.Cookies[WholeVisit.Session] = browser.Cookies[WholeVisit.Visit] = token;
            var answer = await door.KnockAsync(browser);
            Assert.True((int)answer.Status < 500, $"{door}: {answer.Status}");
            Assert.False(door.IsProtected && !door.IsShut(answer), $"{door}: {answer.Status}");
            Assert.False(token.Length > 6 && (answer.Text + answer.Response.Headers).Contains(token, StringComparison.Ordinal), door.ToString());
        }
    }

    [Fact, Requirement("WSTG-SESS-01.g")]
    public async Task A_token_of_which_one_character_changed_is_nobody_s()
    {
        using var browser = await shop.SignInAsync("bob");
        using var thief = shop.Open();
        var token = browser.Cookies[WholeVisit.Session];
        for (var i = 0; i < token.Length; i++)
        {
            thief.Cookies[WholeVisit.Session] = $"{token[..i]}{(token[i] == 'x' ? 'y' : 'x')}{token[(i + 1)..]}";
            Assert.Equal(HttpStatusCode.Unauthorized, (await thief.GetAsync("/api/sessions")).Status);
        }

        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/api/sessions")).Status);
    }

    [Fact, Requirement("WSTG-SESS-01.h"), Requirement("NIST-5.1-9")]
    public async Task Guessing_a_token_would_take_longer_than_any_session_lasts()
    {
        using var browser = await shop.SignInAsync("admin");
        var token = browser.Cookies[WholeVisit.Session];
        Assert.Matches("^[A-Za-z0-9_-]{64}$", token); // the guide asks for 50 characters

        // The id, 16 bytes, may be known, and 8 of the others are made from the rest. A million guesses in each second of the 30 days that a session lasts at most:
        var guesses = 1e6 * TimeSpan.FromDays(30).TotalSeconds;
        Assert.True(guesses / Math.Pow(2, (Base64Url.DecodeFromChars(token).Length - 16 - 8) * 8) < Math.Pow(2, -128));
    }

    /// <summary>Of visitors who put something into their carts; the clock goes on, or the shop would say that there are too many.</summary>
    private async Task<List<string>> CollectAsync()
    {
        var tokens = new List<string>(Many);
        while (tokens.Count < Many)
        {
            foreach (var some in await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => VisitAsync(25))))
            {
                tokens.AddRange(some);
            }

            shop.Time.Advance(TimeSpan.FromMinutes(1));
        }

        return tokens;
    }

    private async Task<IReadOnlyList<string>> VisitAsync(int times)
    {
        using var browser = shop.Open();
        var tokens = new List<string>(times);
        while (tokens.Count < times)
        {
            browser.Cookies.Clear();
            Assert.Equal(HttpStatusCode.OK, (await browser.PostAsync("/api/cart", """{"sku":"tea","quantity":1}""")).Status);
            tokens.Add(browser.Cookies[WholeVisit.Visit]);
        }

        return tokens;
    }
}
