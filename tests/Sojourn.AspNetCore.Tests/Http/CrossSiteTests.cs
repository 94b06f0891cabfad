using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Sojourn.AspNetCore.Tests;

/// <summary>Requests that another site has a browser send.</summary>
public sealed class CrossSiteTests
{
    private static readonly string[] Methods = ["POST", "PUT", "PATCH", "DELETE", "PROPFIND"];

    public static TheoryData<string, string, string> Refused
    {
        get
        {
            var data = new TheoryData<string, string, string>();
            foreach (var method in Methods)
            {
                data.Add(method, "Sec-Fetch-Site: cross-site", "sec-fetch-site");
                data.Add(method, "Sec-Fetch-Site: same-site", "sec-fetch-site");
                data.Add(method, "Sec-Fetch-Site: surprise", "sec-fetch-site");
                data.Add(method, "Sec-Fetch-Site: cross-site|Origin: own", "sec-fetch-site");
                data.Add(method, "Origin: https://evil.example", "origin");
                data.Add(method, "Origin: null", "origin");
                data.Add(method, "Origin: https://own", "origin");
                data.Add(method, "Origin: http://evil@own", "origin");
                data.Add(method, "Origin: http://own.evil.example", "origin");
                data.Add(method, "Origin: http://127.0.0.1:1", "origin");
                data.Add(method, "Origin: ", "missing");
            }

            return data;
        }
    }

