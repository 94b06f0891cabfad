using System.Collections.Concurrent;

namespace Sojourn.AspNetCore;

/// <summary>
/// When each session's security stamp was last compared on this node. Bounded: two generations, of which the older is
/// dropped when the younger is full or an interval old. What is dropped is compared once more, never less.
/// </summary>
internal sealed class ComparedSessions(TimeSpan interval)
{
    private const int MaxGeneration = 50_000;

    private readonly Lock _turning = new();
    private volatile ConcurrentDictionary<SessionId, long> _young = new();
    private volatile ConcurrentDictionary<SessionId, long> _old = new();
    private int _count;
    private long _bornAt;

    public bool IsRecent(SessionId session, DateTimeOffset now)
        => (_young.TryGetValue(session, out var at) || _old.TryGetValue(session, out at)) && now.Ticks - at is >= 0 and var age && age < interval.Ticks;

    public void Note(SessionId session, DateTimeOffset now)
    {
        if (interval <= TimeSpan.Zero)
        {
            return; // nothing is ever recent
        }

        if (Volatile.Read(ref _count) >= MaxGeneration || now.Ticks - Interlocked.Read(ref _bornAt) >= interval.Ticks)
        {
            Turn(now);
        }

        Interlocked.Increment(ref _count);
        _young[session] = now.Ticks;
    }

    private void Turn(DateTimeOffset now)
    {
        lock (_turning)
        {
            if (Volatile.Read(ref _count) >= MaxGeneration || now.Ticks - Interlocked.Read(ref _bornAt) >= interval.Ticks)
            {
                _old = _young;
                _young = new();
                Volatile.Write(ref _count, 0);
                Interlocked.Exchange(ref _bornAt, now.Ticks);
            }
        }
    }
}
