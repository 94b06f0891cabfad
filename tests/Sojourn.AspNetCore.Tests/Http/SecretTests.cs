using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Sojourn.Testing;

namespace Sojourn.AspNetCore.Tests;

/// <summary>Rule 1 as seen from outside: a token is in its cookie and nowhere else.</summary>
public sealed class SecretTests
{
    [Fact, Requirement("ASVS-16.2.5"), Requirement("CSMCS-45"), Requirement("ASVS-14.2.1"), Requirement("WSTG-SESS-04.b"), Requirement("ASVS-3.3.4")]
    public async Task Rule1_No_body_header_address_or_log_line_of_a_whole_walk_holds_a_token_its_secret_or_its_hash()
    {
        await using var app = await TestApp.StartAsync(
            web: web => web.SignInPath = "/login",
            pipeline: pipeline =>
            {
                pipeline.UseExceptionHandler(branch => branch.Run(context => context.Response.WriteAsync(context.Features.Get<IExceptionHandlerFeature>()!.Error.ToString())));
                pipeline.UseSojourn();
            },
            endpoints: routes =>
            {
                routes.MapGet("/throws", (Session session) => session.Id is null ? "nobody" : throw new InvalidOperationException("boom " + session.Id));
                routes.MapGet("/tells", (Session session, HttpContext context) => $"{session} {session.Id} {session.Device} {context.SojournSession.TokenOutcome}");
                routes.MapGet("/list", async (SessionManager sessions) => await sessions.ListAsync("ada"));
                routes.MapGet("/ticket", async (HttpContext context) => (await context.AuthenticateAsync()).Properties);
            });
        var replies = new ConcurrentBag<Reply>();
        using var browser = app.NewBrowser();
        using var old = await WalkAsync(app, browser, replies);

        var tokens = replies.SelectMany(reply => reply.SetCookies)
            .Where(line => line.StartsWith("__Host-session=", StringComparison.Ordinal) || line.StartsWith("__Host-session-visit=", StringComparison.Ordinal))
            .Select(line => line[(line.IndexOf('=') + 1)..].Split(';')[0])
            .Where(value => value.Length > 0).Distinct(StringComparer.Ordinal).ToArray();
        Assert.True(tokens.Length >= 6, $"The walk saw only {tokens.Length} tokens.");
        var secrets = tokens.SelectMany(Spellings).ToArray();
        var places = replies.Select(reply => reply.Body + "\n" + string.Join('\n', reply.Headers.Where(header => header.Key != "Set-Cookie").SelectMany(header => header.Value)))
            .Concat(app.Log.All).ToArray();
        Assert.Contains(app.Log.All, line => line.Contains("/throws", StringComparison.Ordinal)); // the log was really read
        foreach (var place in places)
        {
            Assert.DoesNotContain(secrets, secret => place.Contains(secret, StringComparison.OrdinalIgnoreCase));
        }

        // And the search does find what is there.
        Assert.Contains(secrets, secret => replies.Any(reply => string.Join('\n', reply.SetCookies).Contains(secret, StringComparison.Ordinal)));
    }

    private static async Task<Browser> WalkAsync(TestApp app, Browser browser, ConcurrentBag<Reply> replies)
    {
        var paths = new[] { "/open", "/who", "/private", "/page", "/throws", "/tells", "/list", "/ticket", "/data/cart", "/nowhere", "/assets/style.css" };
        await PostAsync("/data/cart/tea");
        await VisitAsync(browser);
        await PostAsync("/sign-in/ada");
        await VisitAsync(browser);
        await PostAsync("/count");
        var old = browser.Copy();
        for (var i = 0; i < 4; i++)
        {
            app.Time.Advance(TimeSpan.FromMinutes(16));
            await VisitAsync(browser); // rotates
        }

        await PostAsync("/step-up");
        await VisitAsync(old); // dead by now
        await PostAsync("/sign-in/ada");
        await PostAsync("/sign-in/bob?remember=true");
        using var replaced = browser.Copy();
        for (var i = 0; i < 3; i++)
        {
            app.Time.Advance(TimeSpan.FromHours(25));
            await VisitAsync(browser);
        }

        await VisitAsync(replaced); // replayed
        await PostAsync("/sign-in/eve");
        app.Store.InjectAll(StoreFault.FailBefore);
        await VisitAsync(browser);
        await PostAsync("/sign-out");
        app.Repair();
        await PostAsync("/sign-in/eve");
        replies.Add(await browser.PostAsync("/sign-in/eve", ("Host", "example.com"), ("Sec-Fetch-Site", "same-origin")));
        replies.Add(await browser.GetAsync("/private", ("Host", "example.com")));
        replies.Add(await browser.PostAsync("/sign-out", ("Sec-Fetch-Site", "cross-site")));
        await app.Sessions.RevokeEverybodyAsync(cancellationToken: TestContext.Current.CancellationToken);
        await VisitAsync(browser);
        await app.Engine.Touches.FlushAsync(TestContext.Current.CancellationToken);
        await app.Engine.Sweeper.SweepAsync(TestContext.Current.CancellationToken);
        return old;

        async Task VisitAsync(Browser visitor)
        {
            foreach (var path in paths)
            {
                replies.Add(await visitor.GetAsync(path));
                replies.Add(await visitor.NavigateAsync(path));
            }
        }

        async Task PostAsync(string path) => replies.Add(await browser.PostAsync(path));
    }

    private static IEnumerable<string> Spellings(string token)
    {
        var secret = Base64Url.DecodeFromChars(token)[16..];
        yield return token;
        yield return token[22..]; // the last 42 characters are of the secret alone
        foreach (var bytes in new[] { secret, SHA256.HashData(secret) })
        {
            yield return Convert.ToHexString(bytes);
            yield return Convert.ToBase64String(bytes);
            yield return Base64Url.EncodeToString(bytes);
        }
    }
}
