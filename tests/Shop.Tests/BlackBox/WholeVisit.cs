using System.Net;
using System.Text.RegularExpressions;

namespace Shop.Tests.BlackBox;

/// <summary>
/// What people do from the first look to the last sign-out, mistakes and errors included: every answer that can carry a
/// cookie, and every page, so that a rule can be checked against all of them.
/// </summary>
internal static partial class WholeVisit
{
    public const string Session = "__Host-shop";
    public const string Visit = "__Host-shop-visit";
    public const string Device = "__Host-shop-device";
    public const string Repeat = "__Host-shop-repeat";

    private static readonly string[] Pages =
        ["/", "/sign-in", "/sign-in?reason=idle", "/sign-in/done", "/register", "/register/code", "/preferences", "/devices", "/activity", "/checkout", "/checkout/done", "/confirm", "/nothing",
            "/api/session", "/api/cart", "/api/sessions", "/api/nothing", "/session/time-left", "/session/resume", "/session/step-up.js", "/session/time-left.js", "/signed-in.js", "/shop.css", "/icon.svg"];

    public static async Task<IReadOnlyList<Exchange>> RecordAsync(SecureShop shop)
    {
        var record = new List<Exchange>();
        using var browser = shop.Open(record);
        await LookAsync(browser);
        await browser.SubmitAsync("/cart", ("sku", "tea"), ("quantity", "2"));
        await browser.SubmitAsync("/preferences", ("theme", "dark"), ("currency", "EUR"));
        await LookAsync(browser);
        await RegisterAsync(browser);
        await browser.SubmitAsync("/sign-out");
        await browser.SubmitAsync("/sign-in", ("user", "alice"), ("password", "wrong"), ("returnUrl", "/devices"));
        await browser.SubmitAsync("/sign-in", ("user", "alice"), ("password", "sojourn-demo-1"), ("remember", "true"));
        await LookAsync(browser);
        await ConfirmAndOrderAsync(shop, browser);
        await browser.PostAsync("/api/sign-in", """{"user":"bob","password":"sojourn-demo-1"}""");
        await RotateAsync(shop, browser, record);
        await browser.PostAsync("/api/sign-out");
        await LookAsync(browser);
        await FailAsync(browser);
        return record;
    }

    private static async Task LookAsync(Browser browser)
    {
        foreach (var page in Pages)
        {
            await browser.NavigateAsync(new(HttpMethod.Get, page));
        }
    }

    private static async Task RegisterAsync(Browser browser)
    {
        var page = await browser.SubmitAsync("/register", ("user", "ada@example.org"), ("password", RegistrationTests.Password));
        await browser.SubmitAsync("/register/code", ("code", "wrong"));
        var letter = await browser.GetAsync(Letter().Match(page.Text).Value);
        await browser.SubmitAsync("/register/code", ("code", SixDigits().Match(letter.Text).Value));
        await LookAsync(browser);
    }

    /// <summary>An order that the password interrupts: the form waits, and is sent again.</summary>
    private static async Task ConfirmAndOrderAsync(SecureShop shop, Browser browser)
    {
        await browser.SubmitAsync("/cart", ("sku", "mug"), ("quantity", "1"));
        shop.Time.Advance(TimeSpan.FromMinutes(6));
        var back = Waiting().Match((await browser.SubmitAsync("/checkout")).Text).Value;
        Assert.NotEmpty(back);
        await browser.SubmitAsync("/confirm", ("password", "wrong"), ("returnUrl", back));
        await browser.SubmitAsync("/confirm", ("password", "sojourn-demo-1"), ("returnUrl", back));
        Assert.Equal("/checkout/done", (await browser.NavigateAsync(Browser.Form("/checkout"))).Location);
    }

    /// <summary>A new token for want of freshness, then a browser that comes back with the old one.</summary>
    private static async Task RotateAsync(SecureShop shop, Browser browser, List<Exchange> record)
    {
        await browser.GoAsync("/devices");
        using var late = shop.Open(record);
        late.Cookies[Session] = browser.Cookies[Session];
        shop.Time.Advance(TimeSpan.FromMinutes(16));
        await browser.GoAsync("/devices");
        Assert.NotEqual(late.Cookies[Session], browser.Cookies[Session]);
        await browser.GoAsync("/devices");
        shop.Time.Advance(TimeSpan.FromMinutes(2));
        await late.NavigateAsync(new(HttpMethod.Get, "/devices"));
        await late.NavigateAsync(new(HttpMethod.Get, "/devices"));
    }

    private static async Task FailAsync(Browser browser)
    {
        foreach (var token in (string[])["nonsense", new('A', 64)])
        {
            browser.Cookies[Session] = token;
            await LookAsync(browser);
        }

        var foreign = new HttpRequestMessage(HttpMethod.Post, "/api/sign-out");
        foreign.Headers.TryAddWithoutValidation("Sec-Fetch-Site", "cross-site");
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.FetchAsync(foreign)).Status);
        await browser.PostAsync("/api/cart", "{");
        await browser.SubmitAsync("/sign-out");
    }

    [GeneratedRegex("/session/resume\\?form=[0-9a-f]{32}")]
    private static partial Regex Waiting();

    [GeneratedRegex("/letters/[0-9a-f]{32}")]
    private static partial Regex Letter();

    [GeneratedRegex(@"\d{6}")]
    private static partial Regex SixDigits();
}
