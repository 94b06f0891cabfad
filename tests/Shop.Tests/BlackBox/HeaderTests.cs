using System.Net;

namespace Shop.Tests.BlackBox;

/// <summary>What the shop tells browsers about its answers, so that no other site can show, read or run them (ASVS 5.0, V3).</summary>
public sealed class HeaderTests(SecureShop shop) : IClassFixture<SecureShop>
{
    [Fact, Requirement("ASVS-3.4.2")]
    public async Task No_address_lets_scripts_of_another_site_read_its_answers()
    {
        using var browser = await shop.SignInAsync("alice");
        foreach (var door in shop.Doors)
        {
            foreach (var method in (HttpMethod[])[new(door.Method), HttpMethod.Options])
            {
                var request = new HttpRequestMessage(method, door.Path);
                request.Headers.TryAddWithoutValidation("Origin", "https://evil.example");
                request.Headers.TryAddWithoutValidation("Access-Control-Request-Method", door.Method);
                request.Headers.TryAddWithoutValidation("Access-Control-Request-Headers", "content-type");
                var answer = await browser.FetchAsync(request);
                Assert.DoesNotContain(answer.Response.Headers, header => header.Key.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase));
            }
        }
    }

    [Fact, Requirement("ASVS-3.2.1")]
    public async Task What_is_no_page_is_never_rendered_as_one_nor_within_a_page_of_another_site()
        => Assert.All(await shop.VisitAsync(), exchange =>
        {
            Assert.Equal("nosniff", exchange.Header("X-Content-Type-Options"));
            Assert.Equal("same-origin", exchange.Header("Cross-Origin-Resource-Policy"));
            var policy = exchange.Header("Content-Security-Policy")!;
            Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
            Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe-inline", policy, StringComparison.Ordinal);
            if (exchange.Request.RequestUri!.AbsolutePath is { } path && path.StartsWith("/api/", StringComparison.Ordinal) && exchange.Text.Length > 0)
            {
                Assert.Contains(exchange.Response.Content.Headers.ContentType?.MediaType, (string[])["application/json", "application/problem+json"]);
            }
        });

    [Fact, Requirement("ASVS-3.5.7")]
    public async Task Scripts_are_the_same_for_everybody_and_data_is_no_script()
    {
        using var alice = await shop.SignInAsync("alice");
        using var bob = await shop.SignInAsync("bob");
        using var nobody = shop.Open();
        foreach (var path in (string[])["/signed-in.js", "/session/step-up.js", "/session/time-left.js", "/session/resume.js"])
        {
            var script = await nobody.GetAsync(path);
            Assert.Equal(HttpStatusCode.OK, script.Status);
            Assert.Contains("javascript", script.Header("Content-Type")!, StringComparison.Ordinal);
            Assert.Equal(script.Text, (await alice.GetAsync(path)).Text);
            Assert.Equal(script.Text, (await bob.GetAsync(path)).Text);
        }

        foreach (var door in shop.Doors.Where(door => door.Method == "GET" && !door.Path.EndsWith(".js", StringComparison.Ordinal)))
        {
            foreach (var callback in (string[])["", "?callback=steal", "?jsonp=steal"])
            {
                var answer = await alice.FetchAsync(new(HttpMethod.Get, door.Path + callback));
                Assert.DoesNotContain("javascript", answer.Header("Content-Type") ?? "", StringComparison.Ordinal);
                Assert.DoesNotContain("steal(", answer.Text, StringComparison.Ordinal);
            }
        }
    }

    [Fact, Requirement("CSMCS-10")]
    public async Task No_page_has_anything_from_plain_http_or_from_elsewhere()
        => Assert.All((await shop.VisitAsync()).Where(exchange => exchange.Response.Content.Headers.ContentType?.MediaType == "text/html"), exchange =>
        {
            Assert.DoesNotContain("http://", exchange.Text, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotMatch("(?i)(src|href|action)=\"(?!/(?!/)|[a-z-]+\\.(js|css)\")[^#\"]", exchange.Text);
        });
}
