using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Sojourn.Engine;

namespace Sojourn.AspNetCore.Tests;

/// <summary>What docs/security-model.md says is what the code does.</summary>
public sealed class SecurityModelTests
{
    private static readonly string Text = Documents.Read("docs/security-model.md");
    private static readonly string Prose = Text.Replace('\n', ' ').Replace("  ", " ", StringComparison.Ordinal);
    private static readonly SessionPolicy Policy = new();

    [Fact, Requirement("ASVS-7.1.1"), Requirement("NIST-5.2-5"), Requirement("CSMCS-28")]
    public void The_time_outs_and_what_they_follow()
    {
        Assert.Equal(
            [
                $"| signed in | {Policy.SignedIn.Idle.TotalMinutes} min | {Policy.SignedIn.Absolute.TotalHours} h | NIST SP 800-63B-4 AAL2: at most 1 h and 24 h |",
                $"| remembered | {Policy.Remembered!.Idle.TotalDays} days | {Policy.Remembered.Absolute.TotalDays} days | AAL1: overall 30 days at most; idle is optional there |",
                $"| anonymous | {Policy.Anonymous.Idle.TotalHours} h | {Policy.Anonymous.Absolute.TotalDays} days | none: nobody has authenticated |",
                $"| `NistAal3()` | {SessionPolicy.NistAal3().SignedIn.Idle.TotalMinutes} min | {SessionPolicy.NistAal3().SignedIn.Absolute.TotalHours} h | AAL3: at most 15 min and 12 h |",
            ],
            Rows("| policy | idle |"));
        Assert.Contains("`Remembered = null` remembers nobody", Prose, StringComparison.Ordinal);
    }

    [Fact, Requirement("ASVS-7.1.2"), Requirement("CSMCS-48")]
    public void The_parallel_sessions()
        => Assert.Contains($"One subject may have {Policy.MaxSessions} sessions. At one more, those that were never confirmed end first, then the one idle for longest (`{Policy.WhenFull}`).", Prose, StringComparison.Ordinal);

    [Fact, Requirement("CSMCS-18")]
    public async Task Every_cookie_with_its_purpose()
    {
        await using var app = await TestApp.StartAsync();
        var parts = app.Services.GetRequiredService<WebParts>();
        SetCookieTemplate[] all = [parts.SessionCookie, parts.VisitCookie, parts.DeviceCookie, parts.RepeatCookie];
        Assert.Equal(all.Length, typeof(WebParts).GetProperties().Count(property => property.PropertyType == typeof(SetCookieTemplate)));
        Assert.All(all, cookie => Assert.Equal($"{cookie.Name}=v; Path=/; Secure; HttpOnly; SameSite=Lax", cookie.Write("v", null)));

        var rows = Rows("| cookie | purpose |");
        Assert.Equal([.. all.Select(cookie => Named(cookie.Name)), .. await OfStrictAsync()], rows.Select(row => row.Split('|')[1].Trim()));
        Assert.Equal((43, 64), (DeviceCookie.Create(out _).Length, SessionToken.TextLength)); // 32 random bytes, and a token
        Assert.Contains("| 32 random bytes | 400 days |", rows[2], StringComparison.Ordinal);
    }

    /// <summary>Those that come only with SameSite=Strict, as browsers get them, in the order of the table.</summary>
    private static async Task<string[]> OfStrictAsync()
    {
        await using var app = await TestApp.StartAsync(web: web => web.Cookie.SameSite = SameSiteMode.Strict);
        using var browser = app.NewBrowser();
        var signIn = await browser.PostAsync("/sign-in/ada");
        Assert.EndsWith("; SameSite=Strict", signIn.SessionCookie, StringComparison.Ordinal);
        browser.Cookies.Remove(SojournDefaults.CookieName);
        var again = await browser.SendAsync(HttpMethod.Get, "/page", [("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document")]);
        string[] lines = [.. signIn.SetCookies.Concat(again.SetCookies).Where(line => line.Contains("-hint=", StringComparison.Ordinal) || line.Contains("-again=", StringComparison.Ordinal))];
        Assert.All(lines, line => Assert.Contains("; Path=/; Secure; HttpOnly; SameSite=Lax", line.Replace("; Max-Age=10", "", StringComparison.Ordinal), StringComparison.Ordinal));
        return [.. lines.Select(line => Named(line[..line.IndexOf('=', StringComparison.Ordinal)]))];
    }

