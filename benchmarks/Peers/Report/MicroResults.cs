using System.Text.Json;

namespace Peers.Report;

/// <summary>One operation of the engine beside its raw counterpart: medians in nanoseconds, and allocated bytes.</summary>
internal sealed record MicroResult(string Name, string Sessions, double? Raw, double? RawBytes, double Own, double? OwnBytes);

/// <summary>The last run of <c>Sojourn.Benchmarks</c>, whose whole tables lie where it left them.</summary>
internal sealed class MicroResults
{
    public const string Folder = EngineRounds.Folder + "/results";

    /// <summary>When it was, the earliest of its files; null when there was none.</summary>
    public DateTimeOffset? At { get; private set; }

    public IReadOnlyList<MicroResult> All { get; private init; } = [];

    /// <summary>Reads the files that BenchmarkDotNet left, if any.</summary>
    public static MicroResults Load(string folder = Folder)
    {
        var files = Directory.Exists(folder) ? Directory.GetFiles(folder, "*-report-brief.json") : [];
        var measured = files.SelectMany(Read).ToList();
        return new MicroResults
        {
            At = files.Length == 0 ? null : files.Min(static file => new DateTimeOffset(File.GetLastWriteTimeUtc(file))),
            All = [.. measured.Where(static each => each.Method != "Raw").Select(own => Pair(own, measured.Find(each => each == own with { Method = "Raw", Time = each.Time, Bytes = each.Bytes })))
                .OrderBy(static each => each.Name, StringComparer.Ordinal).ThenBy(static each => each.Sessions.Length)],
        };
    }

    private static MicroResult Pair(Measured own, Measured? raw) => new(own.Type, own.Sessions, raw?.Time, raw?.Bytes, own.Time, own.Bytes);

    private static List<Measured> Read(string file)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(file));
        return [.. document.RootElement.GetProperty("Benchmarks").EnumerateArray()
            .Where(static benchmark => benchmark.GetProperty("Statistics").ValueKind == JsonValueKind.Object) // null when it failed
            .Select(static benchmark => new Measured(
                benchmark.GetProperty("Type").GetString()!,
                benchmark.GetProperty("Method").GetString()!,
                benchmark.GetProperty("Parameters").GetString()!.Replace("Sessions=", "", StringComparison.Ordinal),
                benchmark.GetProperty("Statistics").GetProperty("Median").GetDouble(),
                benchmark.TryGetProperty("Memory", out var memory) && memory.TryGetProperty("BytesAllocatedPerOperation", out var bytes) && bytes.ValueKind == JsonValueKind.Number ? bytes.GetDouble() : null))];
    }

    private sealed record Measured(string Type, string Method, string Sessions, double Time, double? Bytes);
}
