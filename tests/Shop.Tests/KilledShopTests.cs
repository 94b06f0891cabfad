using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Shop.Tests;

/// <summary>
/// The shop is killed (SIGKILL) at twenty moments while people sign in, sign out and fill carts. What it answered before
/// it died is there when it opens again: nobody who was signed in is signed out, nobody who was signed out is back.
/// </summary>
public sealed class KilledShopTests(PublishedShop shop) : IClassFixture<PublishedShop>
{
    private const int Rounds = 20;
    private static readonly string[] Accounts = ["alice", "bob", "admin"];

    private readonly ConcurrentBag<Promise> _promises = [];

    [Fact, Requirement("ASVS-7.4.1")]
    public async Task Killed_at_twenty_moments_under_load_it_keeps_every_answer_it_gave()
    {
        var data = Path.Combine(shop.Elsewhere.FullName, "killed-data");
        var moments = new Random(2011);
        for (var round = 0; round < Rounds; round++)
        {
            await using var process = await OpenAsync(data);
            var address = await process.AddressAsync();
            await ExpectKeptAsync(address);
            using var end = new CancellationTokenSource();
            Task[] customers = [.. Accounts.Select(user => SignInAndOutAsync(address, user, Array.IndexOf(Accounts, user), end.Token)), FillCartsAsync(address, end.Token)];
            await AtFullSpeedAsync();
            await Task.Delay(moments.Next(400), TestContext.Current.CancellationToken);
            await process.KillAsync();
            await end.CancelAsync();
            await Task.WhenAll(customers);
        }

        await using var last = await OpenAsync(data);
        await ExpectKeptAsync(await last.AddressAsync());
        var (signedIn, signedOut, carts) = (CountOf(Kind.SignedIn), CountOf(Kind.SignedOut), CountOf(Kind.Cart));
        TestContext.Current.TestOutputHelper?.WriteLine($"{signedIn} sign-ins, {signedOut} ends and {carts} carts were acknowledged, and all were found");
        Assert.True(signedIn >= Rounds / 4 && signedOut >= Rounds && carts >= Rounds, // about two of three are ended again
            $"a load worth the name, not {signedIn} sign-ins, {signedOut} ends, {carts} carts");
    }

    /// <summary>Until the shop is at full speed: its first answers take long.</summary>
    private async Task AtFullSpeedAsync()
    {
        for (var before = CountOf(Kind.SignedOut); CountOf(Kind.SignedOut) == before;)
        {
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }

    private int CountOf(Kind kind) => _promises.Count(each => each.Kind == kind);

    private async Task<ShopProcess> OpenAsync(string data)
    {
        var process = ShopProcess.Start(shop.Elsewhere.FullName, "dotnet", shop.Program, "--demo", "--urls", "http://127.0.0.1:0", "--data", data);
        await process.AddressAsync();
        return process;
    }

    /// <summary>Signs in; every third stays signed in, the others sign out or are ended from another device.</summary>
    private async Task SignInAndOutAsync(Uri address, string user, int first, CancellationToken end)
    {
        for (var i = first; !end.IsCancellationRequested; i++)
        {
            using var browser = new Browser(address);
            try
            {
                await browser.SignInAsync(user);
                var promise = new Promise(Kind.SignedIn, new(browser.Cookies), user); // before a sign-out takes the cookies away
                if (i % 3 != 0)
                {
                    await EndAsync(browser, i % 3 == 1);
                    promise = promise with { Kind = Kind.SignedOut };
                }

                _promises.Add(promise);
            }
            catch (Exception fault) when (fault is HttpRequestException or SocketException or IOException)
            {
                return; // it died: whatever was asked for last, nothing was promised
            }
        }
    }

    private static async Task EndAsync(Browser browser, bool bySignOut)
    {
        if (bySignOut)
        {
            Assert.Equal(HttpStatusCode.NoContent, (await browser.PostAsync("/api/sign-out")).Status);
            return;
        }

        var id = (await browser.GetAsync("/api/session")).Json.GetProperty("id").GetString();
        Assert.Equal(HttpStatusCode.NoContent, (await browser.DeleteAsync($"/api/sessions/{id}")).Status);
    }

    private async Task FillCartsAsync(Uri address, CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            using var browser = new Browser(address);
            try
            {
                for (var cups = 1; cups <= 3; cups++)
                {
                    Assert.Equal(HttpStatusCode.OK, (await browser.PostAsync("/api/cart", """{"sku":"tea","quantity":1}""")).Status);
                    _promises.Add(new(Kind.Cart, new(browser.Cookies), $"{cups}"));
                }
            }
            catch (Exception fault) when (fault is HttpRequestException or SocketException or IOException)
            {
                return;
            }
        }
    }

    private async Task ExpectKeptAsync(Uri address)
    {
        foreach (var promise in _promises)
        {
            using var browser = new Browser(address);
            foreach (var (name, value) in promise.Cookies)
            {
                browser.Cookies[name] = value;
            }

            await ExpectKeptAsync(browser, promise);
        }
    }

    private static async Task ExpectKeptAsync(Browser browser, Promise promise)
    {
        if (promise.Kind == Kind.Cart)
        {
            // The next cup may have been written before the shop could say so.
            var line = (await browser.GetAsync("/api/cart")).Json.GetProperty("items")[0];
            Assert.InRange(line.GetProperty("quantity").GetInt32(), int.Parse(promise.What, System.Globalization.CultureInfo.InvariantCulture), 3);
            return;
        }

        var answer = await browser.GetAsync("/api/session");
        Assert.True(answer.Status == (promise.Kind == Kind.SignedIn ? HttpStatusCode.OK : HttpStatusCode.Unauthorized), $"{promise.Kind}: {(int)answer.Status} {answer.Text}");
        if (promise.Kind == Kind.SignedIn)
        {
            Assert.Equal(promise.What, answer.Json.GetProperty("subject").GetString());
        }
    }

    private enum Kind
    {
        SignedIn,
        SignedOut,
        Cart,
    }

    /// <summary>What the shop has answered, with the cookies of then.</summary>
    private sealed record Promise(Kind Kind, Dictionary<string, string> Cookies, string What);
}
