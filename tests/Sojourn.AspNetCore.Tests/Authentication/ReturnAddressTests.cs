using Microsoft.AspNetCore.Http;

namespace Sojourn.AspNetCore.Tests.Authentication;

public sealed class ReturnAddressTests
{
    [Theory]
    [InlineData("/")]
    [InlineData("/path")]
    [InlineData("/path/with/more?and=query&lines=a%0D%0Ab")]
    [InlineData("/a//b")]
    [InlineData("/path#part")]
    [InlineData("/?next=https://evil.example//x")]
    [InlineData("/caf%C3%A9")]
    [InlineData("/a%2Fb")]
    [InlineData("/.well-known/x")]
    [InlineData("/...")]
    [InlineData("/a.b/..c/d..")]
    [InlineData("/.%2e.%2f....")]
    [InlineData("/a?b=../c")]
    public void Local(string address) => Assert.True(ReturnAddress.IsLocal(address));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" /path")]
    [InlineData("path")]
    [InlineData("~/path")]
    [InlineData("//evil.example")]
    [InlineData("///evil.example")]
    [InlineData("/\\evil.example")]
    [InlineData("\\\\evil.example")]
    [InlineData("/a\\b")]
    [InlineData("/\t/evil.example")]
    [InlineData("/\r\n/evil.example")]
    [InlineData("/path\r\nSet-Cookie: a=b")]
    [InlineData("/\u0000")]
    [InlineData("/a b")]
    [InlineData("/\u007f")]
    [InlineData("/\uff0fevil.example")]
    [InlineData("/caf\u00e9")]
    [InlineData("/%2Fevil.example")]
    [InlineData("/%2fevil.example")]
    [InlineData("/%5Cevil.example")]
    [InlineData("/a/%5c..")]
    [InlineData("/%09/evil.example")]
    [InlineData("/%0a/evil.example")]
    [InlineData("/%7f")]
    [InlineData("/.//evil.example")]
    [InlineData("/..//evil.example")]
    [InlineData("/a/..//evil.example")]
    [InlineData("/%2e%2E//evil.example")]
    [InlineData("/.%2e//evil.example")]
    [InlineData("/.%2F/evil.example")]
    [InlineData("/a%2f..%2F/evil.example")]
    [InlineData("/a/..")]
    [InlineData("/.")]
    [InlineData("https://evil.example")]
    [InlineData("javascript:alert(1)")]
    public void Not_local(string? address) => Assert.False(ReturnAddress.IsLocal(address));

    [Fact]
    public void The_length_is_bounded()
    {
        Assert.True(ReturnAddress.IsLocal("/" + new string('a', 1999)));
        Assert.False(ReturnAddress.IsLocal("/" + new string('a', 2000)));
    }

    [Theory]
    [InlineData("", "/orders", "?page=2", "/orders?page=2")]
    [InlineData("/shop", "/orders", "", "/shop/orders")]
    [InlineData("", "/caf\u00e9 au lait", "", "/caf%C3%A9%20au%20lait")]
    [InlineData("", "//evil.example", "", "/")]
    [InlineData("", "/%2Fevil.example", "", "/")]
    [InlineData("", "/\\evil.example", "", "/")]
    [InlineData("", "", "?a=b", "/")]
    [InlineData("", "/a", "?b=\u00e4", "/")]
    public void Of_a_request(string pathBase, string path, string query, string expected)
    {
        var request = new DefaultHttpContext().Request;
        (request.PathBase, request.Path, request.QueryString) = (new(pathBase), new(path), new(query));
        Assert.Equal(expected, ReturnAddress.Of(request));
    }

    [Fact]
    public void A_request_with_a_very_long_address_returns_to_the_start()
    {
        var request = new DefaultHttpContext().Request;
        (request.Path, request.QueryString) = ("/a", new("?" + new string('q', 2000)));
        Assert.Equal("/", ReturnAddress.Of(request));
    }

    [Fact]
    public void Any_accepted_address_stays_on_the_host_even_if_it_is_decoded_once_more() => Texts.ForAll(
        ["/", "//", "/", "\\", "%2f", "%5C", "%2e", ".", "..", "evil.example", "@", ":", "http:", "?", "#", "%09", "\t", "\n", " ", "a", "%25", "~"],
        text => !ReturnAddress.IsLocal(text) || (StaysOnHost(text) && StaysOnHost(Uri.UnescapeDataString(text))));

    // As browsers read it: tabs and line breaks fall out, backslashes are slashes.
    private static bool StaysOnHost(string address)
    {
        var end = address.IndexOfAny(['?', '#']);
        var path = (end < 0 ? address : address[..end]).Replace('\\', '/');
        return !path.StartsWith("//", StringComparison.Ordinal) && !path.Any(char.IsControl)
            && Uri.TryCreate(new Uri("https://shop.example/sign-in"), address, out var target)
            && target.Host == "shop.example" && !target.AbsolutePath.StartsWith("//", StringComparison.Ordinal);
    }
}
