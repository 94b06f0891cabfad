using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Sojourn.AspNetCore.Tests.Requests;

public sealed class CommittingUpgradeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task A_WebSocket_opens_after_one_commit(bool http2, bool isSlow)
    {
        var commit = new CommitProbe { IsSlow = isSlow };
        await using var served = await StartAsync(kestrel: true, commit, http2);
        using var socket = await ConnectAsync(served, http2);
        Assert.Equal("hello", await EchoAsync(socket, "hello"));
        Assert.Equal((1, false), (commit.Calls, commit.HadStarted));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_refused_commit_opens_none_and_the_session_layer_answers(bool http2)
    {
        var commit = new CommitProbe { Answer = false };
        await using var served = await StartAsync(kestrel: true, commit, http2);
        using var socket = Client(http2);
        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(Address(served), new HttpMessageInvoker(new SocketsHttpHandler()), Token));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, 1), (socket.HttpStatusCode, commit.Calls));
    }

    [Fact]
    public async Task A_server_with_WebSockets_of_its_own_commits_too()
    {
        var commit = new CommitProbe { IsSlow = true };
        await using var served = await StartAsync(kestrel: false, commit, http2: false);
        using var socket = await served.TestServer.CreateWebSocketClient().ConnectAsync(new("ws://localhost/echo"), Token);
        Assert.Equal("hello", await EchoAsync(socket, "hello"));
        Assert.Equal((1, false), (commit.Calls, commit.HadStarted));
    }

    [Fact]
    public async Task An_upgrade_to_anything_else_commits_first()
    {
        var commit = new CommitProbe();
        await using var served = await ServedBody.StartAsync(kestrel: true, commit, app => app.Run(async context =>
        {
            await using var stream = await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
            Assert.Equal(1, commit.Calls);
            await stream.WriteAsync("raw"u8.ToArray(), context.RequestAborted);
        }));
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, served.Address.Port, Token);
        await client.GetStream().WriteAsync("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\n"u8.ToArray(), Token);
        var text = await new StreamReader(client.GetStream()).ReadToEndAsync(Token);
        Assert.StartsWith("HTTP/1.1 101 ", text, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\nraw", text, StringComparison.Ordinal);
    }

    [Fact]
    public void An_ordinary_request_keeps_the_features_it_has()
    {
        var context = new DefaultHttpContext();
        CommittingUpgrade.Install(context.Features, new(new StreamResponseBodyFeature(Stream.Null), _ => new(true)));
        Assert.Null(context.Features.Get<IHttpUpgradeFeature>());
        Assert.Null(context.Features.Get<IHttpExtendedConnectFeature>());
        Assert.Null(context.Features.Get<IHttpWebSocketFeature>());
    }

    private static Task<ServedBody> StartAsync(bool kestrel, CommitProbe commit, bool http2) => ServedBody.StartAsync(kestrel, commit, app =>
    {
        app.UseWebSockets();
        app.Map("/echo", async (HttpContext context) =>
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            var buffer = new byte[64];
            var received = await socket.ReceiveAsync(buffer, context.RequestAborted);
            await socket.SendAsync(buffer.AsMemory(0, received.Count), received.MessageType, received.EndOfMessage, context.RequestAborted);
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, context.RequestAborted);
        });
    }, http2 ? HttpProtocols.Http2 : HttpProtocols.Http1);

    private static ClientWebSocket Client(bool http2)
    {
        var socket = new ClientWebSocket();
        socket.Options.HttpVersion = http2 ? HttpVersion.Version20 : HttpVersion.Version11;
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        socket.Options.CollectHttpResponseDetails = true;
        return socket;
    }

    private static async Task<WebSocket> ConnectAsync(ServedBody served, bool http2)
    {
        var socket = Client(http2);
        await socket.ConnectAsync(Address(served), new HttpMessageInvoker(new SocketsHttpHandler()), Token);
        return socket;
    }

    private static Uri Address(ServedBody served) => new UriBuilder(served.Address) { Scheme = "ws", Path = "/echo" }.Uri;

    private static async Task<string> EchoAsync(WebSocket socket, string text)
    {
        await socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, Token);
        var buffer = new byte[64];
        var received = await socket.ReceiveAsync(buffer, Token);
        return Encoding.UTF8.GetString(buffer, 0, received.Count);
    }
}
