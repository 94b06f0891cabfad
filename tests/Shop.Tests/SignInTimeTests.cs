using System.Diagnostics;
using System.Net;

namespace Shop.Tests;

/// <summary>How long a refused sign-in takes must not tell which names exist. Compared while nothing else runs.</summary>
[CollectionDefinition(nameof(SignInTimeTests), DisableParallelization = true)]
[Collection(nameof(SignInTimeTests))]
public sealed class SignInTimeTests
{
    [Fact]
    public async Task Every_try_takes_one_hash_whatever_the_name()
    {
        await using var shop = await ShopServer.StartAsync([]);
        using var browser = shop.Open();
        await TimeAsync("nobody"); // the first is slow for everybody
        List<TimeSpan> unknown = [], known = [], locked = [];
        for (var i = 0; i < 5; i++)
        {
            unknown.Add(await TimeAsync("nobody"));
            known.Add(await TimeAsync("alice")); // the fifth locks the account
        }

        for (var i = 0; i < 5; i++)
        {
            locked.Add(await TimeAsync("alice"));
        }

        // A hash more or less is a factor of two; what a database answers is noise beside it.
        Assert.InRange(unknown.Min() / known.Min(), 0.6, 1.7);
        Assert.InRange(locked.Min() / known.Min(), 0.6, 1.7);

        async Task<TimeSpan> TimeAsync(string user)
        {
            var start = Stopwatch.GetTimestamp();
            (await browser.PostAsync("/api/sign-in", $$"""{"user":"{{user}}","password":"wrong"}""")).IsProblem(HttpStatusCode.Unauthorized);
            return Stopwatch.GetElapsedTime(start);
        }
    }
}