    [Theory, MemberData(nameof(Refused))]
    [Requirement("WSTG-SESS-05"), Requirement("WSTG-SESS-05.c"), Requirement("WSTG-SESS-05.d"), Requirement("FM-04"), Requirement("FM-05"), Requirement("FM-06"), Requirement("FM-07"), Requirement("FM-13"), Requirement("FM-15"), Requirement("ASVS-3.5.1")]
    public async Task An_unsafe_request_that_does_not_come_from_the_site_is_refused(string method, string headers, string reason)
    {
        var calls = 0;
        await using var app = await StartAsync(() => calls++);
        using var browser = await app.SignInAsync("ada");
        var reply = await browser.SendAsync(new HttpMethod(method), "/change", Parse(headers, app.Address));

        Assert.Equal((403, reason), (reply.Status, reply.Reason));
        Assert.Equal(0, calls);
        Assert.Contains(app.Log.All, line => line.Contains("refused as coming from another site (" + reason, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Sec-Fetch-Site: same-origin")]
    [InlineData("Sec-Fetch-Site: none")]
    [InlineData("Origin: own")]
    [InlineData("Origin: https://app.example")]
    [InlineData("Sec-Fetch-Site: cross-site|Origin: https://app.example")]
    [InlineData("Sec-Fetch-Site: same-site|Origin: https://app.example")]
    [Requirement("FM-08")]
    public async Task One_that_does_or_comes_from_a_trusted_origin_is_served(string headers)
    {
        var calls = 0;
        await using var app = await StartAsync(() => calls++);
        using var browser = await app.SignInAsync("ada");

        Assert.Equal(200, (await browser.SendAsync(HttpMethod.Post, "/change", Parse(headers, app.Address))).Status);
        Assert.Equal(1, calls);
    }

    [Theory]
    [InlineData("/sign-in/eve")]
    [InlineData("/sign-out")]
    [InlineData("/step-up")]
    [InlineData("/data/cart/poison")]
    [Requirement("FM-16"), Requirement("WSTG-SESS-06.f")]
    public async Task Signing_in_and_out_are_protected_too(string path)
    {
        await using var app = await StartAsync(() => { });
        using var browser = await app.SignInAsync("ada");
        var token = browser.Session;
        var reply = await browser.PostAsync(path, ("Sec-Fetch-Site", "cross-site"));

        Assert.Equal(403, reply.Status);
        Assert.Empty(reply.SetCookies);
        Assert.Equal(token, browser.Session);
        Assert.Equal("ada", (await browser.GetAsync("/private")).Body);
        Assert.Equal("none", (await browser.GetAsync("/data/cart")).Body);
    }

    [Theory]
    [InlineData("application/x-www-form-urlencoded", "a=1")]
    [InlineData("multipart/form-data; boundary=x", "--x--\r\n")]
    [InlineData("text/plain", "{\"a\":1}")]
    [InlineData("application/json", "{\"a\":1}")]
    [InlineData(null, "")]
    [Requirement("WSTG-SESS-05.a"), Requirement("WSTG-SESS-05.f"), Requirement("FM-14"), Requirement("ASVS-3.5.2")]
    public async Task No_kind_of_body_gets_past(string? contentType, string body)
    {
        var calls = 0;
        await using var app = await StartAsync(() => calls++);
        using var browser = await app.SignInAsync("ada");
        using var content = contentType is null ? null : new ByteArrayContent(Encoding.UTF8.GetBytes(body)) { Headers = { ContentType = MediaTypeHeaderValue.Parse(contentType) } };

        Assert.Equal(403, (await browser.SendAsync(HttpMethod.Post, "/change", [("Sec-Fetch-Site", "cross-site")], content)).Status);
        Assert.Equal(0, calls);
    }

    [Fact, Requirement("WSTG-SESS-05.b"), Requirement("FM-11"), Requirement("WSTG-SESS-04.d"), Requirement("ASVS-3.5.3")]
    public async Task A_link_from_elsewhere_is_followed_and_changes_nothing()
    {
        await using var app = await StartAsync(() => { });
        using var browser = await app.SignInAsync("ada");
        (string, string) crossSite = ("Sec-Fetch-Site", "cross-site");

        Assert.Equal("ada", (await browser.GetAsync("/private", crossSite)).Body);
        foreach (var path in new[] { "/sign-out", "/sign-in/eve", "/step-up", "/data/cart/poison" })
        {
            Assert.Equal(405, (await browser.GetAsync(path, crossSite)).Status); // what changes something is no GET
        }

        Assert.Equal("ada", (await browser.GetAsync("/private")).Body);
    }

    [Theory]
    [InlineData("Sec-Fetch-Site: cross-site")]
    [InlineData("Origin: https://evil.example")]
    [InlineData("Origin: ")]
    [Requirement("FM-08")]
    public async Task An_endpoint_for_other_callers_says_so(string headers)
    {
        await using var app = await StartAsync(() => { });
        using var caller = app.NewBrowser();

        Assert.Equal("hook", (await caller.SendAsync(HttpMethod.Post, "/hook", Parse(headers, app.Address))).Body);
    }

    [Theory]
    [InlineData("named, Sojourn first", "/hook", 200)]
    [InlineData("Sojourn before routing", "/hook", 403)]
    [InlineData("Sojourn before routing", "/change", 403)]
    public async Task Where_the_endpoint_is_not_known_yet_the_check_errs_on_the_safe_side(string order, string path, int status)
    {
        await using var app = await StartAsync(() => { }, Orders.Named(order));
        using var caller = app.NewBrowser();

        Assert.Equal(status, (await caller.PostAsync(path, ("Sec-Fetch-Site", "cross-site"))).Status);
    }

    [Fact]
    public async Task Strangers_are_checked_like_everybody()
    {
        await using var app = await StartAsync(() => { });
        using var stranger = app.NewBrowser();

        Assert.Equal(403, (await stranger.PostAsync("/change", ("Sec-Fetch-Site", "cross-site"))).Status);
    }

    private static (string, string)[] Parse(string headers, Uri own)
        => [.. headers.Split('|').Select(header => (header[..header.IndexOf(':')], header[(header.IndexOf(':') + 1)..].Trim() switch
        {
            "own" => own.GetLeftPart(UriPartial.Authority),
            "https://own" => "https://" + own.Authority,
            "http://evil@own" => "http://evil@" + own.Authority,
            "http://own.evil.example" => $"http://{own.Host}.evil.example:{own.Port}",
            var value => value,
        }))];

    private static Task<TestApp> StartAsync(Action change, Action<WebApplication>? pipeline = null) => TestApp.StartAsync(
        web: web => web.TrustedOrigins.Add("https://app.example"),
        pipeline: pipeline,
        endpoints: routes =>
        {
            routes.MapMethods("/change", Methods, (HttpContext _) => change());
            routes.MapPost("/hook", () => "hook").AllowCrossSite();
        });
}
