using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Sojourn.AspNetCore.Tests.Protection;

public sealed class OriginCheckTests
{
    private static readonly HashSet<string> Nobody = [];
    private static readonly HashSet<string> Partner = new(StringComparer.Ordinal) { "https://partner.example", "null", "https://partner.example/path" };

    private readonly HttpRequest _request = new DefaultHttpContext().Request;

    public OriginCheckTests()
    {
        _request.Method = "POST";
        _request.Scheme = "https";
        _request.Host = new("shop.example");
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    [InlineData("OPTIONS")]
    [InlineData("TRACE")]
    public void Safe_methods_are_allowed_from_anywhere(string method)
    {
        _request.Method = method;
        Assert.Null(Check("cross-site", "https://evil.example"));
    }

    [Theory, Requirement("FM-05"), Requirement("FM-15")]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("PATCH")]
    [InlineData("DELETE")]
    [InlineData("QUERY")]
    [InlineData("CONNECT")]
    [InlineData("get")]
    [InlineData("")]
    public void Every_other_method_is_checked(string method)
    {
        _request.Method = method;
        Assert.Equal("sec-fetch-site", Check("cross-site", null));
        Assert.Null(Check("same-origin", null));
    }

    [Theory, Requirement("WSTG-SESS-05.c"), Requirement("FM-06")]
    [InlineData("same-origin", null)]
    [InlineData("none", null)]
    [InlineData("same-site", "sec-fetch-site")]
    [InlineData("cross-site", "sec-fetch-site")]
    [InlineData("", "sec-fetch-site")]
    [InlineData("Same-Origin", "sec-fetch-site")]
    [InlineData("same-origin, cross-site", "sec-fetch-site")]
    [InlineData("something-new", "sec-fetch-site")]
    public void Sec_Fetch_Site_decides_first(string site, string? failure)
    {
        Assert.Equal(failure, Check(site, null));
        Assert.Equal(failure, Check(site, "https://shop.example"));
        Assert.Equal(failure, Check(site, "https://evil.example"));
    }

    [Fact, Requirement("FM-08")]
    public void A_trusted_origin_may_send_cross_site()
    {
        Assert.Null(Check("cross-site", "https://partner.example", Partner));
        Assert.Null(Check("same-site", "https://partner.example", Partner));
        Assert.Null(Check(null, "https://partner.example", Partner));
        Assert.Equal("sec-fetch-site", Check("cross-site", "https://sub.partner.example", Partner));
        Assert.Equal("sec-fetch-site", Check("cross-site", "https://partner.example:444", Partner));
        Assert.Equal("sec-fetch-site", Check("cross-site", "http://partner.example", Partner));
        Assert.Equal("sec-fetch-site", Check("cross-site", null, Partner));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("https://partner.example/path")]
    public void What_is_no_origin_cannot_be_trusted(string text)
    {
        Assert.Equal("sec-fetch-site", Check("cross-site", text, Partner));
        Assert.Equal("origin", Check(null, text, Partner));
    }

    [Theory, Requirement("FM-04"), Requirement("FM-10"), Requirement("FM-13")]
    [InlineData("https", "shop.example", "https://shop.example")]
    [InlineData("https", "shop.example", "https://shop.example:443")]
    [InlineData("https", "shop.example:443", "https://shop.example")]
    [InlineData("https", "SHOP.example", "https://shop.example")]
    [InlineData("http", "localhost:5000", "http://localhost:5000")]
    [InlineData("http", "localhost:80", "http://localhost")]
    [InlineData("http", "[::1]:5000", "http://[::1]:5000")]
    [InlineData("https", "shop.example", "HTTPS://SHOP.EXAMPLE")]
    [InlineData("https", "xn--mnchen-3ya.example", "https://xn--mnchen-3ya.example")]
    [InlineData("https", "xn--mnchen-3ya.example:8443", "https://xn--mnchen-3ya.example:8443")]
    [InlineData("https", "xn--0.example", "https://xn--0.example")]
    public void Without_Sec_Fetch_Site_the_own_origin_is_allowed(string scheme, string host, string origin)
    {
        (_request.Scheme, _request.Headers.Host) = (scheme, host);
        Assert.Null(Check(null, origin));
    }

