using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Sojourn.Storage;
using Sojourn.Testing;

namespace Sojourn.AspNetCore.Tests;

/// <summary>The README's table of costs: store calls exactly, bytes to a twentieth.</summary>
[Collection(CountsBytes.Name)]
public sealed partial class CostTableTests
{
    private static readonly StoreOperation[] Reads = [StoreOperation.Find, StoreOperation.List];
    private static readonly SessionKey<string> Theme = new("theme");
    private readonly ManualTimeProvider _time = new();

    /// <summary>The README's words for a request, and what the endpoint does.</summary>
    private static readonly (string Words, string Path, bool HasToken)[] Requests =
    [
        ("shows no token, and the endpoint uses no session", "/open", false),
        ("shows a token; the endpoint takes a `Session`", "/session", true),
        ("shows a token, through the scheme and `[Authorize]`", "/authorized", true),
        ("reads one value", "/read", true),
        ("writes one value", "/write", true),
        ("changes one value with `UpdateAsync`", "/update", true),
        ("signs in", "/sign-in", false),
        ("signs out", "/sign-out", true),
    ];

    [Fact]
    public async Task Every_row_says_what_is_measured()
    {
        var (plain, scheme, added, inPlace, counting) = (new MemoryServer(), new MemoryServer(), new MemoryServer(), new MemoryServer(), new MemoryServer());
        var store = new FaultInjectingSessionStore(new InMemorySessionStore(new()), _time);
        await using var plainApp = StartBare(plain, authenticates: false);
        await using var schemeApp = StartBare(scheme, authenticates: true);
        await using var addedApp = StartSojourn(added, builder => builder.UseMemory());
        await using var inPlaceApp = StartSojourn(inPlace, builder => builder.UseMemory(), inItsPlace: true);
        await using var countingApp = StartSojourn(counting, builder => builder.UseStore(_ => store));
        foreach (var app in (WebApplication[])[plainApp, schemeApp, addedApp, inPlaceApp, countingApp])
        {
            await app.StartAsync(TestContext.Current.CancellationToken);
        }

        var wrong = new List<string>();
        var said = Row().Matches(Documents.Read("README.md")).ToDictionary(row => row.Groups["words"].Value, row => row);
        foreach (var (words, path, hasToken) in Requests)
        {
            var row = said[words];
            var calls = await CallsAsync(countingApp, counting, store, path, hasToken);
            wrong.AddRange(row.Groups["calls"].Value == calls ? [] : [$"{words}: {calls}, and the README says {row.Groups["calls"].Value}"]);
            var without = path == "/authorized" ? scheme : plain;
            wrong.AddRange(Compare(words, row.Groups["added"].Value, added, await CookieAsync(addedApp)));
            wrong.AddRange(Compare(words + " (in place of UseAuthentication)", row.Groups["inPlace"].Value, inPlace, await CookieAsync(inPlaceApp)));

            string[] Compare(string what, string said, MemoryServer server, string cookie)
            {
                if (said == "–")
                {
                    return [];
                }

                cookie = hasToken ? cookie : "";
                var more = server.BytesPerRequest(path, cookie) - without.BytesPerRequest(path, cookie);
                Console.WriteLine($"A request that {what}: {more} B more than without Sojourn.");
                var claimed = long.Parse(said, NumberStyles.AllowThousands | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
                return Math.Abs(more - claimed) <= Math.Max(64, Math.Abs(claimed) / 20) ? [] : [$"{what}: {more} bytes, and the README says {claimed}"];
            }
        }

        Assert.Equal(Requests.Length, said.Count);
        Assert.Empty(wrong);
    }

    private static async Task<string> CallsAsync(WebApplication app, MemoryServer server, FaultInjectingSessionStore store, string path, bool hasToken)
    {
        var cookie = hasToken ? await CookieAsync(app) : "";
        if (hasToken)
        {
            server.Serve("/session", cookie); // the first one confirms the session; that write belongs to the sign-in
        }

        store.ResetCalls();
        server.Serve(path, cookie);
        var reads = Reads.Sum(store.Calls);
        var writes = store.TotalCalls - reads;
        return (reads, writes) switch
        {
            (0, 0) => "none",
            (_, 0) => Times(reads, "read"),
            (0, _) => Times(writes, "write"),
            _ => $"{Times(reads, "read")}, {Times(writes, "write")}",
        };

        static string Times(int count, string what) => count == 1 ? $"1 {what}" : $"{count} {what}s";
    }

    private static async Task<string> CookieAsync(WebApplication app)
    {
        var start = new SessionStart { Subject = "ada", Principal = AllocationTests.User() };
        var started = await app.Services.GetRequiredService<SessionManager>().StartAsync(start, TestContext.Current.CancellationToken);
        return $"{SojournDefaults.CookieName}={started.Token!.Value.Reveal()}";
    }

    private WebApplication StartSojourn(MemoryServer server, Action<SojournBuilder> store, bool inItsPlace = false)
    {
        var app = MemoryServer.Build(server, "Production", log: null, services =>
        {
            services.AddSingleton<TimeProvider>(_time);
            store(services.AddSojourn());
            services.RemoveAll<IHostedService>();
        });
        _ = inItsPlace ? app.UseSojournAuthentication().UseAuthorization() : app.UseSojourn();
        MapCommon(app);
        app.MapGet("/session", static context => context.Response.WriteAsync(context.SojournSession.Subject!));
        app.MapGet("/read", static async context => await context.Response.WriteAsync(await context.SojournSession.GetAsync(Theme) ?? "ok"));
        app.MapGet("/write", static context =>
        {
            context.SojournSession.Set(Theme, "dark");
            return context.Response.WriteAsync("ok");
        });
        app.MapGet("/update", static async context => await context.Response.WriteAsync(await context.SojournSession.UpdateAsync(Theme, static old => old is null ? "dark" : "light")));
        app.MapGet("/sign-in", static async context =>
        {
            await context.SignInAsync(AllocationTests.User());
            await context.Response.WriteAsync("ok");
        });
        app.MapGet("/sign-out", static async context =>
        {
            await context.SignOutAsync();
            await context.Response.WriteAsync("ok");
        });
        return app;
    }

    private static WebApplication StartBare(MemoryServer server, bool authenticates)
    {
        var app = MemoryServer.Build(server, "Production", log: null, services =>
        {
            if (authenticates)
            {
                services.AddTransient<AllocationTests.BareHandler>();
                services.AddAuthenticationCore(options =>
                {
                    options.AddScheme("bare", scheme => scheme.HandlerType = typeof(AllocationTests.BareHandler));
                    options.DefaultScheme = "bare";
                });
            }
        });
        MapCommon(app);
        app.MapGet("/session", static context => context.Response.WriteAsync("ada"));
        app.MapGet("/read", static context => context.Response.WriteAsync("ok"));
        return app;
    }

    private static void MapCommon(WebApplication app)
    {
        app.MapGet("/open", static context => context.Response.WriteAsync("ok"));
        app.MapGet("/authorized", static context => context.Response.WriteAsync("ok")).RequireAuthorization();
    }

    [GeneratedRegex(@"^\| (?<words>[a-z][^|]*?) \| (?<calls>none|[0-9][^|]*?) \| (?<added>[^|]*?) \| (?<inPlace>[^|]*?) \|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
