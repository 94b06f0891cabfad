using System.Text.Json;
using Peers.Measuring;

namespace Peers.Report;

/// <summary>
/// What <c>Sojourn.Benchmarks rounds</c> measured: the engine's own targets, each beside its counterpart in the same
/// round. Each set of them has a file.
/// </summary>
internal sealed class EngineRounds
{
    public const string Folder = "artifacts/benchmarks";

    private readonly Dictionary<string, (double[] Own, double[] Beside)> _figures = [];

    /// <summary>When they were measured, the earliest of them; null when they were not.</summary>
    public DateTimeOffset? At { get; private set; }

    /// <summary>How many rounds there were, in the figure that has fewest.</summary>
    public int Rounds => _figures.Count == 0 ? 0 : _figures.Values.Min(static figure => figure.Own.Length);

    /// <summary>Reads the files, if there are any.</summary>
    public static EngineRounds Load(string folder = Folder)
    {
        var rounds = new EngineRounds();
        foreach (var file in Directory.Exists(folder) ? Directory.GetFiles(folder, "rounds-*.json") : [])
        {
            using var document = JsonDocument.Parse(File.ReadAllText(file));
            var at = document.RootElement.GetProperty("at").GetDateTimeOffset();
            rounds.At = rounds.At < at ? rounds.At : at;
            foreach (var figure in document.RootElement.GetProperty("figures").EnumerateObject())
            {
                rounds._figures[figure.Name] = (Values(figure.Value, "own"), Values(figure.Value, "beside"));
            }
        }

        return rounds;
    }

    /// <summary>The figure itself; null when it was not measured.</summary>
    public Spread? Own(string name) => _figures.TryGetValue(name, out var figure) && figure.Own.Length > 0 ? Spread.Of(figure.Own) : null;

    /// <summary>The counterpart's.</summary>
    public Spread? Beside(string name) => _figures.TryGetValue(name, out var figure) && figure.Beside.Length > 0 ? Spread.Of(figure.Beside) : null;

    /// <summary>Times the counterpart, round by round.</summary>
    public Spread? Ratio(string name) => _figures.TryGetValue(name, out var figure) && figure.Own.Length > 0 && figure.Own.Length == figure.Beside.Length
        ? Spread.Of(figure.Own.Zip(figure.Beside, static (own, beside) => own / beside))
        : null;

    private static double[] Values(JsonElement figure, string name) => [.. figure.GetProperty(name).EnumerateArray().Select(static value => value.GetDouble())];
}
