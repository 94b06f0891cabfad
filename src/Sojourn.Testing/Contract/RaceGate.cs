namespace Sojourn.Testing;

/// <summary>
/// A barrier that lets all go within nanoseconds: it spins without giving the processor away, for who yields comes
/// back too late to meet, and falls asleep when somebody is long in coming.
/// </summary>
internal sealed class RaceGate(int parties)
{
    private const int Spins = 3000;

    private readonly Lock _lock = new();
    private int _arrived;
    private volatile int _phase;
    private TaskCompletionSource? _sleepers;

    public ValueTask ArriveAsync()
    {
        var phase = _phase;
        if (Interlocked.Increment(ref _arrived) == parties)
        {
            Open();
            return default;
        }

        for (var i = 0; i < Spins && _phase == phase; i++)
        {
            Thread.SpinWait(1);
        }

        return _phase != phase ? default : SleepAsync(phase);
    }

    private void Open()
    {
        TaskCompletionSource? sleepers;
        lock (_lock)
        {
            _arrived = 0;
            _phase++;
            sleepers = _sleepers;
            _sleepers = null;
        }

        sleepers?.SetResult();
    }

    private ValueTask SleepAsync(int phase)
    {
        lock (_lock)
        {
            return _phase != phase ? default : new((_sleepers ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task);
        }
    }
}
