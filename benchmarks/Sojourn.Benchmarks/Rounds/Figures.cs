using System.Text.Json;

namespace Sojourn.Benchmarks;

/// <summary>
/// What the interleaved rounds measured, by name: one value a round, and beside it that of the counterpart in the same
/// round. <c>benchmarks/Peers</c> reads the files and reckons the ratios.
/// </summary>
internal sealed class Figures
{
    private const string Folder = "artifacts/benchmarks";

    private readonly Dictionary<string, (List<double> Own, List<double> Beside)> _figures = [];

    public void Add(string name, double own, double? beside = null)
    {
        if (!_figures.TryGetValue(name, out var figure))
        {
            _figures[name] = figure = ([], []);
        }

        figure.Own.Add(own);
        if (beside is { } other)
        {
            figure.Beside.Add(other);
        }

        Console.WriteLine(beside is null ? $"{name}: {own:#,0.##}" : $"{name}: {own:#,0.##} beside {beside:#,0.##}, {own / beside:0.00} times");
    }

    public void Write(string set)
    {
        Directory.CreateDirectory(Folder);
        using var stream = File.Create(Path.Combine(Folder, $"rounds-{set}.json"));
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("at", TimeProvider.System.GetUtcNow());
        json.WriteStartObject("figures");
        foreach (var (name, figure) in _figures)
        {
            json.WriteStartObject(name);
            Write(json, "own", figure.Own);
            Write(json, "beside", figure.Beside);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, List<double> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteNumberValue(Math.Round(value, 3));
        }

        json.WriteEndArray();
    }
}
