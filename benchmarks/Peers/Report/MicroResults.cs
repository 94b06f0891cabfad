using System.Text.Json;

namespace Peers.Report;

/// <summary>The last run of <c>Sojourn.Benchmarks</c>, which is where the engine's own targets are measured.</summary>
internal sealed class MicroResults
{
    public const string Folder = "artifacts/benchmarks/results";

    private readonly Dictionary<(string Name, int Sessions), double> _medians = [];

    /// <summary>When it was; null when there was none.</summary>
    public DateTimeOffset? At { get; private set; }

    /// <summary>Reads the files that BenchmarkDotNet left, if any.</summary>
    public static MicroResults Load(string folder = Folder)
    {
        var results = new MicroResults();
        foreach (var file in Directory.Exists(folder) ? Directory.GetFiles(folder, "*-report-brief.json") : [])
        {
            using var document = JsonDocument.Parse(File.ReadAllText(file));
            foreach (var benchmark in document.RootElement.GetProperty("Benchmarks").EnumerateArray())
            {
                if (benchmark.GetProperty("Statistics") is { ValueKind: JsonValueKind.Object } statistics)
                {
                    var name = $"{benchmark.GetProperty("Type").GetString()}.{benchmark.GetProperty("Method").GetString()}";
                    results._medians[(name, Sessions(benchmark.GetProperty("Parameters").GetString()))] = statistics.GetProperty("Median").GetDouble();
                }
            }

            var at = new DateTimeOffset(File.GetLastWriteTimeUtc(file));
            results.At = results.At is { } earlier && earlier < at ? earlier : at;
        }

        return results;
    }

    /// <summary>The median in nanoseconds; null when it was not measured.</summary>
    public double? Nanoseconds(string benchmark, int sessions = 10_000)
        => _medians.TryGetValue((benchmark, sessions), out var median) || _medians.TryGetValue((benchmark, 0), out median) ? median : null;

    private static int Sessions(string? parameters)
        => parameters is not null && parameters.StartsWith("Sessions=", StringComparison.Ordinal) && int.TryParse(parameters["Sessions=".Length..], out var sessions) ? sessions : 0;
}
