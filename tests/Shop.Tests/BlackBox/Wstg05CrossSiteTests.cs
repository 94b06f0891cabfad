using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Shop.Tests.BlackBox;

/// <summary>WSTG-SESS-05: what another site has a browser send, with the cookies and all, is refused at every address that changes something.</summary>
public sealed class Wstg05CrossSiteTests(SecureShop shop) : IClassFixture<SecureShop>, IAsyncLifetime
{
    private Browser _victim = null!;

    public async ValueTask InitializeAsync()
    {
        _victim = await shop.SignInAsync("alice");
        await _victim.PostAsync("/api/cart", """{"sku":"mug","quantity":1}""");
    }

    public ValueTask DisposeAsync()
    {
        _victim.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory, Requirement("WSTG-SESS-05.a"), Requirement("WSTG-SESS-05.f"), Requirement("FM-14")]
    [InlineData("application/x-www-form-urlencoded", "sku=tea&quantity=1&user=bob&password=sojourn-demo-1&theme=dark&currency=EUR")]
    [InlineData("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"sku\"\r\n\r\ntea\r\n--x--\r\n")]
    [InlineData("text/plain", "{\"sku\":\"tea\",\"quantity\":1,\"password\":\"sojourn-demo-1\"}")]
    [InlineData("application/json", "{\"sku\":\"tea\",\"quantity\":1}")]
    [InlineData(null, null)]
    public async Task A_form_of_whatever_kind_is_refused(string? type, string? body)
        => await RefusedEverywhereAsync(request =>
        {
            request.Content = body is null ? null : new ByteArrayContent(Encoding.UTF8.GetBytes(body)) { Headers = { ContentType = MediaTypeHeaderValue.Parse(type!) } };
            request.Headers.TryAddWithoutValidation("Origin", "https://evil.example");
            request.Headers.TryAddWithoutValidation("Sec-Fetch-Site", "cross-site");
        });

    [Fact, Requirement("WSTG-SESS-05.b")]
    public async Task A_link_or_a_picture_changes_nothing()
    {
        foreach (var door in shop.Doors)
        {
            var request = new HttpRequestMessage(HttpMethod.Get, door.Path + "?sku=tea&quantity=1&user=bob&password=sojourn-demo-1");
            request.Headers.TryAddWithoutValidation("Sec-Fetch-Site", "cross-site");
            await _victim.NavigateAsync(request);
        }

        await NothingChangedAsync();
    }

    [Theory, Requirement("WSTG-SESS-05.c"), Requirement("FM-05"), Requirement("FM-06")]
    [InlineData("cross-site")]
    [InlineData("same-site")]
    [InlineData("Same-Origin")]
    [InlineData("same-origin, cross-site")]
    [InlineData("")]
    public Task What_does_not_say_that_it_is_of_the_same_origin_is_refused(string site)
        => RefusedEverywhereAsync(request => request.Headers.TryAddWithoutValidation("Sec-Fetch-Site", site));

    [Theory, Requirement("WSTG-SESS-05.d"), Requirement("FM-13")]
    [InlineData("https://evil.example")]
    [InlineData("null")]
    [InlineData("")]
    [InlineData("http://SHOP")]
    [InlineData("https://evil@SHOP")]
    [InlineData("https://SHOP.evil.example")]
    [InlineData("https://SHOP/")]
    [InlineData("https://sub.SHOP")]
    public Task Without_Fetch_Metadata_another_Origin_is_refused(string origin)
        => RefusedEverywhereAsync(request => request.Headers.TryAddWithoutValidation("Origin", origin.Replace("SHOP", shop.Address.Authority, StringComparison.Ordinal)));

    [Fact, Requirement("WSTG-SESS-05.e"), Requirement("CK-06")]
    public async Task No_cookie_is_left_to_the_two_minutes_in_which_browsers_send_one_without_SameSite()
        => Assert.All((await shop.VisitAsync()).SelectMany(exchange => exchange.Cookies), cookie => Assert.Equal("Lax", cookie.Attributes["SameSite"]));

    private async Task RefusedEverywhereAsync(Action<HttpRequestMessage> prepare)
    {
        foreach (var door in shop.Doors.Where(door => door.Method != "GET"))
        {
            var request = door.Request();
            prepare(request);
            var answer = await _victim.FetchAsync(request);
            Assert.True(answer.Status == HttpStatusCode.Forbidden, $"{door}: {answer.Status}");
            Assert.Empty(answer.SetCookies);
        }

        await NothingChangedAsync();
    }

    private async Task NothingChangedAsync()
    {
        Assert.Equal("alice", (await _victim.GetAsync("/api/session")).Json.GetProperty("subject").GetString());
        Assert.Contains("""[{"sku":"mug","quantity":1}]""", (await _victim.GetAsync("/api/cart")).Text, StringComparison.Ordinal);
    }
}