    [Theory, Requirement("FM-13"), Requirement("WSTG-SESS-05.d")]
    [InlineData("null")]
    [InlineData("")]
    [InlineData("shop.example")]
    [InlineData("//shop.example")]
    [InlineData("http://shop.example")]
    [InlineData("https://shop.example:444")]
    [InlineData("https://shop.example.")]
    [InlineData("https://shop.example/")]
    [InlineData("https://shop.example/path")]
    [InlineData("https://shop.example?a")]
    [InlineData("https://shop.example#a")]
    [InlineData("https://evil@shop.example")]
    [InlineData("https://shop.example@evil.example")]
    [InlineData("https://shop.example:")]
    [InlineData("https://shop.example:0x1BB")]
    [InlineData("https://shop.example:443:443")]
    [InlineData("https://shop.example:+443")]
    [InlineData("https://shop.example:65979")]
    [InlineData("https://shop.example ")]
    [InlineData(" https://shop.example")]
    [InlineData("https://shop.example\\evil.example")]
    [InlineData("https://shop.example, https://evil.example")]
    [InlineData("https://shop.example https://evil.example")]
    [InlineData("https://shop.example.evil.example")]
    [InlineData("https://evilshop.example")]
    [InlineData("https://sub.shop.example")]
    [InlineData("https://shop%2eexample")]
    [InlineData("https://shop\u3002example")]
    [InlineData("wss://shop.example")]
    [InlineData("file://")]
    [InlineData("https://")]
    [InlineData("https://[shop.example]")]
    [InlineData("https://evil:pw@shop.example")]
    [InlineData("https://shop.example:443@evil.example")]
    [InlineData("https://@shop.example")]
    [InlineData("https://shop.example:80")]
    [InlineData("http://shop.example:443")]
    [InlineData("https://sh\u043Ep.example")]
    [InlineData("https://xn--shp-emd.example")]
    [InlineData("https://\uFF53hop.example")]
    public void Any_other_Origin_is_refused(string origin) => Assert.Equal("origin", Check(null, origin));

    [Fact, Requirement("FM-07"), Requirement("WSTG-SESS-05.f")]
    public void Neither_header_is_refused() => Assert.Equal("missing", Check(null, null));

    [Theory]
    [InlineData("")]
    [InlineData("evil@shop.example")]
    [InlineData("shop.example:x")]
    [InlineData("shop.example/")]
    [InlineData("shop.example:443:443")]
    [InlineData("m\u00FCnchen.example")]
    public void A_Host_that_is_none_equals_no_Origin(string host)
    {
        _request.Headers.Host = host;
        Assert.Equal("host", Check(null, $"https://{host}"));
    }

    [Fact]
    public void Headers_that_contradict_themselves_are_refused()
    {
        Assert.Equal("sec-fetch-site", CheckLines(new StringValues(["same-origin", "cross-site"]), default));
        Assert.Equal("sec-fetch-site", CheckLines(new StringValues(["none", "same-origin"]), default));
        Assert.Null(CheckLines(new StringValues(["same-origin", "same-origin"]), default));
        Assert.Equal("origin", CheckLines(default, new StringValues(["https://shop.example", "https://evil.example"])));
        Assert.Equal("origin", CheckLines(default, new StringValues(["https://shop.example", "https://partner.example"]), Partner));
        Assert.Null(CheckLines(default, new StringValues(["https://shop.example", "https://shop.example"])));
    }

    [Fact]
    public void A_refusal_says_what_to_do_and_repeats_nothing_of_the_request()
    {
        _request.Headers.Origin = "https://<script>.example";
        var verdict = OriginCheck.Check(_request, Nobody);
        Assert.False(verdict.IsAllowed);
        Assert.Contains("TrustedOrigins", verdict.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("script", verdict.Detail, StringComparison.Ordinal);
        Assert.Equal((true, null, null), (OriginVerdict.Allowed.IsAllowed, OriginVerdict.Allowed.Failure, OriginVerdict.Allowed.Detail));
    }

    [Fact]
    public void Of_any_Origin_only_the_own_and_the_trusted_are_allowed() => Texts.ForAll(
        ["https://", "http://", "shop.example", "partner.example", "https://shop.example", "https://partner.example", ":", ":443", ":80", "@", "/", "\\", "?", ".", "null", " ", ",", "[", "]", "%"],
        text =>
        {
            var isAllowed = Check(null, text, Partner) is null;
            return isAllowed == (text.ToUpperInvariant() is "HTTPS://SHOP.EXAMPLE" or "HTTPS://SHOP.EXAMPLE:443" || text == "https://partner.example");
        });

    [Fact]
    public void Of_any_Sec_Fetch_Site_only_two_are_allowed() => Texts.ForAll(
        ["same-origin", "same-site", "cross-site", "none", ",", " ", "\t", "-"],
        text => (Check(text, "https://shop.example") is null) == (text is "same-origin" or "none"));

    private string? Check(string? site, string? origin, HashSet<string>? trusted = null)
        => CheckLines(site is null ? default : new StringValues(site), origin is null ? default : new StringValues(origin), trusted);

    private string? CheckLines(StringValues site, StringValues origin, HashSet<string>? trusted = null)
    {
        _request.Headers["Sec-Fetch-Site"] = site;
        _request.Headers.Origin = origin;
        var verdict = OriginCheck.Check(_request, trusted ?? Nobody);
        Assert.Equal(verdict.Failure is null, verdict.IsAllowed);
        return verdict.Failure;
    }
}
