using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Sojourn.Browser.Tests;

/// <summary>A page of another site that sends forms to the shop as soon as it is opened.</summary>
public sealed class CrossSiteTests(SharedChromium chromium, RunningShop running) : ShopTest(chromium, running)
{
    private WebApplication? _elsewhere;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0"); // another site than localhost
        builder.Logging.ClearProviders();
        _elsewhere = builder.Build();
        _elsewhere.MapGet("/{**path}", (RequestDelegate)WriteTrapAsync);
        _elsewhere.MapMethods("/hop/{**path}", ["GET", "POST"], (RequestDelegate)HopAsync);
        await _elsewhere.StartAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (_elsewhere is not null)
        {
            await _elsewhere.DisposeAsync();
        }
    }

    [Fact]
    [Requirement("ASVS-3.5.1")]
    [Requirement("WSTG-SESS-05.a")]
    [Requirement("FM-16")]
    public async Task Forms_of_another_site_are_refused_and_change_nothing()
    {
        Complaints.Expect("the server responded with a status of 403");
        Complaints.Expect("/favicon.ico"); // Chromium asks for it since the refusal is no page, and the shop has none
        var other = await OpenAsync(new() { UserAgent = FirefoxOnWindows });
        await other.SignInAsync("alice");
        var shop = await OpenAsync();
        await shop.SignInAsync("alice");
        await shop.AddToCartAsync("Enamel mug");

        await FallIntoTrapAsync(shop, "cart?sku=tea&quantity=1");
        await FallIntoTrapAsync(shop, "cart/remove?sku=mug");
        await FallIntoTrapAsync(shop, "devices/end-others");
        await FallIntoTrapAsync(shop, "sign-out");
        await FallIntoTrapAsync(shop, $"sign-in?user=bob&password={ShopPages.DemoPassword}");

        Assert.Equal(["Enamel mug"], await shop.CartAsync());
        Assert.Equal(2, (await shop.DevicesAsync()).Count);
        Assert.Single((await Sessions.ListAsync("alice", ct: TestContext.Current.CancellationToken)).Sessions, session => session.Device.Label == "Chrome on Linux");
        Assert.Empty((await Sessions.ListAsync("bob", ct: TestContext.Current.CancellationToken)).Sessions);
    }

    [Fact]
    [Requirement("FM-02")]
    public async Task A_form_that_came_by_way_of_another_site_is_refused_and_a_typed_address_that_did_is_not()
    {
        Complaints.Expect("the server responded with a status of 403");
        Complaints.Expect("/favicon.ico");
        var shop = await OpenAsync(new() { BypassCSP = true }); // the shop's own policy would not let the form leave
        await shop.SignInAsync("alice");
        var refused = await shop.Tab.RunAndWaitForResponseAsync(
            () => shop.Tab.EvaluateAsync("address => { const form = document.createElement('form'); form.method = 'post'; form.action = address; document.body.append(form); form.submit(); }", $"{_elsewhere!.Urls.First()}/hop/sign-out"),
            answer => answer.Url == $"{Address}sign-out");
        Assert.Equal(("cross-site", 403), (await refused.Request.HeaderValueAsync("Sec-Fetch-Site"), refused.Status));

        var page = await shop.Tab.GotoAsync($"{_elsewhere!.Urls.First()}/hop/devices");
        Assert.Equal(($"{Address}devices", "none", 200), (page!.Url, await page.Request.HeaderValueAsync("Sec-Fetch-Site"), page.Status));
        Assert.True(await shop.IsSignedInAsync());
    }

    private async Task FallIntoTrapAsync(ShopPages shop, string pathAndFields)
    {
        var refused = await shop.Tab.RunAndWaitForResponseAsync(
            () => shop.Tab.GotoAsync($"{_elsewhere!.Urls.First()}/{pathAndFields}"),
            answer => answer.Request.Method == "POST");
        Assert.Equal("cross-site", await refused.Request.HeaderValueAsync("Sec-Fetch-Site"));
        Assert.Equal(403, refused.Status);
        await shop.Tab.WaitForURLAsync(url => url.StartsWith(Address.AbsoluteUri, StringComparison.Ordinal));
    }

    /// <summary>On to the shop's address of the same path, with the same method.</summary>
    private Task HopAsync(HttpContext context)
    {
        (context.Response.StatusCode, context.Response.Headers.Location) = (StatusCodes.Status307TemporaryRedirect, $"{Address}{context.Request.RouteValues["path"]}");
        return Task.CompletedTask;
    }

    /// <summary>A form for the shop's address of the same path, with the query as its fields, that sends itself.</summary>
    private Task WriteTrapAsync(HttpContext context)
    {
        var fields = context.Request.Query.Select(field => $"""<input type="hidden" name="{field.Key}" value="{field.Value}">""");
        context.Response.ContentType = "text/html";
        return context.Response.WriteAsync($"""
            <!DOCTYPE html><link rel="icon" href="data:,"><form method="post" action="{Address}{context.Request.Path.Value![1..]}">{string.Concat(fields)}</form><script>document.forms[0].submit()</script>
            """);
    }
}
