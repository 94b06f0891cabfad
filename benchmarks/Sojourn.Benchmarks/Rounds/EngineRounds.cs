using System.Diagnostics;

namespace Sojourn.Benchmarks;

/// <summary>Validating (one session, and all in turn) and starting at 10,000 sessions, beside the raw table.</summary>
internal static class EngineRounds
{
    private const int Sessions = 10_000;
    private const int Starts = 2_000;

    public static void Run(int rounds, Figures figures)
    {
        var table = RawTable.Create(Sessions, out var rawTexts);
        var world = World.Create(Sessions, hasThrottles: true);
        string[] texts = [.. world.Tokens.Select(token => token.Reveal())];
        string[] oneText = [.. Enumerable.Repeat(texts[0], Sessions)], oneRawText = [.. Enumerable.Repeat(rawTexts[0], Sessions)];
        var starts = StartRequest.Many(Starts, hasAddress: true);

        for (var round = 0; round <= rounds; round++)
        {
            var one = Turns.Time(Sessions, () => ValidateAll(world, oneText), () => FindAll(table, oneRawText));
            var (validate, find) = Turns.Time(Sessions, () => ValidateAll(world, texts), () => FindAll(table, rawTexts));
            var (start, insert) = (Turns.Median(StartAll(world, starts)), Turns.Median(InsertAll(table, starts)));
            if (round > 0) // the first one warms up
            {
                figures.Add("validate-one", one.Own, one.Beside);
                figures.Add("validate", validate, find);
                figures.Add("start", start, insert);
            }
        }
    }

    private static void ValidateAll(World world, string[] texts)
    {
        foreach (var text in texts)
        {
            if (!SessionToken.TryParse(text, out var token) || !world.Validate(token).IsActive)
            {
                throw new InvalidOperationException("A session is not active.");
            }
        }
    }

    private static void FindAll(RawTable table, string[] texts)
    {
        foreach (var text in texts)
        {
            if (table.Find(text) is null)
            {
                throw new InvalidOperationException("A session is not in the table.");
            }
        }
    }

    /// <summary>Each by itself, since the target is about the median start and not the mean.</summary>
    private static double[] StartAll(World world, SessionStart[] starts)
    {
        var times = new double[starts.Length];
        for (var i = 0; i < starts.Length; i++)
        {
            var began = Stopwatch.GetTimestamp();
            world.Start(starts[i]);
            times[i] = Turns.Since(began);
        }

        world.Revoke(starts); // so that there are as many the next time
        return times;
    }

    private static double[] InsertAll(RawTable table, SessionStart[] starts)
    {
        var (times, texts) = (new double[starts.Length], new string[starts.Length]);
        for (var i = 0; i < starts.Length; i++)
        {
            var began = Stopwatch.GetTimestamp();
            texts[i] = table.Start(starts[i].Subject!);
            times[i] = Turns.Since(began);
        }

        Array.ForEach(texts, table.Remove);
        return times;
    }
}
