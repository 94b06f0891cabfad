using System.Diagnostics;

namespace Sojourn.Benchmarks;

/// <summary>
/// Times two things in turn, a b b a a b …, in short batches: whatever else the machine does meanwhile falls on both.
/// The result of a side is its median batch.
/// </summary>
internal static class Turns
{
    private const int Batches = 11;

    /// <param name="operations">How many operations one call makes.</param>
    /// <param name="own">One batch of ours.</param>
    /// <param name="beside">One batch of the counterpart.</param>
    /// <param name="afterwards">Puts everything back as it was; not timed.</param>
    /// <returns>Nanoseconds for each operation.</returns>
    public static (double Own, double Beside) Time(int operations, Action own, Action beside, Action? afterwards = null)
    {
        var (ours, others) = (new double[Batches], new double[Batches]);
        for (var i = 0; i < Batches; i++)
        {
            if (i % 2 == 0)
            {
                others[i] = Time(beside);
                ours[i] = Time(own);
            }
            else
            {
                ours[i] = Time(own);
                others[i] = Time(beside);
            }

            afterwards?.Invoke();
        }

        return (Median(ours) / operations, Median(others) / operations);
    }

    public static double Median(double[] values)
    {
        Array.Sort(values);
        return values[values.Length / 2];
    }

    /// <summary>Nanoseconds of one call.</summary>
    public static double Time(Action action)
    {
        var began = Stopwatch.GetTimestamp();
        action();
        return Since(began);
    }

    /// <summary>Nanoseconds since a time stamp: a TimeSpan has steps of a hundred.</summary>
    public static double Since(long began) => (Stopwatch.GetTimestamp() - began) * (1e9 / Stopwatch.Frequency);
}
