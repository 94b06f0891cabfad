using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;

namespace Sojourn.AspNetCore.Tests.Protection;

/// <summary>Behind proxies: forwarded headers count only from listed ones, and where that is the trouble, the log says so.</summary>
public sealed class ForwardedHeaderTests
{
    private const string Proxy = "10.1.2.3";

    private static readonly (string, string)[] Away = [("Host", "shop.example"), ("Sec-Fetch-Site", "same-origin")];

    [Theory, Requirement("ASVS-4.1.3"), Requirement("WSTG-SESS-01.b")]
    [InlineData("X-Forwarded-Proto", "https")]
    [InlineData("X-Forwarded-Host", "localhost")]
    [InlineData("X-Forwarded-For", "127.0.0.1")]
    [InlineData("Forwarded", "proto=https;host=localhost;for=127.0.0.1")]
    [InlineData("X-Original-Proto", "https")]
    [InlineData("X-Original-Host", "localhost")]
    public async Task A_stranger_s_headers_change_nothing(string header, string value)
    {
        await using var app = await StartAsync();
        using var browser = app.NewBrowser();
        var reply = await browser.PostAsync("/sign-in/ada", [.. Away, From("203.0.113.9"), (header, value)]);

        Assert.Equal((400, "plainHttp"), (reply.Status, reply.Reason));
        Assert.Empty(reply.SetCookies);
    }

    [Theory]
    [InlineData("Development")]
    [InlineData("Production")]
    public async Task A_sign_in_that_an_unlisted_proxy_spoils_says_so_and_which_address_to_list(string environment)
    {
        await using var app = await StartAsync(environment);
        using var browser = app.NewBrowser();
        (string, string)[] headers = [.. Away, From("10.9.9.9"), ("X-Forwarded-Proto", "https-marker"), ("X-Forwarded-For", "198.51.100.7")];
        var reply = await browser.PostAsync("/sign-in/ada", headers);
        await browser.PostAsync("/sign-in/ada", headers);

        Assert.Equal((400, "plainHttp"), (reply.Status, reply.Reason));
        Assert.Contains("X-Forwarded-Proto came from 10.9.9.9", reply.Body, StringComparison.Ordinal);
        var line = Assert.Single(app.Log.All, line => line.Contains("X-Forwarded-Proto came from 10.9.9.9", StringComparison.Ordinal));
        Assert.Contains("KnownProxies (ForwardedHeadersOptions)", line, StringComparison.Ordinal);
        Assert.DoesNotContain(app.Log.All, line => line.Contains("marker", StringComparison.Ordinal) || line.Contains("198.51.100.7", StringComparison.Ordinal));
    }

