using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace Sojourn.Browser.Tests;

/// <summary>A page that asks for many things at once, just when the token is due.</summary>
public sealed class ParallelTests(SharedChromium chromium, RunningShop running) : ShopTest(chromium, running)
{
    private const string TwentyAtOnce = "Promise.all(Array.from({ length: 20 }, () => fetch('/api/session').then(answer => answer.status)))";

    [Fact]
    [Requirement("ASVS-15.4.2")]
    public async Task Twenty_parallel_requests_during_a_rotation_all_succeed_and_one_brings_a_cookie()
    {
        var shop = await OpenAsync(new() { BypassCSP = true }); // the shop's own pages have no scripts
        await shop.SignInAsync("alice");
        var answers = new ConcurrentQueue<IResponse>();
        shop.Context.Response += (_, answer) => answers.Enqueue(answer);
        for (var round = 1; round <= 3; round++)
        {
            Time.Advance(TimeSpan.FromMinutes(16));
            var before = await CookieAsync(shop.Context);
            answers.Clear();

            Assert.Equal(Enumerable.Repeat(200, 20), await shop.Tab.EvaluateAsync<int[]>(TwentyAtOnce));

            var lines = await Task.WhenAll(answers.Select(answer => answer.HeaderValuesAsync("Set-Cookie")));
            Assert.Single(lines.SelectMany(each => each), line => line.StartsWith(Cookie + "=", StringComparison.Ordinal));
            Assert.NotEqual(before, await CookieAsync(shop.Context));
            Assert.Single(await shop.DevicesAsync());
        }

        Assert.Empty(Findings.Names);
    }
}