    private static string Named(string cookie) => $"`{cookie.Replace(SojournDefaults.CookieName, "NAME", StringComparison.Ordinal)}`";

    [Fact, Requirement("CSMCS-06"), Requirement("CSMCS-14")]
    public void The_settings_of_a_new_application()
    {
        var web = new SojournWebOptions();
        Assert.Contains($"the cookie `{web.Cookie.Name}` with `Secure`, `HttpOnly`, `SameSite={web.Cookie.SameSite}`, and no domain", Prose, StringComparison.Ordinal);
        Assert.Equal((CookieSecurePolicy.Always, true, SameSiteMode.Lax, null, "/"), (web.Cookie.SecurePolicy, web.Cookie.HttpOnly, web.Cookie.SameSite, web.Cookie.Domain, web.Cookie.Path));
        Assert.Empty(web.TrustedOrigins);
        Assert.True(typeof(Microsoft.AspNetCore.Authentication.IAuthenticationHandler).IsAssignableFrom(typeof(SojournHandler))); // a scheme like any other
    }

    [Fact, Requirement("NIST-5.1-9")]
    public void Secrets_come_from_the_system_s_own_generator()
    {
        Assert.Contains("random from the system's own generator ([`RandomBytes`](../src/Sojourn/Tokens/RandomBytes.cs))", Prose, StringComparison.Ordinal);
        Assert.Contains("RandomNumberGenerator.Fill(", Documents.Read("src/Sojourn/Tokens/RandomBytes.cs"), StringComparison.Ordinal);
        Assert.Contains($"{SessionToken.RandomSize * 8} random bits in the secret alone", Prose, StringComparison.Ordinal);
    }

    [Fact, Requirement("NIST-2.4.2"), Requirement("ASVS-14.2.7")]
    public async Task What_is_kept_and_for_how_long()
    {
        Assert.Contains($"| {Policy.History.TotalDays} days later |", Text, StringComparison.Ordinal);
        Assert.Contains("tell people", Prose, StringComparison.Ordinal);
        await using var app = await TestApp.StartAsync();
        using var browser = await app.SignInAsync("ada");
        await browser.PostAsync("/sign-out");
        Assert.Single((await app.Sessions.ListAsync("ada", ended: true, ct: TestContext.Current.CancellationToken)).Sessions);
        app.Time.Advance(Policy.History + TimeSpan.FromMinutes(5));
        await app.Engine.Sweeper.SweepAsync(TestContext.Current.CancellationToken);
        Assert.Empty((await app.Sessions.ListAsync("ada", ended: true, ct: TestContext.Current.CancellationToken)).Sessions);
    }

    [Fact, Requirement("ASVS-3.5.4"), Requirement("CSMCS-16")]
    public async Task Applications_are_told_to_have_a_host_each_since_cookies_know_hosts_only()
    {
        Assert.Contains("**A host of its own for each application** of different trust. Cookies ignore ports and paths", Prose, StringComparison.Ordinal);
        await using var app = await TestApp.StartAsync();
        using var browser = app.NewBrowser();
        Assert.DoesNotContain("domain=", (await browser.PostAsync("/sign-in/ada")).SessionCookie!, StringComparison.OrdinalIgnoreCase);
    }

    private static string[] Rows(string head) => [.. Text[Text.IndexOf(head, StringComparison.Ordinal)..].Split("\n\n")[0].Split('\n').Skip(2)];
}
