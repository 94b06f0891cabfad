using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Sojourn.Testing;

namespace Sojourn.AspNetCore.Tests;

/// <summary>Over plain http no token is given and none is taken, except on this machine, by the Host header.</summary>
public sealed class PlainHttpTests
{
    private static readonly (string, string)[] Away = [("Host", "example.com"), ("Sec-Fetch-Site", "same-origin")];

    [Fact, Requirement("WSTG-SESS-01.b"), Requirement("NIST-5.1-11"), Requirement("NIST-5.1-16")]
    public async Task A_sign_in_is_refused_with_the_cure()
    {
        await using var app = await TestApp.StartAsync();
        using var browser = app.NewBrowser();
        var reply = await browser.PostAsync("/sign-in/ada", Away);

        Assert.Equal((400, "plainHttp"), (reply.Status, reply.Reason));
        Assert.Contains("UseForwardedHeaders()", reply.Body, StringComparison.Ordinal);
        Assert.Empty(reply.SetCookies);
        Assert.Equal(0, app.Store.Calls(StoreOperation.Start));
        Assert.Contains(app.Log.All, line => line.Contains("sign-in over plain http to example.com is refused", StringComparison.Ordinal));
    }

    [Fact, Requirement("CSMCS-09"), Requirement("WSTG-SESS-04.a"), Requirement("NIST-5.1-16")]
    public async Task A_token_is_refused_with_a_log_line_and_its_session_goes_on()
    {
        await using var app = await TestApp.StartAsync();
        using var browser = await app.SignInAsync("ada");
        app.Store.ResetCalls();
        var reply = await browser.GetAsync("/private", Away);

        Assert.Equal((401, "unknown"), (reply.Status, reply.Reason));
        Assert.Empty(reply.SetCookies);
        Assert.Equal("nobody", (await browser.GetAsync("/who", Away)).Body);
        Assert.Equal(0, app.Store.TotalCalls);
        Assert.Contains(app.Log.All, line => line.Contains("token came over plain http to example.com", StringComparison.Ordinal) && line.StartsWith("Warning", StringComparison.Ordinal));
        Assert.Equal("ada", (await browser.GetAsync("/private")).Body);
    }

    [Fact, Requirement("WSTG-SESS-04.a"), Requirement("WSTG-SESS-01.b")]
    public async Task A_visitor_gets_no_session_either()
    {
        await using var app = await TestApp.StartAsync();
        using var browser = app.NewBrowser();
        foreach (var path in new[] { "/data/cart/tea", "/count" })
        {
            var reply = await browser.PostAsync(path, Away);
            Assert.Equal((400, "plainHttp"), (reply.Status, reply.Reason));
            Assert.Empty(reply.SetCookies);
        }

        Assert.Equal(0, app.Store.Calls(StoreOperation.Start));
        Assert.Equal("open", (await browser.GetAsync("/open", Away)).Body);
        Assert.Equal("none", (await browser.GetAsync("/data/cart", Away)).Body);
    }

    [Theory]
    [InlineData("localhost", true)]
    [InlineData("LOCALHOST:8080", true)]
    [InlineData("shop.localhost", true)]
    [InlineData("127.0.0.1:5000", true)]
    [InlineData("127.8.9.10", true)]
    [InlineData("[::1]:5000", true)]
    [InlineData("localhost.example.com", false)]
    [InlineData("127.0.0.1.example.com", false)]
    [InlineData("127.0.0.1.nip.io", false)]
    [InlineData("10.0.0.1", false)]
    [InlineData("[::ffff:127.0.0.1]", false)]
    [InlineData("example.com", false)]
    public async Task Loopback_means_the_host_header_whatever_address_the_connection_has(string host, bool isLoopback)
    {
        await using var app = await TestApp.StartAsync();
        using var browser = app.NewBrowser();
        var reply = await browser.PostAsync("/sign-in/ada", ("Host", host), ("Sec-Fetch-Site", "same-origin"));

        Assert.Equal(isLoopback ? 200 : 400, reply.Status);
        Assert.Equal(isLoopback, reply.SessionCookie is not null);
    }

