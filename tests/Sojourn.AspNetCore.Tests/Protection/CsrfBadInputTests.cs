using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.DependencyInjection;

namespace Sojourn.AspNetCore.Tests.Protection;

/// <summary>Tokens and forms that are not what they should be: refused in words, without an effect, and never with a 500.</summary>
public sealed class CsrfBadInputTests
{
    [Fact, Requirement("FM-12")]
    public async Task A_token_of_another_session_of_the_one_before_the_sign_in_or_of_other_keys_is_refused()
    {
        await using var app = await CsrfApp.StartAsync();
        await using var other = await CsrfApp.StartAsync();
        var (browser, stale) = await app.SignInAsync();
        var (_, foreign) = await app.SignInAsync("eve");
        var (_, sameName) = await app.SignInAsync();
        var (_, elsewhere) = await other.SignInAsync();
        await browser.PostAsync("/sign-in/ada", (CsrfApp.Header, stale));
        Assert.Equal("ada", (await browser.GetAsync("/who")).Body);
        foreach (var token in new[] { stale, foreign, sameName, elsewhere, browser.Session! })
        {
            await IsRefusedAsync(app, browser, token);
        }

        Assert.Equal(200, (await browser.PostAsync("/change", (CsrfApp.Header, await CsrfApp.TokenAsync(browser)))).Status);
    }

    [Fact]
    public async Task One_for_another_tenant_or_purpose_with_the_same_keys_is_refused()
    {
        var keys = new EphemeralDataProtectionProvider();
        await using var app = await CsrfApp.StartAsync(keys: keys);
        var (browser, _) = await app.SignInAsync();
        var id = new byte[SessionId.Size];
        browser.SessionId.CopyTo(id);
        foreach (var protector in new[] { keys.CreateProtector("Sojourn.CsrfToken.v1"), keys.CreateProtector("Sojourn.CsrfToken.v1", "another"), keys.CreateProtector("other", app.App.Engine.Options.Tenant) })
        {
            await IsRefusedAsync(app, browser, Convert.ToBase64String(protector.Protect(id)).TrimEnd('=').Replace('+', '-').Replace('/', '_'));
        }
    }

    [Theory]
    [InlineData("cut")]
    [InlineData("cut a lot")]
    [InlineData("longer")]
    [InlineData("one letter")]
    [InlineData("too long")]
    [InlineData("no base64")]
    [InlineData("not ASCII")]
    [InlineData("quoted")]
    public async Task One_that_was_forged_cut_or_stretched_is_refused(string how)
    {
        await using var app = await CsrfApp.StartAsync();
        var (browser, token) = await app.SignInAsync();
        await IsRefusedAsync(app, browser, how switch
        {
            "cut" => token[..^1],
            "cut a lot" => token[..4],
            "longer" => token + "AAAA",
            "one letter" => token[..70] + (token[70] == 'A' ? 'B' : 'A') + token[71..],
            "too long" => new string('A', CsrfTokens.MaxLength + 1),
            "no base64" => "%%%%",
            "not ASCII" => "tökén",
            _ => $"\"{token}\"",
        });
    }

    [Theory]
    [InlineData("/change?__csrf={0}")]
    [InlineData("/change?X-CSRF-Token={0}")]
    public async Task In_the_query_it_does_not_count(string path)
    {
        await using var app = await CsrfApp.StartAsync();
        var (browser, token) = await app.SignInAsync();
        using var form = CsrfApp.Form(("note", "hers"));
        var reply = await browser.SendAsync(HttpMethod.Post, string.Format(path, token), [], form);

        Assert.Equal((403, "csrf-token-missing", 0), (reply.Status, reply.Reason, app.Effects));
    }

