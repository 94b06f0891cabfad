namespace Sojourn.Testing;

/// <summary>A timer of a <see cref="ManualTimeProvider"/>, whose lock guards what changes in it.</summary>
internal sealed class ManualTimer(ManualTimeProvider clock, TimerCallback callback, object? state) : ITimer
{
    public TimeSpan Due { get; set; }

    public TimeSpan Period { get; set; }

    /// <summary>Of two timers that are due at one time, the one that was set first fires first.</summary>
    public long Sequence { get; set; }

    public bool IsDisposed { get; set; }

    public void Fire() => callback(state);

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dueTime, Timeout.InfiniteTimeSpan);
        ArgumentOutOfRangeException.ThrowIfLessThan(period, Timeout.InfiniteTimeSpan);
        return clock.Schedule(this, dueTime, period);
    }

    public void Dispose() => clock.Remove(this);

    public ValueTask DisposeAsync()
    {
        Dispose();
        return default;
    }
}
