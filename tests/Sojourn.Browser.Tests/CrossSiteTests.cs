using System.Net;
using Microsoft.Playwright;

namespace Sojourn.Browser.Tests;

/// <summary>
/// What pages of another site, and of another origin of the same site, can have a browser send to the shop in which somebody
/// is signed in: everything that HTML and scripts offer, and nothing of it has an effect.
/// </summary>
public sealed class CrossSiteTests(SharedChromium chromium, RunningShop running) : ShopTest(chromium, running)
{
    /// <summary>Forms of the shop: where, and the fields as a query.</summary>
    private static readonly string[] Forms =
    [
        "/cart?sku=tea&quantity=1", "/cart/remove?sku=mug", "/devices/end-others", "/checkout", $"/confirm?password={ShopPages.DemoPassword}",
        "/preferences?theme=dark&currency=EUR", "/sign-out", $"/sign-in?user=bob&password={ShopPages.DemoPassword}",
    ];

    /// <summary>Calls of its API: where, and the JSON.</summary>
    private static readonly (string Path, string Json)[] Calls =
    [
        ("/api/cart", """{"sku":"tea","quantity":1}"""),
        ("/api/confirm", $$"""{"password":"{{ShopPages.DemoPassword}}"}"""),
        ("/api/checkout", "{}"),
        ("/api/sign-in", $$"""{"user":"bob","password":"{{ShopPages.DemoPassword}}"}"""),
        ("/api/sign-out", "{}"),
    ];

    private OtherSite? _elsewhere;
    private OtherSite? _neighbour;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _elsewhere = await OtherSite.StartAsync();
        _neighbour = await OtherSite.StartAsync("localhost");

