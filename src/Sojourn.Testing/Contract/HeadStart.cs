namespace Sojourn.Testing;

/// <summary>
/// Holds one racer back in every other round, for up to twice the time that the others last took. In a store whose steps
/// take a disk or a network, racers that always start together would always arrive in the same order.
/// </summary>
internal sealed class HeadStart(int lanes)
{
    private readonly long[] _took = new long[lanes];

    public void Note(int lane, long ticks) => Volatile.Write(ref _took[lane], ticks);

    public async ValueTask WaitAsync(int lane, int round, Jitter jitter)
    {
        if (round % 2 == 0 || round / 2 % lanes != lane)
        {
            return;
        }

        var longest = 0L;
        for (var other = 0; other < lanes; other++)
        {
            longest = other == lane ? longest : Math.Max(longest, Volatile.Read(ref _took[other]));
        }

        // Bounded, since a store may once have been slow.
        longest = Math.Min(longest, TimeProvider.System.TimestampFrequency / 50);
        var (begin, wait) = (TimeProvider.System.GetTimestamp(), (long)(2 * longest * jitter.Fraction()));
        for (var left = wait; left > 0; left = wait - (TimeProvider.System.GetTimestamp() - begin))
        {
            if (left > TimeProvider.System.TimestampFrequency / 500)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System); // the others need the processor
            }
            else
            {
                Thread.Yield(); // a timer would wake too late
            }
        }
    }
}
