using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Sojourn.Testing;

namespace Sojourn.AspNetCore.Tests;

/// <summary>What the protection against other sites costs requests that come from the own one.</summary>
[Collection(CountsBytes.Name)]
public sealed class CrossSiteCostTests
{
    [Theory]
    [InlineData("Sec-Fetch-Site", "same-origin", "shop.example")]
    [InlineData("Origin", "https://shop.example", "shop.example")]
    [InlineData("Origin", "https://shop.example:8443", "shop.example:8443")]
    [InlineData("Origin", "https://xn--mnchen-3ya.example", "xn--mnchen-3ya.example")]
    [InlineData("Origin", "https://partner.example", "shop.example")]
    public async Task The_check_of_an_unsafe_request_allocates_nothing(string header, string value, string host)
    {
        await using var services = new ServiceCollection().AddLogging().AddSojourn().UseMemory().ConfigureWeb(web => web.TrustedOrigins.Add("https://partner.example")).Services.BuildServiceProvider();
        var context = new DefaultHttpContext();
        var request = context.Features.GetRequiredFeature<IHttpRequestFeature>();
        (request.Method, request.Scheme, request.Headers.Host, request.Headers[header]) = ("POST", "https", host, value);
        context.SetEndpoint(new Endpoint(null, EndpointMetadataCollection.Empty, null));
        var parts = services.GetRequiredService<WebParts>();
        var feature = new SessionFeature(context, parts);
        Assert.Null(parts.Csrf);

        Assert.Equal(0, Bytes(feature));
    }

    [Fact]
    public void What_is_counted_here_counts()
    {
        // The same measure of a check that allocates, or the tests above could not fail.
        object? kept = null;
        Assert.InRange(BytesOf(() => kept = new object()), 24, long.MaxValue);
        Assert.NotNull(kept);
    }

    [Fact, Requirement("NIST-5.1-17")]
    public async Task A_page_of_somebody_signed_in_costs_one_store_call_with_everything_switched_on()
    {
        await using var app = await TestApp.StartAsync(
            web: web => web.StepUpPath = "/confirm",
            services: services =>
            {
                services.AddSingleton<IDataProtectionProvider>(new EphemeralDataProtectionProvider());
                services.AddSojourn().AddCsrfTokens();
            },
            endpoints: routes =>
            {
                routes.MapSession();
                routes.MapGet("/form", (HttpContext context) => context.SojournCsrfToken!.Length);
                routes.MapPost("/change", () => "changed");
                routes.MapPost("/order", () => "ordered").RequireStepUp(TimeSpan.FromMinutes(5));
            });
        using var browser = await app.SignInAsync("ada");
        var token = System.Text.Json.JsonDocument.Parse((await browser.GetAsync("/session/csrf")).Body).RootElement.GetProperty("token").GetString()!;
        foreach (var path in new[] { "/private", "/form", "/session/csrf", "/session/time-left", "/change", "/order" })
        {
            app.Store.ResetCalls();
            var reply = path is "/change" or "/order" ? await browser.PostAsync(path, ("X-CSRF-Token", token)) : await browser.GetAsync(path);

            Assert.Equal((path, 200, 1, 1), (path, reply.Status, app.Store.Calls(StoreOperation.Find), app.Store.TotalCalls));
        }
    }

    private static long Bytes(SessionFeature feature) => BytesOf(() =>
    {
        if (CrossSiteCheck.Refusal(feature) is { } refusal)
        {
            Assert.Fail(refusal.Detail);
        }
    });

    /// <summary>Of one call, once it is warm.</summary>
    private static long BytesOf(Action call)
    {
        const int Calls = 1000;
        var least = long.MaxValue;
        for (var round = 0; round < 20; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < Calls; i++)
            {
                call();
            }

            least = Math.Min(least, (GC.GetAllocatedBytesForCurrentThread() - before) / Calls);
        }

        return least;
    }
}
