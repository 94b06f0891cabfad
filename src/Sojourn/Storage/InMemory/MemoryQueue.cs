namespace Sojourn.Storage;

/// <summary>
/// Sessions in the order of a time at which to look at them again: a binary heap in which each session knows its
/// place, so any of them can be taken out. Of two with the same time, the one that was added first comes first.
/// </summary>
/// <remarks>A session is in one queue at most: while it is active in that of what is due, afterwards in that of what is purged.</remarks>
internal sealed class MemoryQueue
{
    // A key is 44 bits of Unix milliseconds (until the year 2527) and 20 bits that tell who came first.
    private const int TurnBits = 20;
    private const long LatestTime = (1L << (64 - TurnBits)) - 1;

    private MemorySession[] _heap = new MemorySession[4];
    private int _count;
    private uint _turn;

    public void Add(MemorySession session, long time)
    {
        if (_count == _heap.Length)
        {
            Array.Resize(ref _heap, _count + _count / 4);
        }

        session.QueueKey = KeyOf(time);
        Rise(session, _count++);
    }

    public void Remove(MemorySession session)
    {
        var place = session.QueuePlace;
        var last = _heap[--_count];
        _heap[_count] = null!;
        if (place == _count)
        {
            return;
        }

        Rise(last, place);
        Sink(last, last.QueuePlace);
    }

    /// <summary>Takes out the first session whose time has come.</summary>
    public bool TryTake(long now, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out MemorySession? session)
    {
        session = _count > 0 && TimeOf(_heap[0]) <= now ? _heap[0] : null;
        if (session is null)
        {
            return false;
        }

        Remove(session);
        return true;
    }

    /// <summary>The time has come for all of them.</summary>
    public void BringForward()
    {
        for (var place = 0; place < _count; place++)
        {
            _heap[place].QueueKey = (ulong)place;
        }
    }

    public static long TimeOf(MemorySession session) => (long)(session.QueueKey >> TurnBits);

    private ulong KeyOf(long time) => ((ulong)Math.Clamp(time, 0, LatestTime) << TurnBits) | (_turn++ & ((1u << TurnBits) - 1));

    private void Rise(MemorySession session, int place)
    {
        while (place > 0 && _heap[(place - 1) / 2] is var parent && parent.QueueKey > session.QueueKey)
        {
            Put(parent, place);
            place = (place - 1) / 2;
        }

        Put(session, place);
    }

    private void Sink(MemorySession session, int place)
    {
        for (var child = 2 * place + 1; child < _count; child = 2 * place + 1)
        {
            if (child + 1 < _count && _heap[child + 1].QueueKey < _heap[child].QueueKey)
            {
                child++;
            }

            if (_heap[child].QueueKey >= session.QueueKey)
            {
                break;
            }

            Put(_heap[child], place);
            place = child;
        }

        Put(session, place);
    }

    private void Put(MemorySession session, int place)
    {
        _heap[place] = session;
        session.QueuePlace = place;
    }
}
