using System.Security.Cryptography;

namespace Sojourn.Benchmarks;

/// <summary>How long the disk takes for 4 KiB that must be on it: without this, durable writes per second say nothing.</summary>
internal static class SyncLatency
{
    private const int Writes = 200;

    /// <returns>Median and 99th percentile in microseconds.</returns>
    public static (double P50, double P99) Measure(string path)
    {
        var block = RandomNumberGenerator.GetBytes(4096);
        var times = new double[Writes];
        using var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write);
        for (var i = 0; i < Writes; i++)
        {
            times[i] = Turns.Time(() =>
            {
                RandomAccess.Write(file, block, (long)i * block.Length);
                RandomAccess.FlushToDisk(file);
            }) / 1000;
        }

        Array.Sort(times);
        return (times[Writes / 2], times[Writes * 99 / 100]);
    }
}
