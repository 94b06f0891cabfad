using System.Collections.Immutable;
using System.Security.Claims;
using System.Text;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Sojourn.Engine;
using Sojourn.Storage;
using Sojourn.Testing;
using SessionExtensions = Sojourn.Engine.SessionExtensions;

namespace Sojourn.AspNetCore.Tests;

/// <summary>Items of the properties (<c>SaveTokens</c>) live with the session, encrypted, and nowhere else.</summary>
public sealed class TicketItemsTests
{
    private const string Token = "eyJhbGciOi.the-access-token.c2lnbmF0dXJl";

    [Fact, Requirement("ASVS-14.3.3")]
    public async Task Saved_tokens_come_back_and_are_found_nowhere_else()
    {
        var store = new InMemorySessionStore(new InMemoryStoreOptions());
        await using var app = await StartAsync(store);
        using var browser = app.NewBrowser();
        var signIn = await browser.PostAsync("/oidc?token=" + Token);
        Assert.Equal(200, signIn.Status);
        Assert.Equal(Token, (await browser.GetAsync("/token")).Body);
        Assert.Equal("own=thing", (await browser.GetAsync("/items")).Body); // and none of the framework's bookkeeping

        var record = (await store.FindAsync(browser.SessionId, new SessionRead(AllData: true), Ct))!.Value.Record;
        Assert.True(SessionExtensions.TryFind(record.Extensions, SessionExtensions.ProtectedProperties, out var stored));
        Assert.InRange(stored.Length, Token.Length, TicketItems.MaxBytes);
        await app.Sessions.RevokeAsync(browser.SessionId, SessionEndReason.RevokedByAdministrator, cancellationToken: Ct);
        var info = (await app.Sessions.FindAsync(browser.SessionId, Ct))!;
        var events = await store.ReadAsync(record.Id.Shard, 0, 100, Ct);
        var places = app.Log.All.Where(line => !line.Contains("Request ", StringComparison.Ordinal)) // Kestrel's own line tells the address that this test posts to
            .Append(Text(record.Extensions)).Append(Text(record.Claims.Bytes)).Append(record.ToString()).Append(info.ToString())
            .Concat(typeof(SessionInfo).GetProperties().Select(property => $"{property.Name}: {property.GetValue(info)}"))
            .Concat(signIn.SetCookies)
            .Concat(events.Select(each => Text(each.Event.Canonical) + string.Join(',', each.Event.Personal.Select(personal => personal.Value))));
        Assert.All(places, place => Assert.DoesNotContain("the-access-token", place, StringComparison.OrdinalIgnoreCase));
    }

    [Fact, Requirement("NIST-5.1.2-1")]
    public async Task A_saved_token_is_no_sign_of_the_person()
    {
        await using var app = await StartAsync();
        using var browser = app.NewBrowser();
        await browser.PostAsync("/oidc?token=" + Token);
        Assert.Equal(Token, (await browser.GetAsync("/token")).Body);
        app.Time.Advance(TimeSpan.FromDays(15)); // the session is remembered for 14
        var reply = await browser.GetAsync("/private", ("Authorization", "Bearer " + Token)); // which may be good for longer
        Assert.Equal((401, "idle"), (reply.Status, reply.Reason));
        Assert.NotEqual(Token, (await browser.GetAsync("/token")).Body);
    }

    [Fact]
    public async Task An_updated_token_is_kept_with_a_new_session_token_in_the_same_session()
    {
        await using var app = await StartAsync();
        using var browser = app.NewBrowser();
        await browser.PostAsync("/oidc?token=one");
        var session = browser.SessionId;
        using var old = browser.Copy();
        Assert.NotNull((await browser.PostAsync("/update?token=two")).SessionCookie);

        Assert.Equal(session, browser.SessionId);
        Assert.Equal("two", (await browser.GetAsync("/token")).Body);
        Assert.Equal("superseded", (await old.GetAsync("/private")).Reason);
        Assert.Equal("hwk", (await browser.GetAsync("/how")).Body);
        await browser.PostAsync("/update?token=");
        Assert.Equal("none", (await browser.GetAsync("/token")).Body);
        Assert.Equal("", (await browser.GetAsync("/items")).Body);
        Assert.Empty((await app.Engine.Store.FindAsync(session, default, Ct))!.Value.Record.Extensions);
    }

