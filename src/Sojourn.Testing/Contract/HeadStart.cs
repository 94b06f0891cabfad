namespace Sojourn.Testing;

/// <summary>
/// Holds one racer back in every other round, for a part of the time that the others last took. In a store whose steps
/// take a disk or a network, racers that always start together would always arrive in the same order.
/// </summary>
internal sealed class HeadStart(int lanes)
{
    private readonly long[] _took = new long[lanes];

    public void Note(int lane, long ticks) => Volatile.Write(ref _took[lane], ticks);

    public void Wait(int lane, int round, Jitter jitter)
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

        // Spun, since a timer wakes too late; and bounded, since a store may once have been slow.
        longest = Math.Min(longest, TimeProvider.System.TimestampFrequency / 50);
        var (begin, wait) = (TimeProvider.System.GetTimestamp(), (long)(longest * 1.25 * jitter.Fraction()));
        while (TimeProvider.System.GetTimestamp() - begin < wait)
        {
            Thread.SpinWait(4);
        }
    }
}
