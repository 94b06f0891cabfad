using System.Collections.Concurrent;

namespace Sojourn.Engine;

/// <summary>
/// Counts tokens that name nothing, per address (IPv6: /64) and minute, so that guessing shows in the log without one
/// event a guess (row 16, CSMCS-41). Bounded: beyond, addresses are counted together.
/// </summary>
internal sealed class BadTokenCounter(SessionEngine engine)
{
    private const int MaxAddresses = 4096;

    private ConcurrentDictionary<ClientAddress, int> _counts = new();
    private long _minute;

    public void Count(ClientAddress address)
    {
        var network = address.Network;
        _counts.AddOrUpdate(_counts.Count < MaxAddresses || _counts.ContainsKey(network) ? network : default, 1, static (_, count) => count + 1);
    }

    /// <summary>Writes last minute's counts, once a minute.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        var now = engine.Clock.Now;
        var minute = now.ToUnixTimeSeconds() / 60;
        if (minute == _minute || _counts.IsEmpty)
        {
            return;
        }

        _minute = minute;
        var counts = Interlocked.Exchange(ref _counts, new());
        EventDraft[] drafts =
        [
            .. counts.Select(count => new EventDraft(SessionEventKind.Finding, 0)
            {
                Detail = $"count={count.Value};finding={SessionFindings.BadTokens}",
                Client = new SessionClient(count.Key, userAgent: null),
            }),
        ];
        await engine.Store.AppendAsync(engine.Events.Write(now, drafts), cancellationToken);
    }
}