        // What browsers say of refusals that were provoked here. They ask for an icon, since a refusal is no page that names one.
        Complaints.Expect("the server responded with a status of 40");
        Complaints.Expect("/favicon.ico");
        Complaints.Expect("ERR_BLOCKED_BY_RESPONSE"); // Cross-Origin-Resource-Policy
        Complaints.Expect("blocked by CORS policy");
        Complaints.Expect("net::ERR_FAILED");
        Complaints.Expect("frame-ancestors");
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (_elsewhere is not null && _neighbour is not null)
        {
            await _elsewhere.DisposeAsync();
            await _neighbour.DisposeAsync();
        }
    }

    [Theory]
    [InlineData("cross-site", "application/x-www-form-urlencoded")]
    [InlineData("cross-site", "multipart/form-data")]
    [InlineData("same-site", "application/x-www-form-urlencoded")]
    [InlineData("same-site", "multipart/form-data")]
    [Requirement("ASVS-3.5.1"), Requirement("WSTG-SESS-05.a"), Requirement("WSTG-SESS-05.c"), Requirement("FM-05"), Requirement("FM-06"), Requirement("FM-16")]
    public async Task Forms_of_another_site_are_refused_and_change_nothing(string site, string type)
    {
        var shop = await OpenShopAsync();
        foreach (var form in Forms)
        {
            var fields = WebUtility.UrlDecode(form).Split('?', '&')[1..].Select(field => $"""<input type="hidden" name="{field.Split('=')[0]}" value="{field.Split('=')[1]}">""");
            await FallIntoTrapAsync(shop, site, $"""<form method="post" enctype="{type}" action="{At(form.Split('?')[0])}">{string.Concat(fields)}</form>""");
        }

        await ExpectUnchangedAsync(shop);
    }

    [Theory, InlineData("cross-site"), InlineData("same-site")]
    [Requirement("ASVS-3.5.2"), Requirement("WSTG-SESS-05.a"), Requirement("WSTG-SESS-05.c"), Requirement("WSTG-SESS-05.f"), Requirement("FM-14"), Requirement("FM-16")]
    public async Task A_form_that_looks_like_JSON_is_refused_by_the_API(string site)
    {
        var shop = await OpenShopAsync();
        foreach (var (path, json) in Calls)
        {
            // The equals sign between name and value goes into a last member: {"a":1,"x":"="}
            var name = json is "{}" ? "{\"x\":\"" : json[..^1] + ",\"x\":\"";
            await FallIntoTrapAsync(shop, site, $$"""<form method="post" enctype="text/plain" action="{{At(path)}}"><input type="hidden" name='{{name}}' value='"}'></form>""");
        }

        await ExpectUnchangedAsync(shop);
    }

    [Theory, InlineData("cross-site"), InlineData("same-site")]
    [Requirement("WSTG-SESS-05.b"), Requirement("FM-11"), Requirement("ASVS-3.5.3")]
    public async Task Links_from_elsewhere_are_followed_signed_in_and_change_nothing(string site)
    {
        var shop = await OpenShopAsync();
        foreach (var address in Forms.Concat(Calls.Select(call => call.Path)).Append("/session/stay"))
        {
            await shop.Tab.GotoAsync(SiteOf(site).Show($"""<a href="{At(address).Replace("&", "&amp;", StringComparison.Ordinal)}">There</a>"""));
            var answer = await shop.Tab.RunAndWaitForResponseAsync(
                () => shop.Tab.GetByRole(AriaRole.Link).ClickAsync(), answer => answer.Request.IsNavigationRequest && IsShops(answer.Url));
            Assert.Equal(site, await answer.Request.HeaderValueAsync("Sec-Fetch-Site"));
            Assert.Contains(Cookie + "=", await answer.Request.HeaderValueAsync("Cookie"), StringComparison.Ordinal);
            Assert.True(answer.Status is 200 or 404 or 405, $"{address}: {answer.Status}");
            await shop.Tab.WaitForLoadStateAsync();
        }

        await ExpectUnchangedAsync(shop);
    }

    [Theory, InlineData("cross-site"), InlineData("same-site")]
    [Requirement("WSTG-SESS-05.b"), Requirement("FM-11")]
    public async Task Pictures_and_frames_of_another_site_change_nothing(string site)
    {
        var shop = await OpenShopAsync();
        using var received = new Received(Address, Cookie);
        var addresses = Forms.Concat(Calls.Select(call => call.Path)).Append("/").ToList();
        await shop.Tab.GotoAsync(SiteOf(site).Show(string.Concat(addresses.Select(address => $"""<img src="{At(address).Replace("&", "&amp;", StringComparison.Ordinal)}" alt="">"""))
            + $"""<iframe src="{At("/devices")}"></iframe>""")); // and waits for all of them

        Assert.Subset(received.All.Select(request => request.Address).ToHashSet(), addresses.Append("/devices").ToHashSet());
        Assert.All(received.All, request => Assert.Equal(("GET", site), (request.Method, request.Site)));
        Assert.All(received.All, request => Assert.Equal(site == "same-site", request.HasSession)); // of another site not even read
        await ExpectUnchangedAsync(shop);
    }

    [Theory, InlineData("cross-site"), InlineData("same-site")]
    [Requirement("ASVS-3.5.1"), Requirement("ASVS-3.5.2"), Requirement("WSTG-SESS-05.c"), Requirement("WSTG-SESS-05.f"), Requirement("FM-05"), Requirement("FM-06"), Requirement("FM-16")]
    public async Task Calls_of_another_sites_scripts_change_nothing(string site)
    {
        var shop = await OpenShopAsync();
        await shop.Tab.GotoAsync(SiteOf(site).Show(""));
        using var received = new Received(Address, Cookie);
        foreach (var (path, json) in Calls)
        {
            foreach (var (mode, type) in new[] { ("no-cors", "text/plain"), ("no-cors", "application/x-www-form-urlencoded"), ("cors", "text/plain"), ("cors", "application/json") })
            {
                var isRead = await shop.Tab.EvaluateAsync<bool>(
                    "([url, mode, type, body]) => fetch(url, { method: 'POST', mode, credentials: 'include', headers: { 'Content-Type': type }, body }).then(answer => answer.type !== 'opaque', () => false)",
                    new[] { At(path), mode, type, json });
                Assert.False(isRead, $"{mode} {type} {path} was answered");
            }
        }

        // JSON is not even sent: the browser asks with OPTIONS first, and is told nothing.
        var posts = received.All.Where(request => request.Method == "POST").ToList();
        Assert.Equal(Calls.SelectMany(call => Enumerable.Repeat(call.Path, 3)).Order(StringComparer.Ordinal), posts.Select(request => request.Address).Order(StringComparer.Ordinal));
        Assert.All(posts, request => Assert.Equal((403, site), (request.Status, request.Site)));
        Assert.All(posts, request => Assert.Equal(site == "same-site", request.HasSession));
        Assert.Equal(Calls.Length, received.All.Count(request => request.Method == "OPTIONS"));
        await ExpectUnchangedAsync(shop);
    }

    [Fact, Requirement("WSTG-SESS-05.e"), Requirement("CK-06")]
    public async Task A_fresh_cookie_is_not_sent_with_another_sites_form_as_one_without_SameSite_would_be()
    {
        var shop = await OpenShopAsync();
        await shop.Tab.GotoAsync(_neighbour!.Show("", cookie: "without=SameSite; Path=/")); // cookies ignore ports
        var refused = await FallIntoTrapAsync(shop, "cross-site", $"""<form method="post" action="{At("/sign-out")}"></form>""");
        var cookies = await refused.Request.HeaderValueAsync("Cookie");

        Assert.Equal("without=SameSite", cookies); // this browser has the two minutes of grace; none of the shop's cookies takes part
        await ExpectUnchangedAsync(shop);
    }

    /// <summary>A browser in which alice is signed in, has something in her cart, and is signed in elsewhere as well.</summary>
    private async Task<ShopPages> OpenShopAsync()
    {
        var other = await OpenAsync(new() { UserAgent = FirefoxOnWindows });
        await other.SignInAsync("alice");
        var shop = await OpenAsync();
        await shop.SignInAsync("alice");
        await shop.AddToCartAsync("Enamel mug");
        Time.Advance(TimeSpan.FromSeconds(1));
        return shop;
    }

    private async Task ExpectUnchangedAsync(ShopPages shop)
    {
        Assert.Equal(["Enamel mug"], await shop.CartAsync());
        Assert.NotEqual("dark", await shop.Tab.Locator("html").GetAttributeAsync("data-theme"));
        Assert.Equal(2, (await shop.DevicesAsync()).Count);
        var sessions = (await Sessions.ListAsync("alice", ct: TestContext.Current.CancellationToken)).Sessions;
        Assert.Equal(2, sessions.Count);
        Assert.All(sessions, session => Assert.Equal(session.StartedAt, session.AuthenticatedAt)); // nobody was confirmed
        Assert.Empty((await Sessions.ListAsync("bob", ct: TestContext.Current.CancellationToken)).Sessions);
    }

    [Fact]
    [Requirement("FM-02")]
    public async Task A_form_that_came_by_way_of_another_site_is_refused_and_a_typed_address_that_did_is_not()
    {
        var shop = await OpenAsync(new() { BypassCSP = true }); // the shop's own policy would not let the form leave
        await shop.SignInAsync("alice");
        var refused = await shop.Tab.RunAndWaitForResponseAsync(
            () => shop.Tab.EvaluateAsync("address => { const form = document.createElement('form'); form.method = 'post'; form.action = address; document.body.append(form); form.submit(); }", _elsewhere!.SendOn(At("sign-out"))),
            answer => answer.Url == At("sign-out"));
        Assert.Equal(("cross-site", 403), (await refused.Request.HeaderValueAsync("Sec-Fetch-Site"), refused.Status));
        await shop.Tab.WaitForURLAsync(At("sign-out")); // the refusal is shown, and no longer in the way of the next page

        var page = await shop.Tab.GotoAsync(_elsewhere!.SendOn(At("devices")));
        Assert.Equal((At("devices"), "none", 200), (page!.Url, await page.Request.HeaderValueAsync("Sec-Fetch-Site"), page.Status));
        Assert.True(await shop.IsSignedInAsync());
    }

    /// <summary>Opens a page whose form sends itself, and looks how the shop answers.</summary>
    private async Task<IResponse> FallIntoTrapAsync(ShopPages shop, string site, string form)
    {
        var trap = SiteOf(site).Show(form + "<script>document.forms[0].submit()</script>");
        var refused = await shop.Tab.RunAndWaitForResponseAsync(() => shop.Tab.GotoAsync(trap), answer => answer.Request.Method == "POST");
        Assert.Equal(site, await refused.Request.HeaderValueAsync("Sec-Fetch-Site"));
        Assert.Equal(site == "same-site", await HasSessionAsync(refused.Request));
        Assert.Equal(403, refused.Status);
        await shop.Tab.WaitForURLAsync(IsShops);
        return refused;
    }

    private static async Task<bool> HasSessionAsync(IRequest request)
        => (await request.HeaderValueAsync("Cookie"))?.Contains(Cookie + "=", StringComparison.Ordinal) == true;

    private bool IsShops(string url) => url.StartsWith(Address.AbsoluteUri, StringComparison.Ordinal);

    private string At(string path) => new Uri(Address, path).AbsoluteUri;

    private OtherSite SiteOf(string site) => (site == "cross-site" ? _elsewhere : _neighbour)!;
}
