namespace Peers.Report;

/// <summary>What was promised, and what came out.</summary>
/// <param name="Text">The promise.</param>
/// <param name="Measured">The figure, as text; null when it was not measured.</param>
/// <param name="IsMet">Whether it holds.</param>
internal sealed record Target(string Text, string? Measured, bool IsMet)
{
    public string Verdict => Measured is null ? "not measured" : IsMet ? "met" : "**missed**";

    public static Target AtLeast(string text, double least, double? value, string format = "0.00")
        => new($"{text}: at least {Number(least, format)}", value?.ToString(format), value >= least);

    public static Target AtMost(string text, double most, double? value, string format = "0.00", string unit = "")
        => new($"{text}: at most {Number(most, format)}{unit}", value is { } number ? number.ToString(format) + unit : null, value <= most);

    private static string Number(double number, string format) => number.ToString(format);
}
