using System.Globalization;

namespace Sojourn.Benchmarks;

/// <summary><c>rounds</c>: the engine's targets, each measured beside its counterpart in the same minute.</summary>
internal static class RoundsProgram
{
    private static readonly Dictionary<string, Action<int, Figures>> Sets = new()
    {
        ["engine"] = EngineRounds.Run,
        ["sqlite"] = SqliteRounds.Run,
        ["million"] = ScaleRounds.Run,
    };

    private static readonly string Usage = $"usage: rounds [--rounds N] [{string.Join("|", Sets.Keys)} ...]";

    public static int Run(ReadOnlySpan<string> args)
    {
        var (rounds, names) = (7, new List<string>());
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] == "--rounds" && i + 1 < args.Length && int.TryParse(args[i + 1], CultureInfo.InvariantCulture, out var number) && number is > 0 and <= 1000)
            {
                (rounds, i) = (number, i + 1);
            }
            else if (Sets.ContainsKey(args[i]))
            {
                names.Add(args[i]);
            }
            else
            {
                Console.Error.WriteLine(Usage);
                return 2;
            }
        }

        foreach (var (name, run) in Sets.Where(set => names.Count == 0 || names.Contains(set.Key)))
        {
            var figures = new Figures();
            run(rounds, figures);
            figures.Write(name);
        }

        return 0;
    }
}
