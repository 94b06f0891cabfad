using Sojourn.Storage;

namespace Sojourn.Sqlite.Host;

/// <summary>Starts sessions as fast as it can, and prints how long one takes: "starts p50 p99 longest", in milliseconds.</summary>
internal static class Speed
{
    private const int Callers = 8;

    public static async Task<int> RunAsync(string file, TimeSpan length)
    {
        await using var store = Sessions.New(file, checkpointBytes: 16 << 20);
        await store.OpenAsync(new(Sessions.Tenant, Sessions.Noon));
        Console.WriteLine("open");
        Console.ReadLine();
        var begun = TimeProvider.System.GetTimestamp();
        var times = await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(() => CallAsync(store, begun, length))));
        var all = times.SelectMany(each => each).Order().ToList();
        Console.WriteLine(FormattableString.Invariant($"{all.Count} {all[all.Count / 2]:0.00} {all[all.Count * 99 / 100]:0.00} {all[^1]:0.00}"));
        return 0;
    }

    private static async Task<List<double>> CallAsync(SqliteSessionStore store, long begun, TimeSpan length)
    {
        var times = new List<double>();
        while (TimeProvider.System.GetElapsedTime(begun) < length)
        {
            var creation = Sessions.Creation();
            var started = TimeProvider.System.GetTimestamp();
            await store.StartAsync(creation);
            times.Add(TimeProvider.System.GetElapsedTime(started).TotalMilliseconds);
        }

        return times;
    }
}
