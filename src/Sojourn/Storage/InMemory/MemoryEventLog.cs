namespace Sojourn.Storage;

/// <summary>
/// The last events of all shards in a ring: each new one beyond the bound takes the place of the oldest. A chain through
/// the ring joins the events of one shard. It has the one lock that is taken inside a shard's.
/// </summary>
internal sealed class MemoryEventLog(int most)
{
    private const int None = -1;

    private readonly Lock _gate = new();
    private readonly HashSet<(WriteId Writer, long Number)> _known = [];
    private readonly ShardChain[] _shards = [.. Enumerable.Repeat(new ShardChain(None, None), 256)];
    private Slot[] _ring = new Slot[Math.Min(most, 256)];
    private long _position;

    /// <summary>Adds the events that are not in the log yet. A repeated batch changes nothing.</summary>
    public void Append(EventBatch batch)
    {
        if (batch.Events.IsDefaultOrEmpty)
        {
            return;
        }

        lock (_gate)
        {
            foreach (var each in batch.Events)
            {
                if (_known.Add((each.Writer, each.Number)))
                {
                    Add(each);
                }
            }
        }
    }

    public IReadOnlyList<LoggedEvent> Read(byte shard, long after, int limit)
    {
        lock (_gate)
        {
            List<LoggedEvent>? found = null;
            for (var place = _shards[shard].First; place != None && (found?.Count ?? 0) < limit; place = _ring[place].NextOfShard)
            {
                if (_ring[place].Position > after)
                {
                    (found ??= []).Add(new(_ring[place].Position, _ring[place].Event));
                }
            }

            return (IReadOnlyList<LoggedEvent>?)found ?? [];
        }
    }

    private void Add(StoredEvent added)
    {
        var place = (int)(_position++ % most);
        if (_position > most)
        {
            DropOldest(place);
        }
        else if (place == _ring.Length)
        {
            Array.Resize(ref _ring, (int)Math.Min(most, 2L * place));
        }

        _ring[place] = new(added, _position, None);
        ref var chain = ref _shards[added.Shard];
        if (chain.Last == None)
        {
            chain = new(place, place);
            return;
        }

        _ring[chain.Last] = _ring[chain.Last] with { NextOfShard = place };
        chain = chain with { Last = place };
    }

    // The oldest of all is the first of its shard.
    private void DropOldest(int place)
    {
        var oldest = _ring[place];
        _known.Remove((oldest.Event.Writer, oldest.Event.Number));
        ref var chain = ref _shards[oldest.Event.Shard];
        chain = oldest.NextOfShard == None ? new(None, None) : chain with { First = oldest.NextOfShard };
    }

    private readonly record struct Slot(StoredEvent Event, long Position, int NextOfShard);

    private readonly record struct ShardChain(int First, int Last);
}
