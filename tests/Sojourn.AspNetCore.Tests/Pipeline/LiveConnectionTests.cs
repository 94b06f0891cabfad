using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;

namespace Sojourn.AspNetCore.Tests;

/// <summary>What lives longer than an ordinary request: hubs, WebSockets, streams of events.</summary>
public sealed class LiveConnectionTests
{
    private static readonly SessionKey<int> Calls = new("calls");

    [Fact, Requirement("CSMCS-51")]
    public async Task A_web_socket_closes_when_its_session_is_revoked_elsewhere()
    {
        await using var app = await StartAsync();
        using var browser = await app.SignInAsync("ada");
        using var other = await app.SignInAsync("bob");
        using var socket = await Sockets.ConnectAsync(browser, "/socket");
        using var bobs = await Sockets.ConnectAsync(other, "/socket");
        await app.Sessions.RevokeAsync(browser.SessionId, SessionEndReason.RevokedByAdministrator, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal("session ended", await CloseReasonAsync(socket));
        Assert.Equal(WebSocketState.Open, bobs.State);
        await bobs.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, TestContext.Current.CancellationToken);
        Assert.Equal("client left", await CloseReasonAsync(bobs));
    }

    [Theory]
    [InlineData("sign-out")]
    [InlineData("everywhere")]
    [InlineData("everybody")]
    [Requirement("CSMCS-51")]
    public async Task Every_way_to_end_a_session_reaches_its_sockets(string way)
    {
        await using var app = await StartAsync();
        using var browser = await app.SignInAsync("ada");
        using var socket = await Sockets.ConnectAsync(browser, "/socket");
        switch (way)
        {
            case "sign-out":
                await browser.PostAsync("/sign-out");
                break;
            case "everywhere":
                await app.Sessions.RevokeSubjectAsync("ada", SessionEndReason.SignedOutEverywhere, cancellationToken: TestContext.Current.CancellationToken);
                break;
            default:
                await app.Sessions.RevokeEverybodyAsync(cancellationToken: TestContext.Current.CancellationToken);
                break;
        }

        Assert.Equal("session ended", await CloseReasonAsync(socket));
    }

    [Fact, Requirement("CSMCS-51")]
    public async Task A_hub_has_the_session_through_its_context_and_closes_when_that_ends()
    {
        await using var app = await StartAsync();
        using var browser = await app.SignInAsync("ada");
        using var socket = await Sockets.ConnectAsync(browser, "/hub");
        await SendAsync(socket, """{"protocol":"json","version":1}""");
        Assert.Equal("{}", await ReceiveAsync(socket));
        await SendAsync(socket, """{"type":1,"invocationId":"1","target":"Who","arguments":[]}""");
        Assert.Contains("\"result\":\"ada\"", await ReceiveAsync(socket), StringComparison.Ordinal);
        await SendAsync(socket, """{"type":1,"invocationId":"2","target":"Count","arguments":[]}""");
        Assert.Contains("\"result\":1", await ReceiveAsync(socket), StringComparison.Ordinal);

        await app.Sessions.RevokeAsync(browser.SessionId, SessionEndReason.RevokedByAdministrator, cancellationToken: TestContext.Current.CancellationToken);
        Assert.True(await IsOverAsync(socket));
    }

    [Fact]
    public async Task A_stream_of_events_ends_with_its_session()
    {
        await using var app = await StartAsync();
        using var browser = await app.SignInAsync("ada");
        var stream = browser.GetAsync("/events");
        await app.Services.Gate().Reached;
        app.Services.Gate().Open();
        await app.Sessions.RevokeAsync(browser.SessionId, SessionEndReason.RevokedByPolicy, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal("data: hello\n\ndata: ended\n\n", (await stream.Within30Seconds()).Body);
    }

    [Fact]
    public async Task Without_a_session_Ended_never_fires()
    {
        await using var app = await TestApp.StartAsync(endpoints: routes => routes.MapGet("/can", (Session session) => session.Ended.CanBeCanceled));
        using var stranger = app.NewBrowser();

        Assert.Equal("false", (await stranger.GetAsync("/can")).Body);
    }

    [Fact]
    public async Task Nothing_of_a_connection_is_kept_once_it_is_over()
    {
        await using var app = await StartAsync();
        using var browser = await app.SignInAsync("ada");
        using var socket = await Sockets.ConnectAsync(browser, "/socket");
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, TestContext.Current.CancellationToken);
        await CloseReasonAsync(socket);
        await app.Services.GetRequiredService<Left>().Task.Within30Seconds();

        Assert.False(app.Services.GetRequiredService<Left>().Ended.IsCancellationRequested);
    }

