using System.Collections.Concurrent;

namespace Sojourn.Engine;

/// <summary>
/// Token buckets by key. Bounded: once there are too many, each new one looks at a few others in turn, and those that
/// are full, which remember nothing, go. So no start ever pays for a walk over all of them.
/// </summary>
/// <remarks>
/// The table counts its buckets itself: <see cref="ConcurrentDictionary{TKey,TValue}.Count"/> takes every lock there is.
/// </remarks>
internal sealed class BucketTable<TKey>(int most, TimeProvider time) where TKey : notnull
{
    /// <summary>More than one, so that full buckets go faster than new ones come.</summary>
    private const int LooksPerAddition = 8;

    private readonly ConcurrentDictionary<TKey, Bucket> _buckets = new();
    private readonly Lock _looking = new();
    private IEnumerator<KeyValuePair<TKey, Bucket>>? _place;
    private int _count;

    /// <summary>How many buckets there are.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Takes one token of a key that may have so many at once and gets so many a second; false when it has none left.</summary>
    public bool TryTake(TKey key, int burst, double perSecond)
    {
        var now = time.GetTimestamp();
        if (_buckets.TryGetValue(key, out var bucket))
        {
            return bucket.TryTake(now, burst, perSecond, time);
        }

        var fresh = new Bucket(burst, now);
        bucket = _buckets.GetOrAdd(key, fresh);
        var isTaken = bucket.TryTake(now, burst, perSecond, time); // before anybody looks at it: until then it is full
        if (ReferenceEquals(bucket, fresh) && Interlocked.Increment(ref _count) > most)
        {
            DropFull(now, burst, perSecond);
        }

        return isTaken;
    }

    /// <summary>
    /// Goes on where the last one stopped. While one thread is at it, others do not wait; an enumerator of the table
    /// stays usable whatever is added and removed meanwhile.
    /// </summary>
    private void DropFull(long now, int burst, double perSecond)
    {
        if (!_looking.TryEnter())
        {
            return;
        }

        try
        {
            for (var looks = 0; looks < LooksPerAddition; looks++)
            {
                _place ??= _buckets.GetEnumerator();
                if (!_place.MoveNext())
                {
                    _place.Dispose();
                    _place = null;
                }
                else if (_place.Current.Value.IsFull(now, burst, perSecond, time) && _buckets.TryRemove(_place.Current))
                {
                    Interlocked.Decrement(ref _count);
                }
            }
        }
        finally
        {
            _looking.Exit();
        }
    }

    private sealed class Bucket(double tokens, long filledAt)
    {
        private readonly Lock _lock = new();
        private double _tokens = tokens;
        private long _filledAt = filledAt;

        public bool TryTake(long now, int burst, double perSecond, TimeProvider time)
        {
            lock (_lock)
            {
                Fill(now, burst, perSecond, time);
                if (_tokens < 1)
                {
                    return false;
                }

                _tokens--;
                return true;
            }
        }

        public bool IsFull(long now, int burst, double perSecond, TimeProvider time)
        {
            lock (_lock)
            {
                Fill(now, burst, perSecond, time);
                return _tokens >= burst;
            }
        }

        private void Fill(long now, int burst, double perSecond, TimeProvider time)
        {
            _tokens = Math.Min(burst, _tokens + time.GetElapsedTime(_filledAt, now).TotalSeconds * perSecond);
            _filledAt = now;
        }
    }
}
