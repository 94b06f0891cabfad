using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Sojourn.Storage;

namespace Sojourn.AspNetCore.Tests;

/// <summary>A setting that cannot be safe fails the start, with its name and the rule that it breaks.</summary>
public sealed class OptionsTests
{
    private static readonly Dictionary<string, (Action<SojournWebOptions> Set, string Setting, string Cure)> Bad = new(StringComparer.Ordinal)
    {
        ["script access"] = (web => web.Cookie.HttpOnly = false, "Cookie.HttpOnly", "cannot be switched off"),
        ["script access for visitors"] = (web => web.AnonymousCookie.HttpOnly = false, "AnonymousCookie.HttpOnly", "cannot be switched off"),
        ["script access to the device"] = (web => web.DeviceCookie.HttpOnly = false, "DeviceCookie.HttpOnly", "cannot be switched off"),
        ["a life span"] = (web => web.Cookie.MaxAge = TimeSpan.FromDays(1), "Cookie.Expiration and MaxAge", "lives as long as its session"),
        ["an expiration"] = (web => web.Cookie.Expiration = TimeSpan.FromDays(1), "Cookie.Expiration and MaxAge", "lives as long as its session"),
        ["a name that is too long"] = (web => web.Cookie.Name = new string('s', 129), "Cookie.Name", "1 to 128 characters"),
        ["a name with a space"] = (web => web.Cookie.Name = "my session", "Cookie.Name", "RFC 6265"),
        ["a name that ends the header"] = (web => web.Cookie.Name = "a;b", "Cookie.Name", "RFC 6265"),
        ["a domain under __Host-"] = (web => web.Cookie.Domain = "example.org", "Cookie", "no Domain"),
        ["a path under __Host-"] = (web => web.Cookie.Path = "/app", "Cookie", "Path=/"),
        ["no Secure under __Host-"] = (web => web.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest, "Cookie", "SecurePolicy=Always"),
        ["a prefix in lower case"] = (web => web.Cookie.Name = "__host-session", "Cookie.Name", "spell its prefix __Host-"),
        ["no Secure under __Secure-"] = (web => (web.Cookie.Name, web.Cookie.SecurePolicy) = ("__Secure-s", CookieSecurePolicy.None), "Cookie.SecurePolicy", "__Secure-"),
        ["no SameSite"] = (web => web.Cookie.SameSite = SameSiteMode.Unspecified, "Cookie.SameSite", "Lax, Strict or None"),
        ["SameSite=None without Secure"] = (web => (web.Cookie.Name, web.Cookie.SameSite, web.Cookie.SecurePolicy) = ("s", SameSiteMode.None, CookieSecurePolicy.None), "Cookie.SecurePolicy", "Always with SameSite=None"),
        ["one name for two cookies"] = (web => web.AnonymousCookie.Name = "__Host-session", "Cookie, AnonymousCookie and DeviceCookie", "three different names"),
        ["names that differ in case only"] = (web => (web.Cookie.Name, web.AnonymousCookie.Name) = ("s", "S"), "Cookie, AnonymousCookie and DeviceCookie", "three different names"),
        ["no return parameter"] = (web => web.ReturnUrlParameter = "", "ReturnUrlParameter", "must not be empty"),
        ["an origin with a path"] = (web => web.TrustedOrigins.Add("https://app.example/"), "TrustedOrigins \"https://app.example/\"", "without path"),
        ["an origin with a default port"] = (web => web.TrustedOrigins.Add("https://app.example:443"), "TrustedOrigins", "default port"),
        ["an origin in upper case"] = (web => web.TrustedOrigins.Add("https://App.example"), "TrustedOrigins", "lower case"),
        ["a host for an origin"] = (web => web.TrustedOrigins.Add("app.example"), "TrustedOrigins", "full origin"),
        ["null for an origin"] = (web => web.TrustedOrigins.Add("null"), "TrustedOrigins", "full origin"),
    };

    public static TheoryData<string> BadNames => [.. Bad.Keys];

