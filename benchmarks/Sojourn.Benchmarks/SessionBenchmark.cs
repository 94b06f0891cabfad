using BenchmarkDotNet.Attributes;

namespace Sojourn.Benchmarks;

/// <summary>A benchmark that depends on how many sessions there are.</summary>
public abstract class SessionBenchmark
{
    public const string MillionOption = "--million";

    /// <summary>Whether a million sessions are wanted, too: to fill them takes longer than to measure.</summary>
    public static bool WithMillion { get; set; }

    [ParamsSource(nameof(Sizes))]
    public int Sessions { get; set; }

    public static IEnumerable<int> Sizes => WithMillion ? [10_000, 1_000_000] : [10_000];
}
