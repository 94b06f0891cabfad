using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Sojourn.AspNetCore;

/// <summary>
/// When a request was refused by its scheme or host, and has a forwarded header that nobody used, a proxy that is not listed is
/// the likely cause: this says which address to list. What the header says is neither believed nor repeated (ASVS-4.1.3).
/// </summary>
/// <param name="logger">Gets one line for each address.</param>
internal sealed class UnlistedProxies(ILogger logger)
{
    /// <summary>Then the log has seen enough: anybody may send such headers. An IPv6 /64 counts as one.</summary>
    public const int MaxPeers = 100;

    private const string Standard = "Forwarded"; // RFC 7239
    private static readonly string[] Headers = ["X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-For", Standard];

    // What the framework's middleware leaves behind: then the peer is listed, and the address that is seen is its client's.
    private static readonly string[] Originals = ["X-Original-Proto", "X-Original-Host", "X-Original-For"];

    private readonly Lock _lock = new();
    private readonly HashSet<ClientAddress> _named = [];

    /// <summary>An answer whose detail says the cause too, if there is one.</summary>
    public SessionAnswer Explain(SessionAnswer answer, HttpContext context)
        => Explain(context) is { } cause ? answer with { Detail = $"{answer.Detail} {cause}" } : answer;

    /// <summary>The cause in a sentence, also for the log; null if no such header explains anything.</summary>
    public string? Explain(HttpContext context)
    {
        var headers = context.Request.Headers;
        var header = Array.Find(Headers, headers.ContainsKey);
        if (header is null || Array.Exists(Originals, headers.ContainsKey) || context.Features.Get<IHttpConnectionFeature>()?.RemoteIpAddress is not { } remote)
        {
            return null;
        }

        var peer = new ClientAddress(remote);
        var isNew = IsNew(peer);
        var from = $"{header} came from {peer}";
        if (header == Standard)
        {
            if (isNew)
            {
                SojournWebLog.ForwardedUnreadable(logger, header, peer);
            }

            return from + ", and ASP.NET Core does not read it: if that is your proxy, have it send X-Forwarded-Proto, X-Forwarded-Host and X-Forwarded-For, and add it to KnownProxies (ForwardedHeadersOptions).";
        }

        if (isNew)
        {
            SojournWebLog.ForwardedUnused(logger, header, peer);
        }

        return from + " and was not used: if that is your proxy, add it to KnownProxies (ForwardedHeadersOptions), and call UseForwardedHeaders() before authentication.";
    }

    private bool IsNew(ClientAddress peer)
    {
        lock (_lock)
        {
            return _named.Count < MaxPeers && _named.Add(peer.Network);
        }
    }
}
