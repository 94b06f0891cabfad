using Sojourn.Storage;

namespace Sojourn.Engine;

/// <summary>
/// The time, in the whole milliseconds that records keep, and how far it can be trusted (protocol 8): the store's clock
/// is compared with ours and never used.
/// </summary>
internal sealed class SessionClock(TimeProvider time)
{
    /// <summary>Beyond this, nothing is ended by time or as a replay, and nothing is swept.</summary>
    public static readonly TimeSpan TrustedSkew = TimeSpan.FromSeconds(5);

    /// <summary>Beyond this, the node answers nobody.</summary>
    public static readonly TimeSpan UsableSkew = TimeSpan.FromSeconds(30);

    private long _skewTicks;

    public TimeProvider Time => time;

    public DateTimeOffset Now => UnixTime.ToTime(UnixTime.ToMilliseconds(time.GetUtcNow()));

    public TimeSpan Skew => TimeSpan.FromTicks(Interlocked.Read(ref _skewTicks));

    public bool IsTrusted => Skew <= TrustedSkew;

    public bool IsUsable => Skew <= UsableSkew;

    /// <exception cref="SessionStoreException">The clock is so wrong that this node must not answer.</exception>
    public void RequireUsable()
    {
        if (!IsUsable)
        {
            throw new SessionStoreException("Clock", $"this machine's clock differs from the store's by {Skew.TotalSeconds:0} s; set it right (NTP)", isTransient: true);
        }
    }

    /// <summary>Compares with the store's time; the probe's own duration is not held against us.</summary>
    public void Compare(StoreProbe probe, DateTimeOffset sent, DateTimeOffset received)
    {
        if (probe.StoreTime is { } storeTime)
        {
            var skew = storeTime < sent ? sent - storeTime : storeTime > received ? storeTime - received : TimeSpan.Zero;
            Interlocked.Exchange(ref _skewTicks, skew.Ticks);
        }
    }
}
