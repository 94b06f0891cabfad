using Sojourn.Testing;

namespace Sojourn.Tests.Testing;

public sealed class ManualTimeProviderTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 29, 1, 59, 0, TimeSpan.Zero);

    private readonly ManualTimeProvider _clock = new(Start);

    [Fact]
    public void Time_stands_still_until_it_is_moved()
    {
        Assert.Equal(Start, _clock.GetUtcNow());
        _clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(Start.AddMinutes(2), _clock.GetUtcNow());
        Assert.Equal(_clock.GetUtcNow(), _clock.GetLocalNow());
    }

    [Fact]
    public void Timestamps_move_with_the_clock()
    {
        var before = _clock.GetTimestamp();
        _clock.Advance(TimeSpan.FromMilliseconds(1234));
        Assert.Equal(TimeSpan.FromMilliseconds(1234), _clock.GetElapsedTime(before));
    }

    [Fact]
    public void Setting_the_wall_clock_moves_neither_timestamps_nor_timers()
    {
        var fired = 0;
        using var timer = _clock.CreateTimer(_ => fired++, null, TimeSpan.FromSeconds(10), Timeout.InfiniteTimeSpan);
        var before = _clock.GetTimestamp();
        _clock.SetUtcNow(Start.AddHours(1));
        Assert.Equal((Start.AddHours(1), TimeSpan.Zero, 0), (_clock.GetUtcNow(), _clock.GetElapsedTime(before), fired));
        _clock.SetUtcNow(Start.AddHours(-1));
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal((Start.AddHours(-1).AddSeconds(10), 1), (_clock.GetUtcNow(), fired));
    }

    [Fact]
    public void Timers_fire_in_the_order_in_which_they_are_due_and_see_that_time()
    {
        List<(string Name, TimeSpan At)> fired = [];
        ITimer Timer(string name, int due, int period) => _clock.CreateTimer(_ => fired.Add((name, _clock.GetUtcNow() - Start)), null,
            TimeSpan.FromSeconds(due), period == 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(period));
        using var late = Timer("late", 5, 0);
        using var often = Timer("often", 2, 2);
        using var early = Timer("early", 1, 0);
        using var tie = Timer("tie", 5, 0);
        _clock.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal([("early", 1), ("often", 2), ("often", 4), ("late", 5), ("tie", 5), ("often", 6)], fired.Select(each => (each.Name, (int)each.At.TotalSeconds)));
        Assert.Equal(1, _clock.PendingTimers);
    }

    [Fact]
    public void A_timer_that_is_due_at_once_fires_at_once()
    {
        var fired = 0;
        using var timer = _clock.CreateTimer(_ => fired++, null, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        Assert.Equal(1, fired);
    }

    [Fact]
    public void A_timer_can_be_moved_stopped_and_disposed()
    {
        var fired = 0;
        var timer = _clock.CreateTimer(_ => fired++, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        Assert.True(timer.Change(TimeSpan.FromSeconds(5), Timeout.InfiniteTimeSpan));
        _clock.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(0, fired);
        _clock.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(1, fired);
        timer.Change(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _clock.Advance(TimeSpan.FromSeconds(9));
        timer.Dispose();
        Assert.False(timer.Change(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1)));
        _clock.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal((1, 0), (fired, _clock.PendingTimers));
    }

    [Fact]
    public void A_callback_may_set_timers_and_move_the_clock()
    {
        List<TimeSpan> fired = [];
        using var inner = _clock.CreateTimer(_ => fired.Add(_clock.GetUtcNow() - Start), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        using var outer = _clock.CreateTimer(_ =>
        {
            inner.Change(TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
            _clock.Advance(TimeSpan.FromSeconds(5));
        }, null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal([TimeSpan.FromSeconds(2)], fired);
        Assert.Equal(Start.AddSeconds(6), _clock.GetUtcNow());
    }

    [Fact]
    public async Task Delays_timeouts_and_periodic_timers_of_the_framework_run_on_it()
    {
        var delay = Task.Delay(TimeSpan.FromMinutes(1), _clock, TestContext.Current.CancellationToken);
        using var source = new CancellationTokenSource(TimeSpan.FromMinutes(2), _clock);
        using var periodic = new PeriodicTimer(TimeSpan.FromMinutes(1), _clock);
        var tick = periodic.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        Assert.False(delay.IsCompleted || source.IsCancellationRequested || tick.IsCompleted);
        _clock.Advance(TimeSpan.FromMinutes(1));
        await delay;
        Assert.True(await tick);
        Assert.False(source.IsCancellationRequested);
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.True(source.IsCancellationRequested);
    }

    [Fact]
    public async Task Threads_that_advance_at_the_same_time_move_the_clock_by_the_sum_and_fire_each_timer_once()
    {
        var fired = 0;
        var timers = Enumerable.Range(1, 1000).Select(due => _clock.CreateTimer(_ => Interlocked.Increment(ref fired), null, TimeSpan.FromSeconds(due), Timeout.InfiniteTimeSpan)).ToList();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 250; i++)
            {
                _clock.Advance(TimeSpan.FromSeconds(1));
            }
        }, TestContext.Current.CancellationToken)));
        Assert.Equal((1000, Start.AddSeconds(1000)), (fired, _clock.GetUtcNow()));
        timers.ForEach(timer => timer.Dispose());
    }

    [Fact]
    public void Time_does_not_run_backwards()
        => Assert.Throws<ArgumentOutOfRangeException>(() => _clock.Advance(TimeSpan.FromTicks(-1)));
}