    [Fact, Requirement("ASVS-4.1.3")]
    public async Task A_client_cannot_claim_https_for_itself()
    {
        await using var app = await TestApp.StartAsync();
        using var browser = app.NewBrowser();
        var reply = await browser.PostAsync("/sign-in/ada", [.. Away, ("X-Forwarded-Proto", "https"), ("Forwarded", "proto=https")]);

        Assert.Equal(400, reply.Status);
    }

    [Fact]
    public async Task Behind_a_known_proxy_the_forwarded_scheme_counts_when_authentication_comes_after_it()
    {
        await using var app = await TestApp.StartAsync(pipeline: pipeline =>
        {
            pipeline.UseForwardedHeaders(Forwarded());
            pipeline.UseAuthentication().UseAuthorization().UseSojourn();
        });
        using var browser = app.NewBrowser();
        (string, string)[] proxied = [.. Away, ("X-Forwarded-Proto", "https")];

        Assert.Equal(200, (await browser.PostAsync("/sign-in/ada", proxied)).Status);
        Assert.Equal("ada", (await browser.GetAsync("/private", proxied)).Body);
    }

    [Fact]
    public async Task Forwarded_headers_that_come_after_the_automatic_authentication_are_too_late_and_the_log_names_the_order()
    {
        await using var app = await TestApp.StartAsync(pipeline: pipeline =>
        {
            pipeline.UseForwardedHeaders(Forwarded());
            pipeline.UseSojourn();
        });
        using var browser = await app.SignInAsync("ada");
        var reply = await browser.GetAsync("/private", [.. Away, ("X-Forwarded-Proto", "https")]);

        Assert.Equal(401, reply.Status);
        Assert.Contains(app.Log.All, line => line.Contains("UseForwardedHeaders()", StringComparison.Ordinal) && line.Contains("and then UseAuthentication()", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Over_https_everything_works()
    {
        await using var app = await TestApp.StartAsync(https: true);
        using var browser = await app.SignInAsync("ada");

        Assert.Equal("https", app.Address.Scheme);
        Assert.Equal("ada", (await browser.GetAsync("/private")).Body);
        Assert.DoesNotContain(app.Log.All, line => line.Contains("plain http", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("http://*:80", "http://*:80")]
    [InlineData("http://0.0.0.0:8080", "http://0.0.0.0:8080")]
    [InlineData("HTTP://shop.example", "HTTP://shop.example")]
    [InlineData("http://localhost:5000;http://[::]:8080", "http://[::]:8080")]
    [InlineData("http://*:80;https://*:443", "http://*:80")]
    [InlineData("https://*:443;http://10.0.0.1:80;http://+:81", "http://10.0.0.1:80, http://+:81")]
    [InlineData("http://localhost:5000;http://127.0.0.1:5001;http://[::1]:5002", null)]
    [InlineData("http://localhost:5000;https://*:443", null)]
    [InlineData("https://*:443", null)]
    [InlineData("http://unix:/run/app.sock", null)]
    [InlineData("http://pipe:/app", null)]
    [Requirement("CSMCS-08"), Requirement("NIST-5.1-11")]
    public async Task A_program_that_serves_plain_http_to_other_machines_is_warned_at_the_start_also_with_https_beside_it(string addresses, string? named)
    {
        var log = await MemoryServer.StartWithAddressesAsync(addresses.Split(';'));
        var line = log.All.SingleOrDefault(line => line.Contains("Plain http is served", StringComparison.Ordinal));

        Assert.Equal(named is not null, line is not null);
        if (line is not null)
        {
            Assert.StartsWith("Warning", line, StringComparison.Ordinal);
            Assert.Contains($"({named})", line, StringComparison.Ordinal);
            Assert.Contains("redirects to https", line, StringComparison.Ordinal);
            Assert.Contains("UseForwardedHeaders()", line, StringComparison.Ordinal);
        }
    }

    private static ForwardedHeadersOptions Forwarded()
    {
        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedProto };
        options.KnownProxies.Add(IPAddress.Loopback);
        return options;
    }
}
