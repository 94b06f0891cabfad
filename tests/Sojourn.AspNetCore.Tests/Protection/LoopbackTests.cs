using System.Net;
using Microsoft.AspNetCore.Http;

namespace Sojourn.AspNetCore.Tests.Protection;

public sealed class LoopbackTests
{
    [Theory]
    [InlineData("localhost")]
    [InlineData("LocalHost")]
    [InlineData("localhost.")]
    [InlineData("localhost:5000")]
    [InlineData("localhost.:5000")]
    [InlineData("shop.localhost")]
    [InlineData("a.b.LOCALHOST:443")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:8080")]
    [InlineData("127.255.255.254")]
    [InlineData("[::1]")]
    [InlineData("[::1]:5000")]
    public void This_machine(string host) => Assert.True(Loopback.IsLoopback(new HostString(host)));

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData(":5000")]
    [InlineData("shop.example")]
    [InlineData("127.0.0.1.evil.com")]
    [InlineData("localhost.evil.com")]
    [InlineData("evillocalhost")]
    [InlineData(".localhost")]
    [InlineData("a..localhost")]
    [InlineData("a/b.localhost")]
    [InlineData("user@localhost")]
    [InlineData("localhost@evil.com")]
    [InlineData("localhost:80@evil.com")]
    [InlineData("localhost:")]
    [InlineData("localhost:x")]
    [InlineData("localhost:80:80")]
    [InlineData("localhost..")]
    [InlineData("128.0.0.1")]
    [InlineData("0.0.0.0")]
    [InlineData("127.1")]
    [InlineData("127.0.0.01")]
    [InlineData("0127.0.0.1")]
    [InlineData("127.0.0.256")]
    [InlineData("127.0.0.1.1")]
    [InlineData("127.0.0.")]
    [InlineData("0x7f.0.0.1")]
    [InlineData("2130706433")]
    [InlineData("[::]")]
    [InlineData("::1")]
    [InlineData("[::1")]
    [InlineData("[::1]x")]
    [InlineData("[::1].evil.com")]
    [InlineData("[0:0:0:0:0:0:0:1]")]
    [InlineData("[::ffff:127.0.0.1]")]
    [InlineData("[::ffff:7f00:1]")]
    [InlineData("[::1%25eth0]")]
    public void Not_this_machine(string host) => Assert.False(Loopback.IsLoopback(new HostString(host)));

    [Fact]
    public void No_host_at_all() => Assert.False(Loopback.IsLoopback(default));

    [Fact]
    public void Of_any_host_only_those_that_truly_are() => Texts.ForAll(
        ["localhost", ".localhost", "127", "127.0.0.1", ".0.0.1", ".", ":", ":80", "[::1]", "[", "]", "::1", "1", "0", "@", "evil.com", "%", "/", "a-b"],
        text => !Loopback.IsLoopback(new HostString(text)) || TrulyIs(text));

    private static bool TrulyIs(string text)
    {
        // What .NET's own reader makes of it, for the texts that were accepted.
        var host = new Uri($"http://{text}/").Host.TrimEnd('.');
        return host == "localhost" || host.EndsWith(".localhost", StringComparison.Ordinal) || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
    }
}