    [Fact]
    public async Task So_does_a_token_that_comes_over_plain_http()
    {
        await using var app = await StartAsync("Development");
        using var browser = app.NewBrowser();
        await browser.PostAsync("/sign-in/ada");
        var reply = await browser.GetAsync("/private", [.. Away, From("10.9.9.9"), ("X-Forwarded-Proto", "https")]);
        var plain = await browser.GetAsync("/private", [.. Away, From("10.9.9.9")]);

        Assert.Equal((401, "unknown"), (reply.Status, reply.Reason));
        Assert.Contains("X-Forwarded-Proto came from 10.9.9.9", reply.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("came from", plain.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task So_does_an_Origin_that_seems_foreign_but_not_a_request_from_another_site()
    {
        await using var app = await StartAsync("Development");
        using var browser = app.NewBrowser();
        (string, string)[] forwarded = [("Host", "inner:8080"), From("10.9.9.9"), ("X-Forwarded-Host", "shop.example")];
        var reply = await browser.PostAsync("/data/cart/tea", [.. forwarded, ("Origin", "https://shop.example")]);
        Assert.Equal((403, "origin"), (reply.Status, reply.Reason));
        Assert.Contains("X-Forwarded-Host came from 10.9.9.9", reply.Body, StringComparison.Ordinal);

        reply = await browser.PostAsync("/data/cart/tea", [.. forwarded, ("Sec-Fetch-Site", "cross-site")]);
        Assert.Equal((403, "sec-fetch-site"), (reply.Status, reply.Reason));
        Assert.DoesNotContain("came from", reply.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("::ffff:10.9.9.9", "X-Forwarded-For", "X-Forwarded-For came from 10.9.9.9 and")]
    [InlineData("2001:db8::7", "X-Forwarded-Proto", "X-Forwarded-Proto came from 2001:db8::7 and")]
    [InlineData("10.9.9.9", "Forwarded", "Forwarded came from 10.9.9.9, and ASP.NET Core does not read it")]
    public async Task The_address_is_the_one_to_put_into_the_list(string peer, string header, string said)
    {
        await using var app = await StartAsync("Development");
        using var browser = app.NewBrowser();
        var reply = await browser.PostAsync("/sign-in/ada", [.. Away, From(peer), (header, "x")]);

        Assert.Contains(said, reply.Body, StringComparison.Ordinal);
        Assert.Contains(app.Log.All, line => line.Contains(said, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_log_does_not_grow_with_strangers()
    {
        await using var app = await StartAsync();
        using var browser = app.NewBrowser();
        for (var i = 0; i < UnlistedProxies.MaxPeers + 20; i++)
        {
            await browser.PostAsync("/sign-in/ada", [.. Away, From($"10.0.1.{i}"), ("X-Forwarded-Proto", "https")]);
        }

        Assert.Equal(UnlistedProxies.MaxPeers, app.Log.All.Count(line => line.Contains("X-Forwarded-Proto came from", StringComparison.Ordinal)));
    }

    [Fact, Requirement("ASVS-15.3.4"), Requirement("ASVS-4.1.3")]
    public async Task The_client_s_address_comes_from_a_listed_proxy_alone()
    {
        await using var app = await StartAsync();
        using var ada = app.NewBrowser();
        using var eve = app.NewBrowser();
        Assert.Equal(200, (await ada.PostAsync("/sign-in/ada", Proxied(("X-Forwarded-For", "198.51.100.7")))).Status);
        Assert.Equal(200, (await eve.PostAsync("/sign-in/eve", From("203.0.113.9"), ("X-Forwarded-For", "198.51.100.7"))).Status); // to localhost

        Assert.Equal("198.51.100.7", await AddressAsync(app, "ada"));
        Assert.Equal("203.0.113.9", await AddressAsync(app, "eve"));
        Assert.DoesNotContain(app.Log.All, line => line.Contains("came from", StringComparison.Ordinal));
    }

    // The rightmost entry is the one that the listed proxy added; what is left of it, its client said.
    [Theory, Requirement("ASVS-15.3.4"), Requirement("ASVS-4.1.3")]
    [InlineData("https", "198.51.100.7", 200, "198.51.100.7")]
    [InlineData("http,https", "127.0.0.1, 198.51.100.7", 200, "198.51.100.7")]
    [InlineData("https,http", "198.51.100.7", 400, null)]
    [InlineData("http", "198.51.100.7", 400, null)]
    [InlineData("", "198.51.100.7", 400, null)]
    [InlineData("HTTPS", "198.51.100.7", 200, "198.51.100.7")]
    [InlineData("ftp", "198.51.100.7", 400, null)]
    [InlineData("https;http", "198.51.100.7", 400, null)]
    [InlineData("https/", "198.51.100.7", 400, null)]
    [InlineData("\"https\"", "198.51.100.7", 200, "198.51.100.7")]
    [InlineData("https", "1, 2, 3, 4, 10.1.2.3, 198.51.100.7", 200, "198.51.100.7")]
    [InlineData("https", "198.51.100.7:4711", 200, "198.51.100.7")]
    [InlineData("https", "[2001:db8::7]:4711", 200, "2001:db8::7")]
    public async Task Of_what_a_listed_proxy_sends_the_last_entry_counts(string proto, string chain, int status, string? address)
    {
        await using var app = await StartAsync();
        using var browser = app.NewBrowser();
        var reply = await browser.PostAsync("/sign-in/ada", [.. Away, From(Proxy), ("X-Forwarded-Proto", proto), ("X-Forwarded-For", chain)]);

        Assert.Equal(status, reply.Status);
        Assert.Equal(address is not null, reply.SessionCookie is not null);
        if (address is not null)
        {
            Assert.Equal(address, await AddressAsync(app, "ada"));
        }
    }

    [Theory, Requirement("ASVS-15.3.4")]
    [InlineData("not an address")]
    [InlineData("<script>")]
    [InlineData("unknown")]
    [InlineData("1.2.3.4.5")]
    [InlineData(",,,")]
    public async Task A_chain_that_is_none_is_never_taken_for_an_address(string chain)
    {
        await using var app = await StartAsync();
        using var browser = app.NewBrowser();
        await browser.PostAsync("/sign-in/ada", From(Proxy), ("X-Forwarded-For", chain));

        Assert.Equal(Proxy, await AddressAsync(app, "ada"));
    }

    [Fact, Requirement("ASVS-15.3.4")]
    public async Task A_longer_chain_is_followed_as_far_as_proxies_are_listed_and_the_limit_allows()
    {
        (int Limit, string Address)[] cases = [(1, "10.1.2.4"), (2, "198.51.100.7"), (5, "198.51.100.7")];
        foreach (var (limit, address) in cases)
        {
            await using var app = await StartAsync(limit: limit);
            using var browser = app.NewBrowser();
            await browser.PostAsync("/sign-in/ada", From(Proxy), ("X-Forwarded-For", "127.0.0.1, 198.51.100.7, 10.1.2.4"));
            Assert.Equal((limit, address), (limit, await AddressAsync(app, "ada")));
        }
    }

    [Theory]
    [InlineData("X-Forwarded-Proto: http\r\nX-Forwarded-Proto: https\r\n", "200")]
    [InlineData("X-Forwarded-Proto: https\r\nX-Forwarded-Proto: http\r\n", "400")]
    [InlineData("X-Forwarded-Proto:\r\n https\r\n", "400")]
    [InlineData("X-Forwarded-Proto: http\r\n https\r\n", "400")]
    [InlineData("X-Forwarded-Proto : https\r\n", "400")]
    public async Task Lines_that_are_doubled_or_folded_make_nothing_secure(string lines, string status)
    {
        await using var app = await StartAsync();
        using var client = new TcpClient();
        await client.ConnectAsync(app.Address.Host, app.Address.Port, TestContext.Current.CancellationToken);
        await using var stream = client.GetStream();
        var request = $"POST /sign-in/ada HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\nContent-Length: 0\r\nSec-Fetch-Site: same-origin\r\nTest-Peer: {Proxy}\r\n{lines}\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream);

        Assert.Equal(status, (await reader.ReadToEndAsync(TestContext.Current.CancellationToken)).Split(' ')[1]);
    }

    [Fact]
    public async Task Behind_a_listed_proxy_the_Origin_is_compared_with_the_address_that_the_browser_knows()
    {
        await using var app = await StartAsync();
        using var browser = app.NewBrowser();
        (string, string)[] inner = [("Host", "inner:8080"), From(Proxy), ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "shop.example")];

        Assert.Equal(200, (await browser.PostAsync("/sign-in/ada", [.. inner, ("Origin", "https://shop.example")])).Status);
        Assert.Equal("origin", (await browser.PostAsync("/step-up", [.. inner, ("Origin", "http://inner:8080")])).Reason);
        Assert.Equal("origin", (await browser.PostAsync("/step-up", [.. inner, ("Origin", "https://evil.example")])).Reason);
        Assert.DoesNotContain(app.Log.All, line => line.Contains("came from", StringComparison.Ordinal)); // it is listed
    }

    private static (string, string)[] Proxied(params (string, string)[] more) => [.. Away, From(Proxy), ("X-Forwarded-Proto", "https"), .. more];

    /// <summary>The address of the connection, which is always this machine's in a test.</summary>
    private static (string, string) From(string peer) => ("Test-Peer", peer);

    private static async Task<string?> AddressAsync(TestApp app, string subject)
        => (await app.Sessions.ListAsync(subject, ct: TestContext.Current.CancellationToken)).Sessions.Single().Client.Address.ToString();

    private static Task<TestApp> StartAsync(string environment = "Production", int limit = 1) => TestApp.StartAsync(environment: environment, pipeline: app =>
    {
        app.Use((context, next) =>
        {
            if (IPAddress.TryParse(context.Request.Headers["Test-Peer"], out var peer))
            {
                context.Connection.RemoteIpAddress = peer;
            }

            return next(context);
        });
        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.All, ForwardLimit = limit };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        options.KnownProxies.Add(IPAddress.Parse(Proxy));
        options.KnownProxies.Add(IPAddress.Parse("10.1.2.4"));
        app.UseForwardedHeaders(options);
        app.UseAuthentication().UseAuthorization().UseSojourn();
    });
}
