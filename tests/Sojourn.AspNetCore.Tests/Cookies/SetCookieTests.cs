using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Sojourn.AspNetCore.Tests.Cookies;

public sealed class SetCookieTests
{
    private readonly IHeaderDictionary _headers = new HeaderDictionary();

    [Fact, Requirement("WSTG-SESS-02.h"), Requirement("CSMCS-11"), Requirement("CSMCS-12"), Requirement("CSMCS-13"), Requirement("CSMCS-17")]
    public void A_plain_builder_gives_a_session_cookie_with_every_protection()
        => Assert.Equal("__Host-session=abc; Path=/; Secure; HttpOnly; SameSite=Lax", Template("__Host-session").Write("abc", null));

    [Theory, Requirement("CK-03"), Requirement("CK-04")]
    [InlineData("__Http-s")]
    [InlineData("__Host-Http-s")]
    public void The_prefixes_that_keep_scripts_from_setting_a_cookie_get_what_they_ask_for(string name)
        => Assert.Equal(name + "=abc; Path=/; Secure; HttpOnly; SameSite=Lax", Template(name).Write("abc", null));

    [Fact, Requirement("CSMCS-33"), Requirement("WSTG-SESS-06.c")]
    public void Clearing_repeats_the_attributes_with_a_past_date()
        => Assert.Equal(
            "__Secure-s=; Path=/app; Secure; HttpOnly; SameSite=Strict; Domain=a.example; Partitioned; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
            Template("__Secure-s", builder =>
            {
                (builder.Path, builder.Domain, builder.SameSite) = ("/app", "a.example", SameSiteMode.Strict);
                builder.Extensions.Add("Partitioned");
            }).Clear());

    [Theory, Requirement("CK-07"), Requirement("WSTG-SESS-02.e")]
    [InlineData(1800, "1800")]
    [InlineData(0.2, "1")]
    [InlineData(59.5, "60")]
    [InlineData(0, "1")]
    [InlineData(-5, "1")]
    [InlineData(1e9, "34560000")]
    public void A_lifetime_is_whole_seconds_that_never_delete_and_never_exceed_400_days(double seconds, string expected)
        => Assert.EndsWith($"; SameSite=Lax; Max-Age={expected}", Template("__Host-s").Write("abc", TimeSpan.FromSeconds(seconds)), StringComparison.Ordinal);

    [Theory, Requirement("CK-01"), Requirement("CK-05"), Requirement("WSTG-SESS-02.g")]
    [InlineData("s", CookieSecurePolicy.None, SameSiteMode.Lax, false)]
    [InlineData("s", CookieSecurePolicy.None, SameSiteMode.None, true)]
    [InlineData("s", CookieSecurePolicy.SameAsRequest, SameSiteMode.Lax, true)]
    [InlineData("s", CookieSecurePolicy.Always, SameSiteMode.Lax, true)]
    [InlineData("__Host-s", CookieSecurePolicy.None, SameSiteMode.Lax, true)]
    [InlineData("__host-s", CookieSecurePolicy.None, SameSiteMode.Lax, true)]
    [InlineData("__Http-s", CookieSecurePolicy.None, SameSiteMode.Lax, true)]
    public void Secure_is_left_out_only_on_purpose(string name, CookieSecurePolicy policy, SameSiteMode sameSite, bool isSecure)
        => Assert.Equal(isSecure, Template(name, builder => (builder.SecurePolicy, builder.SameSite) = (policy, sameSite)).Write("v", null).Contains("; Secure", StringComparison.Ordinal));

    [Theory, Requirement("CK-06"), Requirement("WSTG-SESS-02.f"), Requirement("WSTG-SESS-05.e")]
    [InlineData(SameSiteMode.Unspecified, "Lax")]
    [InlineData(SameSiteMode.Lax, "Lax")]
    [InlineData(SameSiteMode.Strict, "Strict")]
    [InlineData(SameSiteMode.None, "None")]
    public void SameSite_is_always_said(SameSiteMode mode, string expected)
        => Assert.Contains($"; SameSite={expected}", Template("s", builder => builder.SameSite = mode).Write("v", null), StringComparison.Ordinal);

