using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Shop.Tests;

/// <summary>Whatever a client sends, it gets a clear answer, and nothing has changed.</summary>
public sealed class BadInputTests(ShopServer shop) : IClassFixture<ShopServer>
{
    private const string Cookie = "__Host-shop";

    private static readonly HttpStatusCode[] Clear =
    [
        HttpStatusCode.BadRequest, HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden, HttpStatusCode.NotFound, HttpStatusCode.MethodNotAllowed,
        HttpStatusCode.Conflict, HttpStatusCode.RequestEntityTooLarge, HttpStatusCode.UnsupportedMediaType,
    ];

    public static TheoryData<string> BadJson { get; } =
    [
        "", " ", "null", "true", "1", "\"text\"", "[]", "[null]", "{", "}", "{}{}", "{]", "{,}", "{'user':'alice'}", "\u0000", "\ufeff", "nul", "{\"a\":", "[[[[",
        """{"user":null,"password":null}""", """{"user":"alice"}""", """{"password":"sojourn-demo-1"}""", """{"sku":"tea"}""", """{"quantity":1}""",
        """{"user":["alice"],"password":"sojourn-demo-1"}""", """{"user":{"$ne":null},"password":{"$ne":null}}""", """{"user":1,"password":2}""",
        """{"user":"alice","password":"sojourn-demo-1","remember":"true"}""", """{"user":"alice","password":"sojourn-demo-1","remember":1}""",
        """{"user":"alice","password":"sojourn-demo-1","remember":null}""", """{"user":"alice","user":"bob","password":"sojourn-demo-1"}""",
        """{"user":"alice","password":"sojourn-demo-1","admin":true}""", """{"USER":"alice","PASSWORD":"sojourn-demo-1"}""", """{"user":"\ud800","password":"x"}""",
        """{"user":"alice","password":"sojourn-demo-1",}""", """{"user":"alice","password":"sojourn-demo-1"} x""", """{"user":"alice" /* */,"password":"x"}""",
        """{"sku":"tea","quantity":"1"}""", """{"sku":"tea","quantity":1.5}""", """{"sku":"tea","quantity":1e400}""", """{"sku":"tea","quantity":99999999999999999999}""",
        """{"sku":"tea","quantity":null}""", """{"sku":null,"quantity":1}""", """{"sku":"tea","quantity":NaN}""", """{"sku":"tea","quantity":[1]}""", """{"sku":"tea","quantity":01}""",
        """{"sku":"tea","quantity":1,"quantity":2}""", """{"sku":"tea","quantity":1,"price":0}""", """{"sku":["tea"],"quantity":1}""", """{"__proto__":{},"sku":"tea","quantity":true}""",
    ];

    public static TheoryData<string> BadTokens { get; } =
    [
        "", " ", "a", "\"\"", "\"", new string('A', 63), new string('A', 64), new string('A', 65), new string('A', 8000), new string('-', 64), new string('A', 63) + "=", new string('A', 63) + "+",
        new string('A', 63) + "\u00e9", "%00", "%41" + new string('A', 61), "null", "undefined", "{}", "[]", "../../etc/passwd", "' or 1=1 --", "<script>", "a,b", "a b", "=", "==",
        "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbGljZSJ9.", "AAAA\u0001BBBB",
    ];

    public static TheoryData<string, string> Endpoints { get; } = new()
    {
        { "GET", "/api/session" }, { "POST", "/api/sign-in" }, { "POST", "/api/sign-out" }, { "GET", "/api/cart" }, { "POST", "/api/cart" }, { "GET", "/api/sessions" },
        { "DELETE", "/api/sessions" }, { "DELETE", "/api/sessions/AAAAAAAAAAAAAAAAAAAAAA" }, { "POST", "/cart" }, { "POST", "/cart/remove" }, { "POST", "/sign-in" },
        { "POST", "/sign-out" }, { "POST", "/register" }, { "POST", "/register/code" }, { "POST", "/checkout" }, { "POST", "/preferences" }, { "POST", "/devices/end" }, { "POST", "/devices/end-others" },
        { "POST", "/devices/not-me" }, { "POST", "/password" }, { "POST", "/api/password" },
    };

