using Peers.Contestants;
using Peers.Measuring;
using Peers.Work;

namespace Peers.Report;

/// <summary>The targets of the hot path, each with its figure. Nothing here is typed in by hand.</summary>
internal static class Targets
{
    public static IReadOnlyList<Target> Of(Measurements results, EngineRounds engine) => [.. OfRequests(results), .. OfEngine(engine), .. OfSqlite(engine)];

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

    private static Target[] OfSqlite(EngineRounds engine) =>
    [
        Target.AtLeast("SQLite, durable starts with 64 callers, times the same starts with one transaction each", 2.3, engine.Ratio("sqlite-starts")),
        Target.Known("beside it: times single rows of 300 bytes, one transaction each", engine.Ratio("sqlite-starts-rows")),
        Target.Known("beside it: durable starts per second", engine.Own("sqlite-starts"), "#,0"),
        Target.Known("beside it: 4 KiB written and synced on the same disk, median", engine.Own("sync-p50"), "#,0", " µs"),
        Target.Known("beside it: the same, 99th percentile", engine.Own("sync-p99"), "#,0", " µs"),
        Target.AtLeast("SQLite, starts per commit with 64 callers", 30, engine.Own("sqlite-starts-per-commit"), "0.0"),
        Target.AtLeast("SQLite, validate from the store, times a raw prepared SELECT", 0.75, engine.Ratio("sqlite-validate")),
        Target.Known("beside it: the store's own look-up, without the engine's part", engine.Ratio("sqlite-find")),
        Target.Known("SQLite, start with 64 callers, median", engine.Own("sqlite-start-p50"), unit: " ms"),
        Target.Known("SQLite, start with 64 callers, 99th percentile", engine.Own("sqlite-start-p99"), unit: " ms"),
        Target.Known("SQLite, start with 64 callers, longest", engine.Own("sqlite-start-longest"), unit: " ms"),
        Target.Known("beside it: checkpoints in 6,400 starts", engine.Own("sqlite-checkpoints"), "0"),
    ];

    private static Spread? Reading(Measurements results, string contestant, Func<Round, double> figure)
    {
        var rounds = results.Of(Workload.Read, contestant);
        return rounds.Count == 0 ? null : Spread.Of(rounds.Select(figure));
    }
}