    [Fact, Requirement("WSTG-SESS-02.b")]
    public void HttpOnly_cannot_be_switched_off()
        => Assert.Contains("; HttpOnly", Template("s", builder => builder.HttpOnly = false).Write("v", null), StringComparison.Ordinal);

    [Fact, Requirement("CK-10")]
    public void No_attribute_is_repeated_or_undone_by_an_extension()
    {
        var line = Template("s", builder =>
        {
            foreach (var extension in (string[])["Partitioned", "partitioned", "SameSite=None", "path = /x", "Max-Age=9", "HttpOnly", "Priority=High"])
            {
                builder.Extensions.Add(extension);
            }
        }).Write("v", null);

        Assert.Equal("s=v; Path=/; Secure; HttpOnly; SameSite=Lax; Partitioned; Priority=High", line);
    }

    [Theory, Requirement("CK-09"), Requirement("CK-10")]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a=b")]
    [InlineData("a;b")]
    [InlineData("a\r\nb")]
    [InlineData("\u00e4")]
    public void A_name_that_is_no_token_is_refused(string? name)
        => Assert.Throws<ArgumentException>(() => new SetCookieTemplate(new CookieBuilder { Name = name?.Length == 0 ? null : name }));

    [Fact, Requirement("CK-09")]
    public void Attributes_that_would_break_the_header_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Template("s", builder => builder.Path = "/a; Domain=evil.example"));
        Assert.Throws<ArgumentException>(() => Template("s", builder => builder.Domain = "a\r\nb"));
        Assert.Throws<ArgumentException>(() => Template("s", builder => builder.Extensions.Add("a\u00e4")));
    }

    [Fact, Requirement("CK-08"), Requirement("ASVS-3.3.5")]
    public void Values_that_a_browser_would_drop_or_change_are_refused()
    {
        var template = Template("abcd");
        Assert.Equal(4096, template.Write(new string('v', 4092), null).IndexOf(';', StringComparison.Ordinal) - 1);
        Assert.Throws<ArgumentException>(() => template.Write(new string('v', 4093), null));
        Assert.All(" \t\";,\\\r\n\u00e4", character => Assert.Throws<ArgumentException>(() => template.Write($"a{character}b", null)));
    }

    [Fact, Requirement("CK-10"), Requirement("CK-11")]
    public void A_later_line_takes_the_place_of_ours_and_leaves_the_others_in_order()
    {
        _headers.SetCookie = new StringValues(["a=1; Path=/", "__Host-s=old; Path=/", "__Host-s2=x", "__host-s=y", "b=__Host-s=z", " __Host-s =older"]);
        SetCookie.Replace(_headers, "__Host-s", "__Host-s=new; Path=/");
        Assert.Equal(["a=1; Path=/", "__Host-s2=x", "__host-s=y", "b=__Host-s=z", "__Host-s=new; Path=/"], Lines);
    }

    [Fact]
    public void The_first_line_needs_nothing_before_it()
    {
        SetCookie.Replace(_headers, "s", "s=1");
        Assert.Equal(["s=1"], Lines);
    }

    [Fact]
    public void Taking_ours_back_leaves_no_empty_header()
    {
        _headers.SetCookie = "s=1; Path=/";
        SetCookie.RemoveOurs(_headers, "s");
        Assert.False(_headers.ContainsKey("Set-Cookie"));

        _headers.SetCookie = new StringValues(["a=1", "s=1", "s", "c"]);
        SetCookie.RemoveOurs(_headers, "s");
        Assert.Equal(["a=1", "s", "c"], Lines);
    }

    private string[] Lines => [.. _headers.SetCookie.Select(line => line!)];

    private static SetCookieTemplate Template(string name, Action<CookieBuilder>? configure = null)
    {
        var builder = new CookieBuilder { Name = name };
        configure?.Invoke(builder);
        return new(builder);
    }
}