    [Theory]
    [InlineData("https://evil.example", 403)]
    [InlineData("null", 403)]
    [InlineData("http://evil@127.0.0.1", 403)]
    [InlineData("own", 101)]
    [InlineData("https://app.example", 101)]
    [InlineData(null, 101)]
    [Requirement("ASVS-4.4.2")]
    public async Task A_web_socket_is_opened_only_from_the_own_site_or_a_trusted_one(string? origin, int status)
    {
        await using var app = await StartAsync();
        using var browser = await app.SignInAsync("ada");
        var sent = origin == "own" ? app.Address.GetLeftPart(UriPartial.Authority) : origin;
        if (status == 101)
        {
            using var socket = await Sockets.ConnectAsync(browser, "/socket", sent);
            Assert.Equal(WebSocketState.Open, socket.State);
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, TestContext.Current.CancellationToken);
            return;
        }

        var refused = await Assert.ThrowsAsync<WebSocketException>(() => Sockets.ConnectAsync(browser, "/socket", sent));
        Assert.Contains("403", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_endpoint_may_take_web_sockets_of_other_sites()
    {
        await using var app = await StartAsync();
        using var browser = await app.SignInAsync("ada");
        using var socket = await Sockets.ConnectAsync(browser, "/socket/public", "https://evil.example");

        Assert.Equal(WebSocketState.Open, socket.State);
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, TestContext.Current.CancellationToken);
    }

    private static Task<TestApp> StartAsync()
    {
        var gate = new Gate();
        return TestApp.StartAsync(
            services: services =>
            {
                services.AddSignalR();
                services.AddGate(gate);
                services.AddSingleton<Left>();
            },
            web: web => web.TrustedOrigins.Add("https://app.example"),
            pipeline: pipeline =>
            {
                pipeline.UseWebSockets();
                pipeline.UseSojourn();
            },
            endpoints: routes =>
            {
                routes.MapHub<SessionHub>("/hub");
                routes.MapGet("/socket", TalkAsync);
                routes.MapGet("/socket/public", TalkAsync).AllowCrossSite();
                routes.MapGet("/events", async (Session session, HttpContext context) =>
                {
                    context.Response.ContentType = "text/event-stream";
                    await context.Response.WriteAsync("data: hello\n\n");
                    var ended = session.Ended;
                    await gate.PassAsync();
                    await ended.Fired();
                    await context.Response.WriteAsync("data: ended\n\n");
                });
            });

        static async Task TalkAsync(Session session, HttpContext context, Left left)
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            var ended = session.Ended.Fired();
            left.Ended = session.Ended;
            var received = socket.ReceiveAsync(new byte[16], context.RequestAborted);
            var why = await Task.WhenAny(ended, received) == ended ? "session ended" : "client left";
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, why, CancellationToken.None);
            left.SetResult();
        }
    }

    private static async Task<string?> CloseReasonAsync(ClientWebSocket socket)
    {
        var message = await socket.ReceiveAsync(new byte[16], TestContext.Current.CancellationToken).Within30Seconds();
        return message.CloseStatusDescription;
    }

    private static async Task<bool> IsOverAsync(ClientWebSocket socket)
    {
        try
        {
            while ((await socket.ReceiveAsync(new byte[256], TestContext.Current.CancellationToken).Within30Seconds()).MessageType != WebSocketMessageType.Close)
            {
                // What the hub still says before it closes.
            }
        }
        catch (WebSocketException)
        {
            // Closed without a handshake.
        }

        return true;
    }

    private static Task SendAsync(ClientWebSocket socket, string message)
        => socket.SendAsync(Encoding.UTF8.GetBytes(message + '\u001e'), WebSocketMessageType.Text, endOfMessage: true, TestContext.Current.CancellationToken);

    private static async Task<string> ReceiveAsync(ClientWebSocket socket)
    {
        var buffer = new byte[4096];
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken).Within30Seconds();
            var text = Encoding.UTF8.GetString(buffer, 0, received.Count).TrimEnd('\u001e');
            if (!text.Contains("\"type\":6", StringComparison.Ordinal))
            {
                return text; // and not a ping
            }
        }
    }

    private sealed class Left : TaskCompletionSource
    {
        public CancellationToken Ended { get; set; }
    }

    private sealed class SessionHub : Hub
    {
        private Session Session => Context.GetHttpContext()!.SojournSession;

        public override Task OnConnectedAsync()
        {
            Session.Ended.Register(Context.Abort);
            return Task.CompletedTask;
        }

        public string? Who() => Session.Subject;

        public async Task<int> Count() => await Session.UpdateAsync(Calls, count => count + 1);
    }
}
