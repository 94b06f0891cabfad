using System.Diagnostics;

namespace Sojourn.Benchmarks;

/// <summary>
/// Durable starts by 64 callers, beside the same starts with one transaction each and beside single rows; validating
/// from the store, beside a prepared SELECT. All on the disk that the repository lies on.
/// </summary>
internal static class SqliteRounds
{
    private const int Sessions = 100_000;
    private const int Validations = 5_000;
    private const int Callers = 64;
    private const int StartsEach = 100;
    private const int SingleStarts = 500;

    public static void Run(int rounds, Figures figures)
    {
        var folder = Directory.CreateDirectory(Path.Combine("artifacts", "benchmarks", $"sqlite-{Environment.ProcessId}")).FullName;
        try
        {
            RunAsync(rounds, figures, folder).GetAwaiter().GetResult();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task RunAsync(int rounds, Figures figures, string folder)
    {
        Console.WriteLine($"filling {Sessions:#,0} sessions in a file");
        await using var world = new SqliteWorld(Path.Combine(folder, "sojourn.db"), Sessions);
        await world.FillAsync();
        using var raw = new RawFile(Path.Combine(folder, "raw.db"));
        var keys = raw.Fill(Sessions);
        var number = 0;
        for (var round = 0; round <= rounds; round++)
        {
            var (sync, worstSync) = SyncLatency.Measure(Path.Combine(folder, "sync"));
            var single = await StartAsync(world, callers: 1, SingleStarts, () => number++);
            var rows = SingleStarts / (Turns.Time(() => InsertRows(raw)) / 1e9);
            var together = await StartAsync(world, Callers, StartsEach, () => number++);
            var (validate, select) = Turns.Time(Validations, () => Validate(world), () => Select(raw, keys));
            var (find, _) = Turns.Time(Validations, () => Find(world), static () => { });
            if (round == 0)
            {
                continue; // that one was to run warm
            }

            figures.Add("sqlite-starts", together.PerSecond, single.PerSecond);
            figures.Add("sqlite-starts-rows", together.PerSecond, rows);
            figures.Add("sqlite-starts-per-commit", together.PerCommit);
            figures.Add("sqlite-start-p50", together.P50);
            figures.Add("sqlite-start-p99", together.P99);
            figures.Add("sqlite-start-longest", together.Longest);
            figures.Add("sqlite-checkpoints", together.Checkpoints);
            figures.Add("sync-p50", sync);
            figures.Add("sync-p99", worstSync);
            figures.Add("sqlite-validate", 1e9 / validate, 1e9 / select);
            figures.Add("sqlite-find", 1e9 / find, 1e9 / select);
        }
    }

    private static async Task<Load> StartAsync(SqliteWorld world, int callers, int each, Func<int> number)
    {
        var starts = Enumerable.Range(0, callers * each).Select(_ => StartRequest.Of("new-" + World.Subject(number()))).ToArray();
        var times = new double[starts.Length];
        var (commits, checkpoints, began) = (world.Commits, world.LogRestarts, Stopwatch.GetTimestamp());
        await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            for (var i = caller; i < starts.Length; i += callers)
            {
                var since = Stopwatch.GetTimestamp();
                _ = (await world.World.Manager.StartAsync(starts[i])).Token ?? throw new InvalidOperationException("The session was not started.");
                times[i] = Turns.Since(since) / 1e6;
            }
        })));
        var seconds = Turns.Since(began) / 1e9;
        Array.Sort(times);
        return new(
            starts.Length / seconds, (double)starts.Length / (world.Commits - commits), times[times.Length / 2], times[times.Length * 99 / 100], times[^1], world.LogRestarts - checkpoints);
    }

    private static void InsertRows(RawFile raw)
    {
        for (var i = 0; i < SingleStarts; i++)
        {
            raw.Insert();
        }
    }

    private static void Validate(SqliteWorld world)
    {
        for (var i = 0; i < Validations; i++)
        {
            if (!world.World.Validate(world.World.Tokens[Place(i)]).IsActive)
            {
                throw new InvalidOperationException("A session is not active.");
            }
        }
    }

    private static void Find(SqliteWorld world)
    {
        for (var i = 0; i < Validations; i++)
        {
            if (World.Now(world.Store.FindAsync(world.World.Tokens[Place(i)].Id, default)) is null)
            {
                throw new InvalidOperationException("A session is missing.");
            }
        }
    }

    private static void Select(RawFile raw, byte[][] keys)
    {
        for (var i = 0; i < Validations; i++)
        {
            raw.Find(keys[Place(i)]);
        }
    }

    /// <summary>Spread over all rows: ids are random, so no order of them is that of the file.</summary>
    private static int Place(int i) => (int)((long)i * Sessions / Validations);

    private sealed record Load(double PerSecond, double PerCommit, double P50, double P99, double Longest, double Checkpoints);
}