    [Fact]
    public async Task A_refresh_keeps_the_items_byte_for_byte()
    {
        var (app, _) = await IdentityApp.StartAsync(endpoints: routes =>
        {
            routes.MapPost("/in-with-token", async (SignInManager<Member> signIn) =>
            {
                var properties = new AuthenticationProperties { IsPersistent = true };
                properties.StoreTokens([new() { Name = "access_token", Value = Token }]);
                await signIn.SignInAsync((await signIn.UserManager.FindByIdAsync("7"))!, properties, "idp");
            });
            routes.MapGet("/token", Task<string?> (HttpContext context) => context.GetTokenAsync("access_token"));
        });
        await using var _1 = app;
        using var browser = app.NewBrowser();
        await browser.PostAsync("/in-with-token");
        var before = (await app.Engine.Store.FindAsync(browser.SessionId, default, Ct))!.Value.Record;
        Assert.Equal(200, (await browser.PostAsync("/refresh")).Status);
        var after = (await app.Engine.Store.FindAsync(browser.SessionId, default, Ct))!.Value.Record;

        Assert.Equal(Token, (await browser.GetAsync("/token")).Body);
        Assert.Equal(before.Extensions, after.Extensions);
        Assert.NotEqual(before.Token.Stamp, after.Token.Stamp);
        Assert.True(after.IsPersistent);
    }

    [Fact]
    public async Task What_another_version_keeps_in_the_extensions_survives()
    {
        await using var app = await StartAsync();
        using var browser = app.NewBrowser();
        await browser.PostAsync("/oidc?token=one");
        var record = (await app.Engine.Store.FindAsync(browser.SessionId, default, Ct))!.Value.Record;
        var next = RotationTable.Decide(record.Token, new(RotationEventKind.ClaimsElsewhere, default, app.Engine.Clock.Now, default)).Next!;
        var change = new RecordChange { Token = next, Extensions = SessionExtensions.With(record.Extensions, 200, [1, 2, 3]) };
        await app.Engine.Store.ChangeAsync(record.Id, record.Token.Stamp, change, app.Engine.Events.Write(app.Engine.Clock.Now, EventDraft.About(record, SessionEventKind.ClaimsChanged)), Ct);
        Assert.Equal("one", (await browser.GetAsync("/token")).Body);
        await browser.PostAsync("/update?token=two");

        Assert.Equal("two", (await browser.GetAsync("/token")).Body);
        Assert.True(SessionExtensions.TryFind((await app.Engine.Store.FindAsync(record.Id, default, Ct))!.Value.Record.Extensions, 200, out var kept));
        Assert.Equal([1, 2, 3], kept.ToArray());
    }

    [Fact]
    public async Task When_the_key_ring_is_lost_the_session_goes_on_without_the_items()
    {
        var keys = new LosableKeys();
        await using var app = await StartAsync(keys: keys);
        using var browser = app.NewBrowser();
        await browser.PostAsync("/oidc?token=" + Token);
        var kept = keys.Lose();

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal("none", (await browser.GetAsync("/token")).Body);
            Assert.Equal("ada", (await browser.GetAsync("/private")).Body);
        }

