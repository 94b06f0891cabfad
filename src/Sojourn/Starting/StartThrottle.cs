using System.Collections.Concurrent;

namespace Sojourn.Engine;

/// <summary>
/// Token buckets for starts: per subject, and per address with an IPv6 /64 as one (ASVS-2.4.1). Bounded: when there
/// are too many buckets, the full ones, which remember nothing, go.
/// </summary>
internal sealed class StartThrottle(SojournOptions options, TimeProvider time)
{
    private const int MaxBuckets = 100_000;
    private const double SubjectPerSecond = 1;
    private const double AddressPerSecond = 10;

    private readonly ConcurrentDictionary<string, Bucket> _subjects = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<ClientAddress, Bucket> _addresses = new();

    public bool TryTake(string? subject, ClientAddress address)
        => (subject is null || TryTake(_subjects, subject, options.StartsPerSubject, SubjectPerSecond))
            && (address.IsUnknown || TryTake(_addresses, address.Network, options.StartsPerAddress, AddressPerSecond));

    private bool TryTake<TKey>(ConcurrentDictionary<TKey, Bucket> buckets, TKey key, int burst, double perSecond) where TKey : notnull
    {
        if (burst == 0)
        {
            return true;
        }

        var now = time.GetTimestamp();
        if (buckets.Count >= MaxBuckets)
        {
            foreach (var (other, bucket) in buckets)
            {
                if (bucket.IsFull(now, burst, perSecond, time))
                {
                    buckets.TryRemove(new(other, bucket));
                }
            }
        }

        return buckets.GetOrAdd(key, static (_, start) => new Bucket(start.burst, start.now), (burst, now)).TryTake(now, burst, perSecond, time);
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
