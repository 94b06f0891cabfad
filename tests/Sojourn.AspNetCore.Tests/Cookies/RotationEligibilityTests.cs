using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Sojourn.AspNetCore.Tests.Cookies;

public sealed class RotationEligibilityTests
{
    private static readonly DateTimeOffset Validated = DateTimeOffset.UnixEpoch;

    private readonly DefaultHttpContext _context = new();

    public RotationEligibilityTests() => _context.Request.Method = "GET";

    [Theory]
    [InlineData("GET", true)]
    [InlineData("POST", true)]
    [InlineData("PUT", true)]
    [InlineData("PATCH", true)]
    [InlineData("DELETE", true)]
    [InlineData("HEAD", false)]
    [InlineData("OPTIONS", false)]
    [InlineData("TRACE", false)]
    [InlineData("CONNECT", false)]
    [InlineData("QUERY", false)]
    [InlineData("get", false)]
    public void The_method_decides(string method, bool expected)
    {
        _context.Request.Method = method;
        Assert.Equal(expected, MayCarry());
    }

    [Theory]
    [InlineData(101, false)]
    [InlineData(200, true)]
    [InlineData(204, true)]
    [InlineData(206, true)]
    [InlineData(302, true)]
    [InlineData(304, false)]
    [InlineData(308, true)]
    [InlineData(400, false)]
    [InlineData(401, false)]
    [InlineData(404, false)]
    [InlineData(503, false)]
    public void The_status_decides(int status, bool expected)
    {
        _context.Response.StatusCode = status;
        Assert.Equal(expected, MayCarry());
    }

    [Theory]
    [InlineData("keep-alive", true)]
    [InlineData("Upgrade", false)]
    [InlineData("keep-alive, upgrade", false)]
    public void An_upgrade_gets_none(string connection, bool expected)
    {
        _context.Request.Headers.Connection = connection;
        Assert.Equal(expected, MayCarry());
    }

    [Fact]
    public void An_extended_CONNECT_gets_none()
    {
        _context.Features.Set<IHttpExtendedConnectFeature>(new ExtendedConnect());
        Assert.False(MayCarry());
    }

    [Theory]
    [InlineData("Sec-Purpose", "prefetch", true)]
    [InlineData("Sec-Purpose", "prefetch;prerender", true)]
    [InlineData("Sec-Purpose", "prefetch;anonymous-client-ip", true)]
    [InlineData("Sec-Purpose", "a, Prefetch", true)]
    [InlineData("Purpose", "prefetch", true)]
    [InlineData("Sec-Purpose", "prefetcher", false)]
    [InlineData("Sec-Purpose", "", false)]
    [InlineData("X-Other", "prefetch", false)]
    public void A_prefetch_gets_none(string header, string value, bool isPrefetch)
    {
        _context.Request.Headers[header] = value;
        Assert.Equal(isPrefetch, RotationEligibility.IsPrefetch(_context.Request));
        Assert.Equal(!isPrefetch, MayCarry());
    }

    [Theory]
    [InlineData("private, max-age=60", true)]
    [InlineData("no-store", true)]
    [InlineData("public", false)]
    [InlineData("max-age=60,PUBLIC", false)]
    [InlineData("private, s-maxage=0", false)]
    [InlineData("s-maxage = 60", false)]
    [InlineData("max-age=31536000, immutable", false)]
    [InlineData("not-public", true)]
    public void What_a_shared_cache_may_keep_gets_none(string cacheControl, bool expected)
    {
        _context.Response.Headers.CacheControl = cacheControl;
        Assert.Equal(expected, MayCarry());
        _context.Response.Headers.CacheControl = new StringValues(["max-age=1", cacheControl]);
        Assert.Equal(expected, MayCarry());
    }

    [Fact]
    public void What_comes_from_a_cache_gets_none()
    {
        _context.Response.Headers.Age = "0";
        Assert.False(MayCarry());
    }

    [Fact]
    public void A_late_answer_gets_none()
    {
        Assert.True(MayCarry(seconds: 10));
        Assert.False(MayCarry(seconds: 10.001));
        Assert.True(MayCarry(seconds: -3));
    }

    private bool MayCarry(double seconds = 0) => RotationEligibility.MayCarry(_context, Validated, Validated.AddSeconds(seconds));

    private sealed class ExtendedConnect : IHttpExtendedConnectFeature
    {
        public bool IsExtendedConnect => true;

        public string Protocol => "websocket";

        public ValueTask<Stream> AcceptAsync() => throw new NotSupportedException();
    }
}
