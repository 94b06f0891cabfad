using Peers.Contestants;
using Peers.Measuring;
using Peers.Work;

namespace Peers.Report;

/// <summary>The targets of the hot path, each with its figure. Nothing here is typed in by hand.</summary>
internal static class Targets
{
    public static IReadOnlyList<Target> Of(Measurements results, EngineRounds engine) => [.. OfRequests(results), .. OfEngine(engine)];

    private static Target[] OfRequests(Measurements results) =>
    [
        Target.AtLeast("Scheme and [Authorize], reading: requests per second, share of bare", 0.72, Reading(results, ContestantList.Scheme, static round => round.Rate)),
        Target.AtMost("the same: CPU per request, times bare", 1.5, Reading(results, ContestantList.Scheme, static round => round.Cpu)),
        Target.AtMost("the same: bytes per request over the handler with a fresh principal, ticket and properties", 350, results.BytesAgainst(Workload.Read, ContestantList.Scheme, ContestantList.Fresh), "#,0", " B"),
        Target.AtLeast("the same: requests per second, times cookie plus session", 2.5, results.RateAgainst(Workload.Read, ContestantList.Scheme, ContestantList.CookieAndSession)),
        Target.AtLeast("the same: requests per second, times cookie authentication", 1.7, results.RateAgainst(Workload.Read, ContestantList.Scheme, ContestantList.Cookie)),
        Target.AtLeast("Session alone, reading: requests per second, share of bare", 0.90, Reading(results, ContestantList.Session, static round => round.Rate)),
        Target.AtMost("the same: bytes per request over bare", 200, Reading(results, ContestantList.Session, static round => round.BytesOverBare), "#,0", " B"),
        Target.AtLeast("Scheme, one value written: requests per second, times cookie plus session with a write", 2.3, results.RateAgainst(Workload.Write, ContestantList.Scheme, ContestantList.CookieAndSession)),
    ];

    private static Target[] OfEngine(EngineRounds engine) =>
    [
        Target.AtMost("Validate in the engine, ten thousand sessions in turn, times decode + SHA-256 one-shot + look-up", 1.4, engine.Ratio("validate")),
        Target.AtMost("the same, one session", 1.4, engine.Ratio("validate-one")),
        Target.AtMost("Start in memory, the median one", 3, engine.Own("start")?.Over(1000), unit: " µs"),
        Target.Known("beside it: 32 random bytes, their hash and an insert", engine.Beside("start")?.Over(1000), unit: " µs"),
        Target.AtMost("Validate at 1 million sessions, times that at 10 thousand", 2, engine.Ratio("validate-million")),
        Target.AtMost("Start at 1 million sessions, times that at 10 thousand", 2, engine.Ratio("start-million")),
        Target.AtMost("List of one subject at 1 million sessions, times that at 10 thousand", 2, engine.Ratio("list-million")),
        Target.AtMost("Revoke of one subject at 1 million sessions, times that at 10 thousand", 2, engine.Ratio("revoke-million")),
    ];

    private static Spread? Reading(Measurements results, string contestant, Func<Round, double> figure)
    {
        var rounds = results.Of(Workload.Read, contestant);
        return rounds.Count == 0 ? null : Spread.Of(rounds.Select(figure));
    }
}