    [Theory, MemberData(nameof(BadNames))]
    [Requirement("CK-01"), Requirement("CK-02"), Requirement("CK-05"), Requirement("CK-06"), Requirement("CSMCS-11"), Requirement("CSMCS-12"), Requirement("CSMCS-13"), Requirement("CSMCS-15"), Requirement("WSTG-SESS-02.g"), Requirement("WSTG-SESS-05.e")]
    public async Task A_setting_that_cannot_be_safe_fails_the_start(string name)
    {
        var (set, setting, cure) = Bad[name];
        var fault = await Assert.ThrowsAsync<OptionsValidationException>(() => TestApp.StartAsync(web: set));

        Assert.Contains("Sojourn setting " + setting, fault.Message, StringComparison.Ordinal);
        Assert.Contains(cure, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_faults_are_told_at_once_the_engines_too()
    {
        var fault = await Assert.ThrowsAsync<OptionsValidationException>(() => TestApp.StartAsync(web: web =>
        {
            web.Cookie.HttpOnly = false;
            web.ReturnUrlParameter = "";
        }));
        Assert.Equal(2, fault.Failures.Count());

        var engine = await Assert.ThrowsAsync<OptionsValidationException>(() => TestApp.StartAsync(options: options => options.DefaultPolicy = new() { MaxSessions = 0 }));
        Assert.Contains("MaxSessions", engine.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Other_cookies_that_are_safe_are_taken()
    {
        await using var app = await TestApp.StartAsync(web: web =>
        {
            web.Cookie.Name = "__Secure-shop";
            web.Cookie.Path = "/";
            web.Cookie.SameSite = SameSiteMode.Strict;
            web.Cookie.Extensions.Add("Partitioned");
        });
        using var browser = app.NewBrowser();
        var reply = await browser.PostAsync("/sign-in/ada");
        var line = Assert.Single(reply.SetCookies, line => line.StartsWith("__Secure-shop=", StringComparison.Ordinal));

        Assert.EndsWith("; Path=/; Secure; HttpOnly; SameSite=Strict; Partitioned", line, StringComparison.Ordinal);
        Assert.Equal("ada", (await browser.GetAsync("/private")).Body);
        Assert.Contains("__Secure-shop-device", browser.Cookies.Keys);
    }

    [Theory]
    [InlineData("Production", false, true)]
    [InlineData("Development", false, false)]
    [InlineData("Production", true, false)]
    public async Task Sessions_in_memory_in_production_are_warned_about_unless_they_are_meant(string environment, bool isNamed, bool isWarned)
    {
        var log = await MemoryServer.StartWithStoreAsync(environment, isNamed);

        Assert.Equal(isWarned, log.All.Any(line => line.StartsWith("Warning", StringComparison.Ordinal) && line.Contains("memory", StringComparison.OrdinalIgnoreCase)));
    }

    [Fact]
    public async Task A_policy_that_is_no_longer_configured_falls_back_to_the_strictest_with_one_log_line()
    {
        var store = new InMemorySessionStore(new InMemoryStoreOptions());
        using var browser = await SignInUnderAsync(store, "gone");
        await using var app = await TestApp.StartAsync(
            store: store,
            options: options => options.Policies["strict"] = new() { SignedIn = new(TimeSpan.FromMinutes(5), TimeSpan.FromHours(4), TimeSpan.FromMinutes(15)) });
        using var here = app.NewBrowser();
        here.Cookies[SojournDefaults.CookieName] = browser.Session!;
        Assert.Equal("ada", (await here.GetAsync("/private")).Body);
        await here.GetAsync("/private");
        Assert.Single(app.Log.All, line => line.Contains("\"gone\"", StringComparison.Ordinal) || line.Contains(" gone", StringComparison.Ordinal));
        app.Time.Advance(TimeSpan.FromMinutes(6));

        Assert.Equal("idle", (await here.GetAsync("/private")).Reason);
    }

    private static async Task<Browser> SignInUnderAsync(InMemorySessionStore store, string policy)
    {
        var app = await TestApp.StartAsync(store: store, options: options =>
        {
            options.Policies[policy] = new();
            options.PolicyFor = _ => policy;
        });
        return await app.SignInAsync("ada"); // the app is left running: disposing it would dispose the store
    }
}