    [Fact]
    public async Task Said_twice_it_counts_if_both_are_the_same()
    {
        await using var app = await CsrfApp.StartAsync();
        var (browser, token) = await app.SignInAsync();
        var second = await CsrfApp.TokenAsync(browser);
        using var same = CsrfApp.Form((CsrfApp.Field, token), (CsrfApp.Field, token));
        using var different = CsrfApp.Form((CsrfApp.Field, token), (CsrfApp.Field, second));
        using var oneEmpty = CsrfApp.Form((CsrfApp.Field, token), (CsrfApp.Field, ""));
        using var good = CsrfApp.Form((CsrfApp.Field, token));
        using var bad = CsrfApp.Form((CsrfApp.Field, "forged"));

        Assert.Equal(200, (await browser.SendAsync(HttpMethod.Post, "/form", [], same)).Status);
        Assert.Equal("200", await RawAsync(browser, token, token));
        Assert.Equal("403", await RawAsync(browser, token, second));
        Assert.Equal("403", await RawAsync(browser, token, ""));
        Assert.Equal("403", await RawAsync(browser, "", token));
        Assert.Equal("403", await RawAsync(browser, $"{token}, {token}"));
        Assert.Equal("403", await RawAsync(browser, ""));
        Assert.Equal("csrf-token-invalid", (await browser.SendAsync(HttpMethod.Post, "/form", [], different)).Reason);
        Assert.Equal("csrf-token-invalid", (await browser.SendAsync(HttpMethod.Post, "/form", [], oneEmpty)).Reason);
        Assert.Equal("csrf-token-invalid", (await browser.SendAsync(HttpMethod.Post, "/form", [(CsrfApp.Header, "forged")], good)).Reason); // the header wins
        Assert.Equal(200, (await browser.SendAsync(HttpMethod.Post, "/form", [(CsrfApp.Header, token)], bad)).Status);
    }

    [Fact]
    public async Task An_empty_one_is_none()
    {
        await using var app = await CsrfApp.StartAsync();
        var (browser, _) = await app.SignInAsync();
        using var form = CsrfApp.Form((CsrfApp.Field, ""));

        Assert.Equal("csrf-token-missing", (await browser.SendAsync(HttpMethod.Post, "/form", [], form)).Reason);
        Assert.Equal(0, app.Effects);
    }

    [Theory]
    [InlineData("multipart/form-data", "--x\r\n")]
    [InlineData("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nnever ends")]
    [InlineData("multipart/form-data; boundary=x", "no boundary anywhere")]
    [InlineData("multipart/form-data; boundary=x", "--x\r\nbroken header\r\n\r\nv\r\n--x--\r\n")]
    [InlineData("application/x-www-form-urlencoded", "many")]
    [InlineData("application/x-www-form-urlencoded", "long key")]
    public async Task A_form_that_cannot_be_read_is_answered_with_400(string type, string body)
    {
        await using var app = await CsrfApp.StartAsync();
        var (browser, _) = await app.SignInAsync();
        body = body switch
        {
            "many" => string.Join('&', Enumerable.Range(0, 1100).Select(i => $"f{i}=1")),
            "long key" => new string('k', 3000) + "=1",
            _ => body,
        };
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) { Headers = { { "Content-Type", type } } };
        var reply = await browser.SendAsync(HttpMethod.Post, "/form", [], content);

