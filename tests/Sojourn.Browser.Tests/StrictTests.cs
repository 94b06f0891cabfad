using Microsoft.Playwright;

namespace Sojourn.Browser.Tests;

/// <summary>What a real browser does with a SameSite=Strict session cookie when somebody comes from another site.</summary>
public sealed class StrictTests(SharedChromium chromium) : IAsyncLifetime
{
    private const string Cookie = "__Host-strict";

    private readonly Complaints _complaints = new();
    private StrictSite? _site;
    private OtherSite? _elsewhere;
    private IBrowserContext? _context;
    private IPage? _tab;

    private StrictSite Site => _site!;

    private OtherSite Elsewhere => _elsewhere!;

    private IPage Tab => _tab!;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(Chromium.IsInstalled, Chromium.Missing);
        _site = await StrictSite.StartAsync();
        _elsewhere = await OtherSite.StartAsync();
        _context = await chromium.Browser.NewContextAsync();
        _context.SetDefaultTimeout(Chromium.PatienceMilliseconds);
        _complaints.Watch(_context);
        _tab = await _context.NewPageAsync();
        await Tab.GotoAsync(new Uri(Site.Address, "/private").AbsoluteUri);
        await Tab.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Tab.WaitForURLAsync("**/private");
        Assert.Equal("ada", await WhoAsync(Tab));
        Site.ForgetSeen();
    }

    public async ValueTask DisposeAsync()
    {
        if (_context is not null)
        {
            await _context.CloseAsync();
            await Elsewhere.DisposeAsync();
            await Site.DisposeAsync();
        }

        _complaints.ExpectNoOthers();
    }

    [Theory]
    [InlineData("/private?x=1&y=%C3%A4", "/private")]
    [InlineData("/?x=\"'<b>", "/")]
    [InlineData("/leave", "/private")]
    [Requirement("CK-15"), Requirement("CSMCS-13"), Requirement("BFF-03")]
    public async Task Whoever_follows_a_link_from_another_site_lands_signed_in(string address, string path)
    {
        var link = new Uri(Site.Address, address).AbsoluteUri;
        await Tab.GotoAsync(Elsewhere.Show($"""<a href="{link.Replace("\"", "&quot;", StringComparison.Ordinal)}">There</a>"""));
        var requests = Watch(Tab);
        await Tab.GetByRole(AriaRole.Link).ClickAsync();
        await Tab.Locator("#who").WaitForAsync();

        Assert.Equal("ada", await WhoAsync(Tab));
        Assert.Equal(path, new Uri(Tab.Url).AbsolutePath);
        Assert.Equal($"GET {path} ada", Assert.Single(Site.Seen)); // nothing of it ran for a stranger
        Assert.Equal("cross-site", await requests[0].HeaderValueAsync("Sec-Fetch-Site"));
        Assert.DoesNotContain(Cookie + "=", await requests[0].HeaderValueAsync("Cookie"), StringComparison.Ordinal);
        Assert.Equal("same-origin", await requests[1].HeaderValueAsync("Sec-Fetch-Site"));
        Assert.Contains(Cookie + "=", await requests[1].HeaderValueAsync("Cookie"), StringComparison.Ordinal);
        if (path == address.Split('?')[0])
        {
            Assert.Equal(Uri.UnescapeDataString(link), Uri.UnescapeDataString(Tab.Url));
            Assert.Equal(2, requests.Count);
        }

        await Tab.GoBackAsync(); // the page in between is in nobody's way
        Assert.Equal(Elsewhere.Address.Authority, new Uri(Tab.Url).Authority);
    }

    [Fact]
    public async Task Whoever_follows_it_into_a_new_tab_or_by_script_does_too()
    {
        var link = new Uri(Site.Address, "/private").AbsoluteUri;
        await Tab.GotoAsync(Elsewhere.Show($"""<a target="_blank" href="{link}">There</a>"""));
        var opened = await Tab.RunAndWaitForPopupAsync(() => Tab.GetByRole(AriaRole.Link).ClickAsync());
        await opened.Locator("#who").WaitForAsync();
        Assert.Equal("ada", await WhoAsync(opened));

        await Tab.GotoAsync(Elsewhere.Show($"<script>location = '{link}?by=script'</script>"));
        await Tab.Locator("#who").WaitForAsync();
        Assert.Equal("ada", await WhoAsync(Tab));
    }

    [Fact]
    public async Task Without_scripts_it_is_the_same()
    {
        await using var plain = await chromium.Browser.NewContextAsync(new() { JavaScriptEnabled = false, StorageState = await _context!.StorageStateAsync() });
        var tab = await plain.NewPageAsync();
        await tab.GotoAsync(Elsewhere.Show($"""<a href="{new Uri(Site.Address, "/private").AbsoluteUri}">There</a>"""));
        await tab.GetByRole(AriaRole.Link).ClickAsync();
        await tab.Locator("#who").WaitForAsync();

        Assert.Equal("ada", await WhoAsync(tab));
    }

    [Fact]
    public async Task After_signing_out_a_link_leads_to_the_sign_in_page_at_once()
    {
        await Tab.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await Tab.WaitForURLAsync(Site.Address.AbsoluteUri);
        Assert.DoesNotContain(await _context!.CookiesAsync(), cookie => cookie.Name is Cookie or Cookie + "-hint");
        await Tab.GotoAsync(Elsewhere.Show($"""<a href="{new Uri(Site.Address, "/private").AbsoluteUri}">There</a>"""));
        Site.ForgetSeen();
        var requests = Watch(Tab);
        await Tab.GetByRole(AriaRole.Link).ClickAsync();
        await Tab.Locator("#who").WaitForAsync();

        Assert.Equal("/sign-in", new Uri(Tab.Url).AbsolutePath);
        Assert.Equal(2, requests.Count); // the page, and where it was sent
    }

    [Fact]
    public async Task A_window_that_was_opened_from_a_sandbox_stays_a_stranger_and_makes_no_loop()
    {
        var frame = $"""<a target=_blank href={new Uri(Site.Address, "/").AbsoluteUri}>There</a>""";
        await Tab.GotoAsync(Elsewhere.Show($"""<iframe sandbox="allow-popups allow-scripts" srcdoc='{frame}'></iframe>"""));
        using var received = new Received(Site.Address, Cookie);
        var opened = await Tab.RunAndWaitForPopupAsync(() => Tab.FrameLocator("iframe").GetByRole(AriaRole.Link).ClickAsync());
        await opened.Locator("#who").WaitForAsync();

        Assert.Equal("nobody", await WhoAsync(opened));
        Assert.Equal("GET / nobody", Assert.Single(Site.Seen));
        Assert.Equal([("cross-site", false), ("cross-site", false)], received.All.Select(request => (request.Site, request.HasSession))); // the second load is no better
    }

    [Fact]
    [Requirement("WSTG-SESS-05.a"), Requirement("FM-05")]
    public async Task A_form_of_another_site_is_refused()
    {
        _complaints.Expect("the server responded with a status of 403");
        _complaints.Expect("/favicon.ico");
        var trap = Elsewhere.Show($"""<form method="post" action="{new Uri(Site.Address, "/change").AbsoluteUri}"></form><script>document.forms[0].submit()</script>""");
        var refused = await Tab.RunAndWaitForResponseAsync(() => Tab.GotoAsync(trap), answer => answer.Request.Method == "POST");

        Assert.Equal(403, refused.Status);
        Assert.DoesNotContain(Cookie, await refused.Request.HeaderValueAsync("Cookie") ?? "", StringComparison.Ordinal);
        Assert.Empty(Site.Seen);
    }

    [Fact]
    [Requirement("ASVS-3.5.8"), Requirement("CK-15")]
    public async Task What_another_site_embeds_gets_no_session_and_no_second_load()
    {
        await Tab.GotoAsync(Elsewhere.Show($"""<img src="{new Uri(Site.Address, "/picture").AbsoluteUri}" alt=""><iframe src="{Site.Address.AbsoluteUri}"></iframe>"""));
        await Tab.WaitForLoadStateAsync(LoadState.Load);

        Assert.Equal("nobody", await Tab.FrameLocator("iframe").Locator("#who").InnerTextAsync());
        Assert.Equal(["GET / nobody", "GET /picture nobody"], Site.Seen.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Coming_back_from_an_outside_sign_in_by_a_form_ends_signed_in()
    {
        await _context!.ClearCookiesAsync();
        var back = Elsewhere.Show($"""<form method="post" action="{new Uri(Site.Address, "/callback").AbsoluteUri}"></form><script>document.forms[0].submit()</script>""");
        await Tab.GotoAsync(back);
        await Tab.Locator("#who").WaitForAsync();

        Assert.Equal("ada", await WhoAsync(Tab));
        Assert.Equal("/private", new Uri(Tab.Url).AbsolutePath);
    }

    private List<IRequest> Watch(IPage tab)
    {
        var requests = new List<IRequest>();
        tab.Request += (_, request) =>
        {
            if (request.IsNavigationRequest && new Uri(request.Url).Authority == Site.Address.Authority)
            {
                requests.Add(request);
            }
        };
        return requests;
    }

    private static Task<string> WhoAsync(IPage tab) => tab.Locator("#who").InnerTextAsync();
}
