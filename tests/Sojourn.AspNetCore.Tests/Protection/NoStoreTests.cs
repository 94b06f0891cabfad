using Microsoft.AspNetCore.Http;

namespace Sojourn.AspNetCore.Tests.Protection;

public sealed class NoStoreTests
{
    private readonly IHeaderDictionary _headers = new HeaderDictionary();

    [Fact, Requirement("ASVS-14.3.2"), Requirement("CSMCS-35"), Requirement("WSTG-SESS-04.c")]
    public void Nobody_keeps_the_answer()
    {
        NoStore.Apply(_headers);
        Assert.Equal(["no-store", "no-cache", "Cookie"], (string[])[_headers.CacheControl!, _headers.Pragma!, _headers.Vary!]);
    }

    [Theory]
    [InlineData("public, max-age=60", "no-store")]
    [InlineData("private, No-Store", "private, No-Store")]
    [InlineData("not-no-store", "no-store")]
    public void What_the_endpoint_said_stays_if_it_says_no_store(string before, string after)
    {
        _headers.CacheControl = before;
        NoStore.Apply(_headers);
        Assert.Equal(after, _headers.CacheControl);
    }

    [Theory]
    [InlineData("Accept-Encoding", "Accept-Encoding,Cookie")]
    [InlineData("Accept-Encoding, cookie", "Accept-Encoding, cookie")]
    [InlineData("*", "*")]
    public void Vary_is_added_to(string before, string after)
    {
        _headers.Vary = before;
        NoStore.Apply(_headers);
        NoStore.Apply(_headers);
        Assert.Equal(after, _headers.Vary.ToString());
    }

    [Fact]
    public void A_signed_in_page_is_not_kept_unless_the_endpoint_says_otherwise()
    {
        NoStore.ApplyUnlessDeclared(_headers);
        Assert.Equal("no-store", _headers.CacheControl);

        IHeaderDictionary declared = new HeaderDictionary { ["Cache-Control"] = "private, max-age=60" };
        NoStore.ApplyUnlessDeclared(declared);
        Assert.Equal("private, max-age=60", declared.CacheControl);
        Assert.Single(declared);
    }
}
