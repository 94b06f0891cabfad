using Microsoft.Extensions.Primitives;

namespace Sojourn.AspNetCore.Tests.Cookies;

public sealed class CookieHeaderTests
{
    private const string Name = "__Host-session";

    private static readonly string Token = new string('A', 63) + "w";
    private static readonly string Other = new('B', 64);

    [Theory]
    [InlineData("__Host-session={0}")]
    [InlineData("a=b; __Host-session={0}; c=d")]
    [InlineData("a=b;__Host-session={0};c=d")]
    [InlineData(" \t__Host-session={0} \t; x")]
    [InlineData("__Host-session=\"{0}\"")]
    [InlineData("novalue; =nameless; ; __Host-session={0}")]
    [InlineData("a=\"b; __Host-session={0}; c=\"")]
    public void Finds_the_token_wherever_it_stands(string header)
        => Assert.Equal((CookieLookup.Found, Token), Find(header.Replace("{0}", Token, StringComparison.Ordinal)));

    [Theory]
    [InlineData("")]
    [InlineData("a=b")]
    [InlineData("__Host-session")]
    [InlineData("x__Host-session={0}")]
    [InlineData("__Host-sessionx={0}")]
    [InlineData("__Host-session ={0}")]
    [InlineData("a=b,__Host-session={0}")]
    [InlineData("a=__Host-session={0}")]
    public void Leaves_other_cookies_alone(string header)
        => Assert.Equal((CookieLookup.Absent, null), Find(header.Replace("{0}", Token, StringComparison.Ordinal)));

    [Theory, Requirement("CK-02")]
    [InlineData("__host-session")]
    [InlineData("__HOST-session")]
    [InlineData("__Host-Session")]
    public void A_name_in_another_case_is_another_cookie(string name)
    {
        Assert.Equal((CookieLookup.Absent, null), Find($"{name}={Token}"));
        Assert.Equal((CookieLookup.Found, Token), Find($"{name}={Other}; {Name}={Token}"));
    }

    [Fact, Requirement("CK-12"), Requirement("CK-13")]
    public void Reads_all_Cookie_headers()
    {
        Assert.Equal((CookieLookup.Found, Token), Find("a=b", $"{Name}={Token}", "c=d"));
        Assert.Equal((CookieLookup.Found, Token), Find("a=b", null, $"{Name}={Token}"));
        Assert.Equal((CookieLookup.Absent, null), Find());
    }

    [Fact, Requirement("CK-12"), Requirement("ASVS-15.3.7")]
    public void Identical_duplicates_count_once_and_different_ones_are_refused()
    {
        Assert.Equal((CookieLookup.Found, Token), Find($"{Name}={Token}; {Name}={Token}"));
        Assert.Equal((CookieLookup.Found, Token), Find($"{Name}={Token}", $"{Name}=\"{Token}\""));
        Assert.Equal((CookieLookup.Conflicting, null), Find($"{Name}={Token}; {Name}={Other}"));
        Assert.Equal((CookieLookup.Conflicting, null), Find($"{Name}={Token}", $"{Name}={Other}"));
        Assert.Equal((CookieLookup.Conflicting, null), Find($"{Name}={Token}; {Name}="));
        Assert.Equal((CookieLookup.Conflicting, null), Find($"{Name}=x; {Name}=y"));
    }

    [Theory, Requirement("WSTG-SESS-01.g"), Requirement("CSMCS-22")]
    [InlineData("")]
    [InlineData("\"\"")]
    [InlineData("\"")]
    [InlineData("AAAA")]
    [InlineData("\u0000")]
    [InlineData("%41")]
    [InlineData("deleted")]
    public void What_is_no_token_is_malformed(string value) => Assert.Equal((CookieLookup.Malformed, null), Find($"{Name}={value}"));

    [Fact, Requirement("WSTG-SESS-01.g")]
    public void A_token_cut_stretched_or_spoilt_is_malformed()
    {
        Assert.Equal(CookieLookup.Malformed, Find($"{Name}={Token[1..]}").Outcome);
        Assert.Equal(CookieLookup.Malformed, Find($"{Name}={Token}A").Outcome);
        Assert.Equal(CookieLookup.Malformed, Find($"{Name}= {Token}").Outcome);
        Assert.Equal(CookieLookup.Malformed, Find($"{Name}=\"{Token}").Outcome);
        Assert.Equal(CookieLookup.Malformed, Find($"{Name}=\"\"{Token}\"\"").Outcome);
        Assert.Equal(CookieLookup.Malformed, Find($"{Name}={new string('A', 8192)}").Outcome);
        Assert.All(" \t+/=%,\r\n\u00e4\"\\".Distinct(), character =>
            Assert.Equal(CookieLookup.Malformed, Find($"{Name}={Token[..30]}{character}{Token[31..]}").Outcome));
    }

    [Fact]
    public void Looking_allocates_nothing()
    {
        StringValues headers = new(["a=b; c=d", $"e=f; {Name}={Token}; {Name}=\"{Token}\""]);
        CookieHeader.Find(headers, Name, out _);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            CookieHeader.Find(headers, Name, out _);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Any_headers_give_what_a_naive_reader_finds() => Texts.ForAllLines(
        [Name, "__host-session", "=", "=", ";", "; ", " ", "\t", "\"", ",", Token, Other, Token[1..], "a=b", $"{Name}={Token}", $"{Name}={Other}"],
        lines => Find(lines) == Naive(lines));

    [Fact]
    public void The_value_of_any_cookie_can_be_read()
    {
        Assert.True(CookieHeader.TryGetValue("d=1; e=\"2\"", "e", out var value, out var conflicting));
        Assert.Equal(("2", false), (value.ToString(), conflicting));
        Assert.False(CookieHeader.TryGetValue("d=1; d=2", "d", out value, out conflicting));
        Assert.Equal(("", true), (value.ToString(), conflicting));
        Assert.False(CookieHeader.TryGetValue("d=1", "e", out _, out conflicting));
        Assert.False(conflicting);
    }

    private static (CookieLookup Outcome, string? Token) Find(params string?[] headers)
    {
        var outcome = CookieHeader.Find(new StringValues(headers), Name, out var token);
        return (outcome, outcome == CookieLookup.Found ? token.Reveal() : null);
    }

    private static (CookieLookup, string?) Naive(string[] headers)
    {
        var values = string.Join(';', headers).Split(';').Select(pair => pair.Trim(' ', '\t'))
            .Where(pair => pair.StartsWith(Name + "=", StringComparison.Ordinal)).Select(pair => pair[(Name.Length + 1)..])
            .Select(value => value.Length >= 2 && value[0] == '"' && value[^1] == '"' ? value[1..^1] : value).Distinct().ToList();
        return values switch
        {
            [] => (CookieLookup.Absent, null),
            [{ Length: 64 } one] when one.All(each => char.IsAsciiLetterOrDigit(each) || each is '-' or '_') => (CookieLookup.Found, one),
            [_] => (CookieLookup.Malformed, null),
            _ => (CookieLookup.Conflicting, null),
        };
    }
}
