using Peers.Contestants;
using Peers.Measuring;
using Peers.Work;

namespace Peers.Report;

/// <summary>The targets of the hot path, each with its figure. Nothing here is typed in by hand.</summary>
internal static class Targets
{
    private const int Million = 1_000_000;

    public static IReadOnlyList<Target> Of(Measurements results, MicroResults micro) =>
    [
        Target.AtLeast("Scheme and [Authorize], reading: requests per second, share of bare", 0.72, Rate(results, ContestantList.Scheme)),
        Target.AtMost("the same: CPU per request, times bare", 1.5, Median(results, ContestantList.Scheme, static round => round.Cpu)),
        Target.AtMost("the same: bytes per request over the handler with a fresh principal, ticket and properties", 350, BytesOverFresh(results), "#,0", " B"),
        Target.AtLeast("the same: requests per second, times cookie plus session", 2.5, Against(results, Workload.Read, ContestantList.Scheme, ContestantList.CookieAndSession)),
        Target.AtLeast("the same: requests per second, times cookie authentication", 1.7, Against(results, Workload.Read, ContestantList.Scheme, ContestantList.Cookie)),
        Target.AtLeast("Session alone, reading: requests per second, share of bare", 0.90, Rate(results, ContestantList.Session)),
        Target.AtMost("the same: bytes per request over bare", 200, Median(results, ContestantList.Session, static round => round.BytesOverBare), "#,0", " B"),
        Target.AtLeast("Scheme, one value written: requests per second, times cookie plus session with a write", 2.3, Against(results, Workload.Write, ContestantList.Scheme, ContestantList.CookieAndSession)),
        Target.AtMost("Validate in the engine, times decode + SHA-256 one-shot + look-up", 1.4, Divide(micro.Nanoseconds("ValidateHit.Sojourn"), micro.Nanoseconds("ValidateHit.Raw"))),
        Target.AtMost("Start in memory, median", 3, micro.Nanoseconds("Start.Sojourn") / 1000, unit: " µs"),
        .. new[] { ("Validate", "ValidateHit.Sojourn"), ("Start", "Start.Sojourn"), ("List of one subject", "ListSubject.Sojourn"), ("Revoke of one subject", "RevokeSubject.Sojourn") }
            .Select(each => Target.AtMost(each.Item1 + " at 1 million sessions, times that at 10 thousand", 2, Divide(micro.Nanoseconds(each.Item2, Million), micro.Nanoseconds(each.Item2)))),
    ];

    private static double? Rate(Measurements results, string contestant) => Median(results, contestant, static round => round.Rate);

    private static double? Median(Measurements results, string contestant, Func<Round, double> figure)
    {
        var rounds = results.Of(Workload.Read, contestant);
        return rounds.Count == 0 ? null : Spread.Of(rounds.Select(figure)).Median;
    }

    private static double? BytesOverFresh(Measurements results)
        => Median(results, ContestantList.Scheme, static round => round.Own.Bytes) - Median(results, ContestantList.Fresh, static round => round.Own.Bytes);

    private static double? Against(Measurements results, Workload work, string contestant, string peer) => results.RateAgainst(work, contestant, peer)?.Median;

    private static double? Divide(double? value, double? by) => value / by;
}