        Assert.Equal((400, "form", 0), (reply.Status, reply.Reason, app.Effects));
    }

    [Fact]
    public async Task One_that_is_larger_than_its_endpoint_takes_is_answered_with_413()
    {
        await using var app = await CsrfApp.StartAsync(endpoints: (routes, app) => routes.MapPost("/small", () => app.Count("small")).WithMetadata(new Limit(100)));
        var (browser, token) = await app.SignInAsync();
        using var form = CsrfApp.Form((CsrfApp.Field, token), ("note", new string('x', 200)));
        var reply = await browser.SendAsync(HttpMethod.Post, "/small", [], form);

        Assert.Equal((413, "form", 0), (reply.Status, reply.Reason, app.Effects));
    }

    [Fact]
    public async Task When_the_keys_are_lost_the_token_is_invalid_and_nothing_fails()
    {
        var keys = new LosableKeys();
        await using var app = await CsrfApp.StartAsync(keys: keys);
        var (browser, token) = await app.SignInAsync();
        keys.Fault = new IOException("the ring is on a share that is away");
        await IsRefusedAsync(app, browser, token);
        Assert.Equal("ada", (await browser.GetAsync("/private")).Body);

        keys.Fault = null;
        Assert.Equal(200, (await browser.PostAsync("/change", (CsrfApp.Header, token))).Status);
    }

    [Fact]
    public async Task Of_any_text_only_the_session_s_own_tokens_are_accepted()
    {
        await using var services = new ServiceCollection().AddLogging().AddSingleton<IDataProtectionProvider>(new EphemeralDataProtectionProvider())
            .AddSojourn().UseMemory().AddCsrfTokens().Services.BuildServiceProvider();
        var tokens = services.GetRequiredService<CsrfTokens>();
        var (mine, other) = (SessionId.Create(1), SessionId.Create(1));
        var (one, two, foreign) = (tokens.Create(mine), tokens.Create(mine), tokens.Create(other));
        Assert.InRange(one.Length, 100, 200);

        Texts.ForAll(
            [one, two, foreign, one[..20], one[20..], two[20..], "=", "A", "-", "_", "%", " ", "\0"],
            text => tokens.IsOf(mine, text) == (text == one || text == two));
    }

    /// <summary>The status of a request with these lines of the header: an HttpClient would make one of them.</summary>
    private static async Task<string> RawAsync(Browser browser, params string[] tokens)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(browser.Address.Host, browser.Address.Port, TestContext.Current.CancellationToken);
        await using var stream = client.GetStream();
        var lines = string.Concat(tokens.Select(token => $"{CsrfApp.Header}: {token}\r\n"));
        var request = $"POST /change HTTP/1.1\r\nHost: {browser.Address.Authority}\r\nConnection: close\r\nContent-Length: 0\r\nSec-Fetch-Site: same-origin\r\nCookie: {browser.CookieHeader}\r\n{lines}\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream);
        return (await reader.ReadToEndAsync(TestContext.Current.CancellationToken)).Split(' ')[1];
    }

    private static async Task IsRefusedAsync(CsrfApp app, Browser browser, string token)
    {
        var before = app.Effects;
        using var form = CsrfApp.Form(("note", "hers"), (CsrfApp.Field, token));
        foreach (var reply in new[] { await browser.PostAsync("/change", (CsrfApp.Header, token)), await browser.SendAsync(HttpMethod.Post, "/form", [], form) })
        {
            Assert.Equal((403, "csrf-token-invalid"), (reply.Status, reply.Reason));
            Assert.DoesNotContain(token, reply.Body, StringComparison.Ordinal);
        }

        Assert.Equal(before, app.Effects);
        if (token.Length > 8)
        {
            Assert.DoesNotContain(app.App.Log.All, line => line.Contains(token, StringComparison.Ordinal));
        }
    }

    private sealed record Limit(long? MaxRequestBodySize) : IRequestSizeLimitMetadata;

    /// <summary>Keys that go away and come back.</summary>
    private sealed class LosableKeys : IDataProtectionProvider
    {
        private readonly EphemeralDataProtectionProvider _keys = new();

        public Exception? Fault { get; set; }

        public IDataProtector CreateProtector(string purpose) => new Protector(this, _keys.CreateProtector(purpose));

        private sealed class Protector(LosableKeys owner, IDataProtector inner) : IDataProtector
        {
            public IDataProtector CreateProtector(string purpose) => new Protector(owner, inner.CreateProtector(purpose));

            public byte[] Protect(byte[] plaintext) => inner.Protect(plaintext);

            public byte[] Unprotect(byte[] protectedData) => owner.Fault is { } fault ? throw fault : inner.Unprotect(protectedData);
        }
    }
}
