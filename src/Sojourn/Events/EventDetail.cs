using System.Buffers;

namespace Sojourn.Engine;

/// <summary>Writes the detail of an event: <c>name=value</c> pairs joined by <c>;</c>, lists by <c>,</c> (decision 1).</summary>
internal static class EventDetail
{
    private static readonly SearchValues<char> Separators = SearchValues.Create("%;=,\r\n");

    public static string Of(string name, string value) => $"{name}={Escape(value)}";

    public static string Of(string name, IEnumerable<string> values) => $"{name}={string.Join(',', values.Select(Escape))}";

    /// <summary>A policy or method may be named with our separators, and must not pass for another detail (ASVS-16.4.1).</summary>
    private static string Escape(string value) => value.AsSpan().ContainsAny(Separators)
        ? value.Replace("%", "%25", StringComparison.Ordinal).Replace(";", "%3B", StringComparison.Ordinal).Replace("=", "%3D", StringComparison.Ordinal)
            .Replace(",", "%2C", StringComparison.Ordinal).Replace("\r", "%0D", StringComparison.Ordinal).Replace("\n", "%0A", StringComparison.Ordinal)
        : value;
}
