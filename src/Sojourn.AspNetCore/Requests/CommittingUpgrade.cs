using System.Net.WebSockets;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Sojourn.AspNetCore;

/// <summary>
/// Commits the session's changes before a connection is taken over: the 101 (or the 200 of an extended CONNECT, RFC
/// 8441) goes out without touching the response body. A refused commit ends the handler with <see cref="AnsweredException"/>.
/// </summary>
internal sealed class CommittingUpgrade : IHttpUpgradeFeature, IHttpExtendedConnectFeature, IHttpWebSocketFeature
{
    private readonly CommittingBody _body;
    private readonly IHttpUpgradeFeature? _upgrade;
    private readonly IHttpExtendedConnectFeature? _connect;
    private readonly IHttpWebSocketFeature? _socket;

    private CommittingUpgrade(CommittingBody body, IFeatureCollection features)
    {
        _body = body;
        _upgrade = features.Get<IHttpUpgradeFeature>();
        _connect = features.Get<IHttpExtendedConnectFeature>();
        _socket = features.Get<IHttpWebSocketFeature>();
    }

    /// <summary>Stands in front of what the server offers, if this request can be upgraded at all; otherwise it costs nothing.</summary>
    public static void Install(IFeatureCollection features, CommittingBody body)
    {
        var upgrade = features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true };
        var connect = features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true };
        var socket = features.Get<IHttpWebSocketFeature>() is { IsWebSocketRequest: true }; // by servers that do it themselves
        if (!(upgrade || connect || socket))
        {
            return;
        }

        var committing = new CommittingUpgrade(body, features);
        if (upgrade)
        {
            features.Set<IHttpUpgradeFeature>(committing);
        }

        if (connect)
        {
            features.Set<IHttpExtendedConnectFeature>(committing);
        }

        if (socket)
        {
            features.Set<IHttpWebSocketFeature>(committing);
        }
    }

    bool IHttpUpgradeFeature.IsUpgradableRequest => _upgrade!.IsUpgradableRequest;

    bool IHttpExtendedConnectFeature.IsExtendedConnect => _connect!.IsExtendedConnect;

    string? IHttpExtendedConnectFeature.Protocol => _connect!.Protocol;

    bool IHttpWebSocketFeature.IsWebSocketRequest => _socket!.IsWebSocketRequest;

    async Task<Stream> IHttpUpgradeFeature.UpgradeAsync()
    {
        await CommitAsync();
        return await _upgrade!.UpgradeAsync();
    }

    async ValueTask<Stream> IHttpExtendedConnectFeature.AcceptAsync()
    {
        await CommitAsync();
        return await _connect!.AcceptAsync();
    }

    async Task<WebSocket> IHttpWebSocketFeature.AcceptAsync(WebSocketAcceptContext context)
    {
        await CommitAsync();
        return await _socket!.AcceptAsync(context);
    }

    private async ValueTask CommitAsync()
    {
        if (!await _body.EnsureCommittedAsync(CancellationToken.None))
        {
            throw new AnsweredException();
        }
    }
}