    [Theory]
    [MemberData(nameof(BadJson))]
    public async Task JSON_that_is_not_exactly_what_is_asked_for_is_refused(string json)
    {
        using var browser = shop.Open();
        foreach (var path in (string[])["/api/sign-in", "/api/cart"])
        {
            var answer = await browser.PostAsync(path, json);
            answer.IsProblem(HttpStatusCode.BadRequest);
            Assert.Empty(answer.SetCookies);
        }
    }

    [Fact]
    public async Task JSON_in_bytes_that_are_no_text_is_refused()
    {
        using var browser = shop.Open();
        foreach (var bytes in (byte[][])[[0xff, 0xfe], [0xc3, 0x28], [.. "{\"sku\":\""u8, 0xff, .. "\",\"quantity\":1}"u8], [0x7b, 0x00, 0x7d, 0x00], [.. Enumerable.Repeat((byte)'[', 60_000)]])
        {
            foreach (var path in (string[])["/api/sign-in", "/api/cart"])
            {
                var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(bytes) };
                request.Content.Headers.ContentType = new("application/json");
                (await browser.FetchAsync(request)).IsProblem(HttpStatusCode.BadRequest);
            }
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("multipart/form-data")]
    [InlineData("multipart/form-data; boundary=")]
    [InlineData("multipart/form-data; boundary=x")]
    [InlineData("application/xml")]
    [InlineData("application/jsonp")]
    [InlineData("application/json; charset=nonsense")]
    [InlineData("application/json; charset=utf-7")]
    [InlineData("application/json, text/plain")]
    [InlineData("; ; ;")]
    [InlineData("application/x-www-form-urlencoded; charset=nonsense")]
    public async Task A_body_of_another_type_is_refused(string? type)
    {
        using var browser = shop.Open();
        foreach (var path in (string[])["/api/sign-in", "/api/cart", "/cart", "/cart/remove", "/sign-in", "/register", "/register/code", "/preferences"])
        {
            var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent("{\"user\":\"alice\",\"password\":\"sojourn-demo-1\"}"u8.ToArray()) };
            request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
            await IsRefusedAsync(browser, request);
        }
    }

    [Fact]
    public async Task A_body_that_is_too_long_is_refused()
    {
        using var browser = shop.Open();
        var (form, json) = (new MediaTypeHeaderValue("application/x-www-form-urlencoded"), new MediaTypeHeaderValue("application/json"));
        var name = new string('a', 100_000);
        await IsTooLargeAsync(browser, "/api/sign-in", () => new StringContent($$"""{"user":"{{name}}","password":"x"}""", json));
        await IsTooLargeAsync(browser, "/api/cart", () => new StringContent($$"""{"sku":"{{name}}","quantity":1}""", json));
        await IsTooLargeAsync(browser, "/sign-in", () => new StringContent($"user={name}&password=x", form));
        await IsTooLargeAsync(browser, "/api/cart", () => new StringContent($$"""{"sku":"{{name}}","quantity":1}""", json), chunked: true);
        (await browser.PostAsync("/api/sign-in", $$"""{"user":"{{new string('a', 20_000)}}","password":"{{new string('b', 20_000)}}"}""")).IsProblem(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [MemberData(nameof(BadTokens))]
    [Requirement("WSTG-SESS-01.g")]
    public async Task A_token_that_nobody_issued_is_refused_and_never_repeated(string token)
    {
        foreach (var cookie in (string[])[Cookie, Cookie + "-visit"])
        {
            using var browser = shop.Open();
            browser.Cookies[cookie] = token;
            var answer = await browser.GetAsync("/api/session");
            answer.IsProblem(HttpStatusCode.Unauthorized, token.Length == 64 && token.All(c => c is 'A' or '-') ? "unknown" : "malformed");
            Assert.Empty(answer.SetCookies);
            Assert.False(token.Length > 6 && answer.Text.Contains(token, StringComparison.Ordinal));
            (await browser.GetAsync("/api/sessions")).IsProblem(HttpStatusCode.Unauthorized, answer.Reason);
            Assert.Equal("""{"items":[],"total":0}""", (await browser.GetAsync("/api/cart")).Text);
            Assert.Equal(HttpStatusCode.OK, (await browser.GoAsync("/devices")).Status);
        }
    }

    [Fact]
    [Requirement("WSTG-SESS-01.g")]
    public async Task A_token_with_any_one_character_changed_is_refused_and_the_real_one_goes_on()
    {
        using var browser = shop.Open();
        await browser.SignInAsync("alice");
        var token = browser.Cookies[Cookie];
        using var thief = shop.Open();
        for (var i = 0; i < token.Length; i++)
        {
            thief.Cookies[Cookie] = $"{token[..i]}{(token[i] == 'x' ? 'y' : 'x')}{token[(i + 1)..]}";
            var answer = await thief.GetAsync("/api/session");
            Assert.Equal(HttpStatusCode.Unauthorized, answer.Status);
            Assert.Contains(answer.Reason, (string[])["unknown", "malformed"]);
        }

        foreach (var length in Enumerable.Range(0, token.Length))
        {
            thief.Cookies[Cookie] = token[..length];
            (await thief.GetAsync("/api/session")).IsProblem(HttpStatusCode.Unauthorized, "malformed");
        }

        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/api/session")).Status);
    }

    [Fact]
    [Requirement("ASVS-15.3.7")]
    public async Task Two_different_tokens_are_refused_and_the_same_one_twice_is_not()
    {
        using var browser = shop.Open();
        await browser.SignInAsync("alice");
        var token = browser.Cookies[Cookie];
        (await CookiesAsync($"{Cookie}={token}; {Cookie}={new string('A', 64)}")).IsProblem(HttpStatusCode.Unauthorized, "malformed");
        (await CookiesAsync($"{Cookie}={new string('A', 64)}; {Cookie}={token}")).IsProblem(HttpStatusCode.Unauthorized, "malformed");
        Assert.Equal(HttpStatusCode.OK, (await CookiesAsync($"{Cookie}={token}; {Cookie}={token}")).Status);
        Assert.Equal(HttpStatusCode.OK, (await CookiesAsync($";; ;a;=b; {Cookie}={token};")).Status);

        Task<Answer> CookiesAsync(string header)
        {
            var request = new HttpRequestMessage(HttpMethod.Get, "/api/session");
            request.Headers.TryAddWithoutValidation("Cookie", header);
            return browser.FetchAsync(request);
        }
    }

    [Theory]
    [InlineData("x")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAB")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("..%2f..%2fsession")]
    [InlineData("null")]
    [InlineData("' or 1=1 --")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAA/x")]
    [InlineData("%FF%FE")]
    [InlineData("%e2%80%ae")]
    public async Task An_id_in_the_path_that_is_none_is_refused(string id)
    {
        using var browser = shop.Open();
        await browser.SignInAsync("bob");
        var answer = await browser.DeleteAsync("/api/sessions/" + id);
        answer.IsProblem(answer.Status);
        Assert.Contains(answer.Status, (HttpStatusCode[])[HttpStatusCode.BadRequest, HttpStatusCode.NotFound, HttpStatusCode.MethodNotAllowed]);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/api/session")).Status);
    }

    [Fact]
    public async Task A_zero_byte_in_the_path_is_refused_by_the_server_itself()
    {
        using var browser = shop.Open();
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.DeleteAsync("/api/sessions/%00")).Status);
    }

    [Theory]
    [InlineData("/cart", "sku=tea")]
    [InlineData("/cart", "quantity=1")]
    [InlineData("/cart", "sku=tea&quantity=")]
    [InlineData("/cart", "sku=tea&quantity=x")]
    [InlineData("/cart", "sku=tea&quantity=0")]
    [InlineData("/cart", "sku=tea&quantity=100")]
    [InlineData("/cart", "sku=tea&quantity=1.0")]
    [InlineData("/cart", "sku=tea&quantity=99999999999")]
    [InlineData("/cart", "sku=tea&quantity=1&quantity=2")]
    [InlineData("/cart", "sku=tea&sku=mug&quantity=1")]
    [InlineData("/cart", "sku=tea%00&quantity=1")]
    [InlineData("/cart", "sku=&quantity=1")]
    [InlineData("/cart", "%")]
    [InlineData("/cart", "")]
    [InlineData("/cart/remove", "")]
    [InlineData("/sign-in", "user=alice")]
    [InlineData("/sign-in", "password=sojourn-demo-1")]
    [InlineData("/sign-in", "user=alice&password=sojourn-demo-1&remember=perhaps")]
    [InlineData("/sign-in", "USER%00=alice&=&&&=x")]
    [InlineData("/register", "user=ada@example.org")]
    [InlineData("/register/code", "cod=1")]
    [InlineData("/preferences", "theme=dark")]
    [InlineData("/preferences", "theme=pink&currency=EUR")]
    [InlineData("/preferences", "theme=dark&currency=BTC")]
    public async Task A_form_that_the_pages_do_not_send_is_refused(string path, string form)
    {
        using var browser = shop.Open();
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(form, new MediaTypeHeaderValue("application/x-www-form-urlencoded")) };
        await IsRefusedAsync(browser, request);
    }

    [Theory]
    [InlineData("id=")]
    [InlineData("id=x")]
    [InlineData("")]
    [InlineData("id=AAAAAAAAAAAAAAAAAAAAAA&id=AAAAAAAAAAAAAAAAAAAAAA")]
    public async Task A_form_with_a_bad_id_ends_nothing(string form)
    {
        using var browser = shop.Open();
        await browser.SignInAsync("bob");
        var request = new HttpRequestMessage(HttpMethod.Post, "/devices/end") { Content = new StringContent(form, new MediaTypeHeaderValue("application/x-www-form-urlencoded")) };
        (await browser.FetchAsync(request)).IsProblem(HttpStatusCode.BadRequest);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/api/session")).Status);
    }

    [Theory]
    [MemberData(nameof(Endpoints))]
    [Requirement("WSTG-SESS-05.a")]
    [Requirement("WSTG-SESS-05.c")]
    [Requirement("WSTG-SESS-05.d")]
    [Requirement("FM-14")]
    public async Task What_another_site_sends_is_refused_unless_it_only_reads(string method, string path)
    {
        using var browser = shop.Open();
        await browser.SignInAsync("alice");
        foreach (var (name, value) in ((string, string)[])[("Origin", "https://evil.example"), ("Origin", "null"), ("Origin", ""), ("Origin", browser.Origin + ".evil.example"),
            ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Site", "same-site"), ("Sec-Fetch-Site", "nonsense"), ("Sec-Fetch-Site", "")])
        {
            var request = new HttpRequestMessage(new(method), path);
            request.Headers.TryAddWithoutValidation(name, value);
            var answer = await browser.FetchAsync(request);
            if (method == "GET")
            {
                Assert.Equal(HttpStatusCode.OK, answer.Status);
            }
            else
            {
                answer.IsProblem(HttpStatusCode.Forbidden, answer.Reason);
                Assert.Empty(answer.SetCookies);
            }
        }

        Assert.Equal("alice", (await browser.GetAsync("/api/session")).Json.GetProperty("subject").GetString());
    }

    [Theory]
    [MemberData(nameof(Endpoints))]
    public async Task Odd_headers_and_queries_break_nothing(string method, string path)
    {
        using var browser = shop.Open();
        foreach (var (name, value) in ((string, string)[])[("Accept", ";;;,,*"), ("Accept", new('a', 5000)), ("Accept-Language", "\u00e9"), ("If-None-Match", "\"\"\""), ("If-Match", "x"),
            ("Range", "bytes=-1-,x"), ("Content-Encoding", "nonsense"), ("X-Forwarded-For", "'"), ("X-HTTP-Method-Override", "DELETE"), ("Authorization", "Sojourn"), ("Expect", "x")])
        {
            var request = new HttpRequestMessage(new(method), path + "?returnUrl=%00&reason=%0d%0a&id=%ff&sku[]=1&quantity=&%");
            request.Headers.TryAddWithoutValidation(name, value);
            var answer = await browser.FetchAsync(request);
            Assert.True((int)answer.Status < 500, $"{name}: {value} gave {answer.Status}");
            Assert.DoesNotContain(answer.SetCookies, line => line.StartsWith(Cookie + "=", StringComparison.Ordinal) && !line.Contains("Max-Age=0", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("PUT", "/api/session", HttpStatusCode.MethodNotAllowed)]
    [InlineData("GET", "/api/sign-out", HttpStatusCode.NotFound)]
    [InlineData("GET", "/sign-out", HttpStatusCode.NotFound)]
    [InlineData("GET", "/api/sign-in", HttpStatusCode.NotFound)]
    [InlineData("PATCH", "/api/cart", HttpStatusCode.MethodNotAllowed)]
    [InlineData("GET", "/api/nothing", HttpStatusCode.NotFound)]
    [InlineData("GET", "/api/", HttpStatusCode.NotFound)]
    [InlineData("GET", "/goods/nothing.svg", HttpStatusCode.NotFound)]
    [InlineData("GET", "/goods/..%2fappsettings.json", HttpStatusCode.NotFound)]
    [InlineData("GET", "/appsettings.json", HttpStatusCode.NotFound)]
    [InlineData("NONSENSE", "/api/cart", HttpStatusCode.MethodNotAllowed)]
    [Requirement("FM-11")]
    [Requirement("WSTG-SESS-06.f")]
    public async Task Other_methods_and_addresses_get_problem_details(string method, string path, HttpStatusCode status)
    {
        using var browser = shop.Open();
        (await browser.FetchAsync(new(new(method), path))).IsProblem(status);
    }

    [Fact]
    public async Task Any_bytes_as_JSON_form_token_or_id_give_a_clear_answer()
    {
        using var browser = shop.Open();
        var random = new Random(20260101);
        var seeds = (string[])["""{"user":"carol","password":"x"}""", """{"sku":"tea","quantity":100}""", "user=carol&password=x&remember=true", "sku=tea&quantity=0"];
        for (var i = 0; i < 300; i++)
        {
            var bytes = Encoding.UTF8.GetBytes(seeds[i % 4]);
            for (var changes = random.Next(1, 6); changes > 0; changes--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            var path = ((string[])["/api/sign-in", "/api/cart", "/sign-in", "/cart"])[i % 4];
            var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(bytes) };
            request.Content.Headers.ContentType = new(i % 4 < 2 ? "application/json" : "application/x-www-form-urlencoded");
            request.Headers.TryAddWithoutValidation("Cookie", $"{Cookie}={Convert.ToBase64String(bytes)}; {Cookie}-visit={Uri.EscapeDataString(Convert.ToBase64String(bytes))}");
            var answer = await browser.FetchAsync(request);
            var wasTaken = answer.Status is HttpStatusCode.OK or HttpStatusCode.Found or HttpStatusCode.SeeOther;
            Assert.True(wasTaken || Clear.Contains(answer.Status), $"{answer.Status} for {Convert.ToHexString(bytes)}");
            Assert.DoesNotContain(answer.SetCookies, line => line.StartsWith(Cookie + "=", StringComparison.Ordinal));
        }
    }

    /// <summary>
    /// Kestrel closes the connection over the rest of a body that it refused, and then the answer may be lost on the way:
    /// asked again until one arrives.
    /// </summary>
    private static async Task IsTooLargeAsync(Browser browser, string path, Func<HttpContent> body, bool chunked = false)
    {
        for (var tries = 1; ; tries++)
        {
            var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = body(), Headers = { TransferEncodingChunked = chunked } };
            try
            {
                var answer = await browser.FetchAsync(request);
                answer.IsProblem(HttpStatusCode.RequestEntityTooLarge);
                Assert.Empty(answer.SetCookies);
                return;
            }
            catch (HttpRequestException closed) when (closed.InnerException is IOException && tries < 20)
            {
            }
        }
    }

    private static async Task IsRefusedAsync(Browser browser, HttpRequestMessage request)
    {
        var answer = await browser.FetchAsync(request);
        Assert.Contains(answer.Status, Clear);
        answer.IsProblem(answer.Status);
        Assert.Empty(answer.SetCookies);
    }
}
