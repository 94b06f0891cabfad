using System.Globalization;
using System.Xml.Linq;

namespace Peers.Report;

/// <summary>One bar.</summary>
/// <param name="Label">Whose.</param>
/// <param name="Value">How long.</param>
/// <param name="Least">Where the range begins; the value where there is none.</param>
/// <param name="Most">Where it ends.</param>
/// <param name="IsOurs">Whether it stands out.</param>
internal sealed record Bar(string Label, double Value, double Least, double Most, bool IsOurs);

/// <summary>
/// Draws horizontal bars as SVG: labels to the left, values behind the bars, ranges as thin lines. It brings its own
/// ground and follows the reader's light or dark setting, so it reads on any page.
/// </summary>
internal static class BarChart
{
    private const int Width = 760;
    private const int Left = 190;
    private const int Right = 90;
    private const int Top = 56;
    private const int Pitch = 30;
    private const int Thick = 16;

    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    private const string Style = """
        text { font: 13px system-ui, sans-serif; fill: #24292f } .title { font-weight: 600; font-size: 15px } .note { fill: #57606a; font-size: 12px }
        .ground { fill: #ffffff } .bar { fill: #8c959f } .ours { fill: #0969da } .range { stroke: #24292f; stroke-width: 1.5 } .mark { stroke: #8c959f; stroke-dasharray: 3 3 }
        @media (prefers-color-scheme: dark) {
          text { fill: #e6edf3 } .note { fill: #9198a1 } .ground { fill: #0d1117 } .bar { fill: #6e7681 } .ours { fill: #4493f8 } .range { stroke: #e6edf3 } .mark { stroke: #6e7681 }
        }
        """;

    /// <param name="title">The heading.</param>
    /// <param name="note">What is better, and the unit.</param>
    /// <param name="bars">The bars, from top to bottom.</param>
    /// <param name="format">How values are written.</param>
    /// <param name="mark">Where a dashed line stands, such as the target; null for none.</param>
    public static string Draw(string title, string note, IReadOnlyList<Bar> bars, string format, double? mark = null)
    {
        var height = Top + bars.Count * Pitch + 14;
        var most = Math.Max(mark ?? 0, bars.Count == 0 ? 1 : bars.Max(static bar => bar.Most));
        var scale = (Width - Left - Right) / (most > 0 ? most : 1);
        var root = new XElement(Svg + "svg",
            new XAttribute("viewBox", $"0 0 {Width} {height}"), new XAttribute("width", Width), new XAttribute("height", height), new XAttribute("role", "img"),
            new XElement(Svg + "title", title),
            new XElement(Svg + "style", Style),
            Element("rect", "ground", ("width", Width), ("height", height), ("rx", 6)),
            Text(16, 24, "title", title), Text(16, 43, "note", note));
        for (var i = 0; i < bars.Count; i++)
        {
            Add(root, bars[i], Top + i * Pitch, scale, format);
        }

        if (mark is { } at)
        {
            root.Add(Element("line", "mark", ("x1", Left + at * scale), ("x2", Left + at * scale), ("y1", Top - 4), ("y2", height - 10)));
        }

        return root + "\n";
    }

    private static void Add(XElement root, Bar bar, int y, double scale, string format)
    {
        var middle = y + Thick / 2.0;
        root.Add(
            new XElement(Svg + "text", new XAttribute("x", Left - 10), new XAttribute("y", y + 13), new XAttribute("text-anchor", "end"), bar.Label),
            Element("rect", bar.IsOurs ? "ours" : "bar", ("x", Left), ("y", y), ("width", Math.Max(0, bar.Value) * scale), ("height", Thick), ("rx", 2)));
        if (bar.Most > bar.Least)
        {
            root.Add(Element("line", "range", ("x1", Left + bar.Least * scale), ("x2", Left + bar.Most * scale), ("y1", middle), ("y2", middle)));
        }

        root.Add(Text(Left + Math.Max(bar.Most, bar.Value) * scale + 8, y + 13, "note", bar.Value.ToString(format, CultureInfo.InvariantCulture)));
    }

    private static XElement Text(double x, double y, string kind, string text)
        => new(Svg + "text", new XAttribute("class", kind), new XAttribute("x", Number(x)), new XAttribute("y", Number(y)), text);

    private static XElement Element(string name, string kind, params (string Name, double Value)[] attributes)
        => new(Svg + name, new XAttribute("class", kind), attributes.Select(each => new XAttribute(each.Name, Number(each.Value))));

    private static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
