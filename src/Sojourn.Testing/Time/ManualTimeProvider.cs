namespace Sojourn.Testing;

/// <summary>A clock that stands still until a test moves it, with its timers.</summary>
/// <remarks>
/// Thread-safe. Timers fire on the thread that moves the clock, in the order in which they are due, and each sees the
/// time at which it was due. Two threads may advance at once: the clock then moves by the sum.
/// </remarks>
public sealed class ManualTimeProvider : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<ManualTimer> _timers = [];
    private DateTimeOffset _origin;
    private TimeSpan _elapsed;
    private TimeSpan _goal;
    private long _sequence;

    /// <summary>Starts at noon of 1 January 2026, UTC.</summary>
    public ManualTimeProvider() : this(new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero))
    {
    }

    /// <summary>Starts at the given time.</summary>
    public ManualTimeProvider(DateTimeOffset start) => _origin = start.ToUniversalTime();

    /// <summary>UTC, so that tests give the same result everywhere.</summary>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <summary>Ticks of a <see cref="TimeSpan"/>.</summary>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>How many timers are set to fire: a way to see that none was left behind.</summary>
    public int PendingTimers
    {
        get
        {
            lock (_gate)
            {
                return _timers.Count;
            }
        }
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
        {
            return _origin + _elapsed;
        }
    }

    /// <summary>The time that was advanced so far. It only grows; <see cref="SetUtcNow"/> does not change it.</summary>
    public override long GetTimestamp()
    {
        lock (_gate)
        {
            return _elapsed.Ticks;
        }
    }

    /// <summary>Moves the clock forward and fires what becomes due on the way.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="by"/> is negative.</exception>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        TimeSpan goal;
        lock (_gate)
        {
            goal = _goal += by;
        }

        while (NextDue(goal) is { } timer)
        {
            timer.Fire();
        }
    }

    /// <summary>
    /// Sets the wall clock, forward or back, as an administrator or a time server would: no timer fires, and the
    /// timestamps stay.
    /// </summary>
    public void SetUtcNow(DateTimeOffset now)
    {
        lock (_gate)
        {
            _origin = now.ToUniversalTime() - _elapsed;
        }
    }

    /// <summary>Makes a timer. One that is due at once fires at once, on this thread.</summary>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Puts a timer at its place, or takes it out when the due time is infinite.</summary>
    /// <returns>False when it was disposed.</returns>
    internal bool Schedule(ManualTimer timer, TimeSpan dueTime, TimeSpan period)
    {
        lock (_gate)
        {
            if (timer.IsDisposed)
            {
                return false;
            }

            _timers.Remove(timer);
            timer.Period = period;
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                (timer.Due, timer.Sequence) = (_elapsed + dueTime, _sequence++);
                _timers.Add(timer);
            }
        }

        if (dueTime == TimeSpan.Zero)
        {
            Advance(TimeSpan.Zero);
        }

        return true;
    }

    internal void Remove(ManualTimer timer)
    {
        lock (_gate)
        {
            timer.IsDisposed = true;
            _timers.Remove(timer);
        }
    }

    private ManualTimer? NextDue(TimeSpan goal)
    {
        lock (_gate)
        {
            var next = _timers.MinBy(timer => (timer.Due, timer.Sequence));
            if (next is null || next.Due > goal)
            {
                _elapsed = TimeSpan.FromTicks(Math.Max(_elapsed.Ticks, goal.Ticks));
                return null;
            }

            _elapsed = TimeSpan.FromTicks(Math.Max(_elapsed.Ticks, next.Due.Ticks));
            _timers.Remove(next);
            if (next.Period > TimeSpan.Zero)
            {
                (next.Due, next.Sequence) = (next.Due + next.Period, _sequence++);
                _timers.Add(next);
            }

            return next;
        }
    }
}