        Assert.Single(app.Log.All, line => line.StartsWith("Warning: Session ", StringComparison.Ordinal) && line.Contains("cannot be decrypted", StringComparison.Ordinal));
        Assert.Equal(200, (await browser.PostAsync("/rename")).Status); // a change of claims leaves alone what it cannot read
        keys.Restore(kept);
        Assert.Equal(Token, (await browser.GetAsync("/token")).Body);
    }

    [Fact]
    public async Task Items_are_bound_to_their_subject()
    {
        var keys = new LosableKeys();
        await using var app = await StartAsync(keys: keys);
        var items = new TicketItems(app.Services, app.Engine, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        using var browser = app.NewBrowser();
        await browser.PostAsync("/oidc?token=" + Token);
        var record = (await app.Engine.Store.FindAsync(browser.SessionId, default, Ct))!.Value.Record;

        Assert.Equal(Token, items.Read(record)![".Token.access_token"]);
        Assert.Null(items.Read(record with { Subject = "eve" }));
    }

    [Theory]
    [InlineData(false, 100, "services.AddDataProtection()")]
    [InlineData(true, 20_000, "a session holds 16384")]
    public async Task A_sign_in_whose_items_cannot_be_kept_says_why_and_starts_nothing(bool hasKeys, int length, string cure)
    {
        await using var app = await StartAsync(keys: hasKeys ? new LosableKeys() : null);
        using var browser = app.NewBrowser();
        var reply = await browser.SendAsync(HttpMethod.Post, "/oidc?length=" + length, []);

        Assert.Equal(500, reply.Status);
        Assert.Contains(cure, reply.Body, StringComparison.Ordinal);
        Assert.Empty(reply.SetCookies);
        Assert.Empty((await app.Sessions.ListAsync("ada", ct: Ct)).Sessions);
    }

    [Fact]
    public async Task A_change_that_is_too_large_leaves_session_and_items_as_they_were()
    {
        await using var app = await StartAsync();
        using var browser = app.NewBrowser();
        await browser.PostAsync("/oidc?token=one");
        var before = browser.Session;
        Assert.Equal(500, (await browser.PostAsync("/update?length=20000")).Status);

        Assert.Equal(before, browser.Session);
        Assert.Equal("one", (await browser.GetAsync("/token")).Body);
    }

    [Fact]
    public async Task Without_items_nothing_is_asked_of_the_key_ring()
    {
        var keys = new LosableKeys();
        await using var app = await StartAsync(keys: keys);
        using var browser = await app.SignInAsync("ada");
        Assert.Equal("none", (await browser.GetAsync("/token")).Body);

        Assert.Equal(0, keys.Protectors);
    }

    [Fact]
    public async Task Corrupt_extensions_are_a_fault_and_no_stranger()
    {
        await using var app = await StartAsync();
        using var browser = app.NewBrowser();
        await browser.PostAsync("/oidc?token=one");
        var record = (await app.Engine.Store.FindAsync(browser.SessionId, default, Ct))!.Value.Record;
        var next = RotationTable.Decide(record.Token, new(RotationEventKind.ClaimsElsewhere, default, app.Engine.Clock.Now, default)).Next!;
        await app.Engine.Store.ChangeAsync(
            record.Id, record.Token.Stamp, new RecordChange { Token = next, Extensions = [1, 1, 200, 1] }, app.Engine.Events.Write(app.Engine.Clock.Now, EventDraft.About(record, SessionEventKind.ClaimsChanged)), Ct);

        Assert.Equal(503, (await browser.GetAsync("/token")).Status);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static string Text(ImmutableArray<byte> bytes) => Encoding.UTF8.GetString(bytes.AsSpan());

    private static Task<TestApp> StartAsync(InMemorySessionStore? store = null) => StartAsync(new LosableKeys(), store);

    private static Task<TestApp> StartAsync(LosableKeys? keys, InMemorySessionStore? store = null) => TestApp.StartAsync(
        store: store,
        services: services =>
        {
            if (keys is not null)
            {
                services.AddSingleton<IDataProtectionProvider>(keys);
            }
        },
        pipeline: pipeline =>
        {
            pipeline.UseExceptionHandler(branch => branch.Run(context => context.Response.WriteAsync(context.Features.Get<IExceptionHandlerFeature>()!.Error.Message)));
            pipeline.UseSojourn();
        },
        endpoints: routes =>
        {
            routes.MapPost("/oidc", (string? token, int? length, HttpContext context) =>
            {
                var properties = new AuthenticationProperties { IsPersistent = true, IssuedUtc = DateTimeOffset.UnixEpoch, ExpiresUtc = DateTimeOffset.UnixEpoch, AllowRefresh = true, RedirectUri = "/" };
                properties.Items["own"] = "thing";
                properties.StoreTokens([new() { Name = "access_token", Value = token ?? new string('t', length ?? 1) }]);
                return context.SignInAsync(new ClaimsPrincipal(new ClaimsIdentity([new("sub", "ada"), new("name", "ada"), new("amr", "hwk")], "oidc", "name", "role")), properties);
            }).AddEndpointFilter(async (invocation, next) =>
            {
                var result = await next(invocation);
                invocation.HttpContext.Response.StatusCode = 200; // instead of the redirect
                return result;
            });
            routes.MapPost("/update", async (string? token, int? length, HttpContext context) =>
            {
                var ticket = await context.AuthenticateAsync();
                if (token is "")
                {
                    ticket.Properties!.Items.Clear();
                }
                else
                {
                    ticket.Properties!.UpdateTokenValue("access_token", token ?? new string('t', length ?? 1));
                }

                await context.SignInAsync(ticket.Principal!, ticket.Properties);
            });
            routes.MapPost("/rename", async (HttpContext context) =>
            {
                var ticket = await context.AuthenticateAsync();
                await context.SignInAsync(ticket.Principal!, ticket.Properties);
            });
            routes.MapGet("/token", async (HttpContext context) => await context.GetTokenAsync("access_token") ?? "none");
            routes.MapGet("/items", async Task<string> (HttpContext context)
                => string.Join(';', (await context.AuthenticateAsync()).Properties!.Items.Where(item => !item.Key.StartsWith(".Token", StringComparison.Ordinal)).Select(item => $"{item.Key}={item.Value}")));
            routes.MapGet("/how", (Session session) => string.Join(',', session.Methods.Select(method => method.Name)));
        });

    /// <summary>A key ring that can be lost and found again.</summary>
    private sealed class LosableKeys : IDataProtectionProvider
    {
        private IDataProtectionProvider _keys = new EphemeralDataProtectionProvider();

        public int Protectors { get; private set; }

        public IDataProtector CreateProtector(string purpose)
        {
            Protectors++;
            return _keys.CreateProtector(purpose);
        }

        public IDataProtectionProvider Lose()
        {
            var lost = _keys;
            _keys = new EphemeralDataProtectionProvider();
            return lost;
        }

        public void Restore(IDataProtectionProvider keys) => _keys = keys;
    }
}
