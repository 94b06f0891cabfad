using Peers.Measuring;

namespace Peers.Report;

/// <summary>What was promised, and what came out.</summary>
/// <param name="Text">The promise.</param>
/// <param name="Measured">The figure, as text; null when it was not measured.</param>
/// <param name="IsMet">Whether it holds; null where nothing was promised but the figure.</param>
internal sealed record Target(string Text, string? Measured, bool? IsMet)
{
    public string Verdict => Measured is null ? "not measured" : IsMet switch { true => "met", false => "**missed**", null => "reported" };

    public static Target AtLeast(string text, double least, Spread? value, string format = "0.00")
        => new($"{text}: at least {least.ToString(format)}", Figure(value, format, ""), value?.Median >= least);

    public static Target AtMost(string text, double most, Spread? value, string format = "0.00", string unit = "")
        => new($"{text}: at most {most.ToString(format)}{unit}", Figure(value, format, unit), value?.Median <= most);

    /// <summary>A figure to be known, without a bound.</summary>
    public static Target Known(string text, Spread? value, string format = "0.00", string unit = "") => new(text, Figure(value, format, unit), IsMet: null);

    private static string? Figure(Spread? value, string format, string unit)
        => value is { } spread ? spread.Median.ToString(format) + (spread.Least < spread.Most ? $" [{spread.Least.ToString(format)}-{spread.Most.ToString(format)}]" : "") + unit : null;
}
