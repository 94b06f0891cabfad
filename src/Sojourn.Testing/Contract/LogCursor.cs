using Sojourn.Storage;

namespace Sojourn.Testing;

/// <summary>Reads on in the logs of all shards, so that a race can look at the events of one round.</summary>
internal sealed class LogCursor(Trial t)
{
    private readonly long[] _positions = new long[256];

    /// <summary>The events about a session that came into its shard's log since the last call for that shard.</summary>
    public async ValueTask<List<StoredEvent>> NewAsync(SessionId id)
    {
        List<StoredEvent> events = [];
        while (true)
        {
            var page = await t.Log.ReadAsync(id.Shard, _positions[id.Shard], 100, t.Cancel);
            if (page.Count == 0)
            {
                return events;
            }

            events.AddRange(page.Select(logged => logged.Event).Where(each => each.Session == id));
            _positions[id.Shard] = page[^1].Position;
        }
    }
}
