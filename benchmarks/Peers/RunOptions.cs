using System.Globalization;
using Peers.Contestants;
using Peers.Work;

namespace Peers;

/// <summary>What the command line asks for.</summary>
internal sealed record RunOptions
{
    public const string Usage = """
        usage: ./benchmarks/run.sh [--quick] [--micro] [--no-engine] [--rounds N] [--seconds N] [--only NAME[,NAME]] [--work NAME[,NAME]] [--output FOLDER]
          --quick        one round of one second and no million sessions, to see that all of it works; writes only with --output
          --micro        runs the micro-benchmarks first, which takes some minutes; else their last results are shown
          --no-engine    leaves out the engine's rounds, which take about two minutes; else they come first
          --rounds N     how many rounds (default 5); each contestant runs between two runs of the bare server
          --seconds N    how long each run is (default 2)
          --only NAMES   only these contestants; bare always takes part
          --work NAMES   only these works, and neither memory nor store calls
          --output DIR   where results.md and charts/ are written (default: benchmarks, and there only by a whole run)
        """;

    private string? _output;

    public int Rounds { get; private init; } = 5;

    public int Seconds { get; private init; } = 2;

    public bool IsQuick { get; private init; }

    /// <summary>How long each contestant runs before it is measured.</summary>
    public int WarmSeconds => IsQuick ? 2 : 4;

    /// <summary>Where the report goes; null to show it only.</summary>
    public string? Output => _output ?? (IsWhole && !IsQuick ? "benchmarks" : null);

    public IReadOnlyList<IContestant> Contestants { get; private init; } = ContestantList.All;

    public IReadOnlyList<Workload> Works { get; private init; } = Workload.All;

    /// <summary>Whether everything is measured; a part may not be written over the report of the whole.</summary>
    private bool IsWhole => Contestants.Count == ContestantList.All.Count && Works.Count == Workload.All.Count;

    /// <exception cref="RunException">What is asked for is not understood.</exception>
    public static RunOptions Parse(ReadOnlySpan<string> args)
    {
        var options = new RunOptions();
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] == "--quick")
            {
                options = options with { IsQuick = true, Rounds = 1, Seconds = 1 };
                continue;
            }

            var value = i + 1 < args.Length ? args[i + 1] : throw new RunException(Usage);
            options = args[i] switch
            {
                "--rounds" => options with { Rounds = Number(value) },
                "--seconds" => options with { Seconds = Number(value) },
                "--only" => options with { Contestants = Named(value, ContestantList.All, static each => each.Name) },
                "--work" => options with { Works = Named(value, Workload.All, static each => each.Name) },
                "--output" => options with { _output = value },
                _ => throw new RunException(Usage),
            };
            i++;
        }

        return options;
    }

    private static int Number(string text)
        => int.TryParse(text, CultureInfo.InvariantCulture, out var number) && number is > 0 and <= 1000 ? number : throw new RunException($"{text} is not a number from 1 to 1000.");

    private static List<T> Named<T>(string names, IReadOnlyList<T> all, Func<T, string> name)
        => [.. names.Split(',').Select(wanted => all.FirstOrDefault(each => name(each) == wanted)
            ?? throw new RunException($"There is no {wanted}; there are {string.Join(", ", all.Select(name))}."))];
}
