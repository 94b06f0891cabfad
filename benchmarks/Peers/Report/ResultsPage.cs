using System.Text;
using Peers.Contestants;
using Peers.Measuring;
using Peers.Work;

namespace Peers.Report;

/// <summary>Writes <c>results.md</c>.</summary>
internal static class ResultsPage
{
    /// <summary>The targets are about medians of at least so many.</summary>
    private const int RoundsAsked = 5;

    public static string Write(RunOptions options, Measurements results, EngineRounds engine, MicroResults micro, IReadOnlyList<(string What, string Value)> machine)
    {
        var page = new StringBuilder($"""
            # Sojourn beside what people use today

            Written by `./benchmarks/run.sh`; do not edit it. Ratios are the result: every run of a contestant stands between two runs of
            bare Kestrel (a X a Y a …), and its ratio is that to the mean of those two. Shown is the median of {options.Rounds} rounds of {options.Seconds} s, with
            the least and the most in brackets. wrk has the same cores, which flatters the slow; CPU per request is the steadier figure.
            How it is measured is said in [README.md](README.md).


            """);
        page.Append(Table(["", ""], machine.Select(each => new[] { each.What, each.Value })));
        page.Append("\n## Targets\n\n");
        if (options.Rounds < RoundsAsked || engine is { At: not null, Rounds: < RoundsAsked })
        {
            page.Append($"**Fewer than {RoundsAsked} rounds: this shows that everything runs, and its verdicts are worth nothing.**\n\n");
        }

        page.Append(Table(["target", "measured", ""], Targets.Of(results, engine).Select(each => new[] { each.Text, each.Measured ?? "", each.Verdict })));
        page.Append(engine.At is { } at
            ? $"\nThe engine's figures are medians of {engine.Rounds} rounds of `Sojourn.Benchmarks rounds` of {at:yyyy-MM-dd HH:mm} UTC, each beside its counterpart.\n"
            : "\nThe engine's figures come from `Sojourn.Benchmarks rounds`, which was not run.\n");
        foreach (var work in options.Works.Where(each => results.Bare(each).Count > 0))
        {
            page.Append($"\n## {work.Title}\n\n`{work.Method} {work.Path}`\n\n{Chart(work)}{WorkTable(options, results, work)}");
        }

        if (results.SessionBytes.Count > 0)
        {
            page.Append($"\n## Memory and store calls\n\n![Memory per session](charts/session-bytes.svg)\n\n{StillTable(options, results)}");
        }

        if (micro.At is { } microAt)
        {
            page.Append($"\n## Operations of the engine\n\n{MicroTable(micro)}\nFrom `Sojourn.Benchmarks` (BenchmarkDotNet), {microAt:yyyy-MM-dd HH:mm} UTC; one thread, medians. Not interleaved: the targets are measured apart.\n");
        }

        return page.Append($"\n## Who takes part\n\n{Contestants(options)}").ToString();
    }

    private static string Chart(Workload work) => string.Concat(Charts.NamesOf(work).Select(name => $"![{work.Title}]({name})\n\n"));

    private static string WorkTable(RunOptions options, Measurements results, Workload work)
    {
        var bare = results.Bare(work);
        string[] first =
        [
            ContestantList.Bare, $"1 ({Spread.Of(bare.Select(each => each.PerSecond)).Median:#,0}/s)", $"1 ({Spread.Of(bare.Select(each => each.Cpu)).Median:0.0} µs)",
            Figure(bare, static each => each.Bytes, "#,0"), Figure(bare, static each => each.P50 / 1000, "0.00"), Figure(bare, static each => each.P99 / 1000, "0.00"),
        ];
        var rows = Rounds.Field(options, work).Select(contestant =>
        {
            var rounds = results.Of(work, contestant.Name);
            var own = rounds.Select(static round => round.Own).ToList();
            return new[]
            {
                contestant.Name, Range(Spread.Of(rounds.Select(static round => round.Rate))), Range(Spread.Of(rounds.Select(static round => round.Cpu))),
                Figure(own, static each => each.Bytes, "#,0"), Figure(own, static each => each.P50 / 1000, "0.00"), Figure(own, static each => each.P99 / 1000, "0.00"),
            };
        });
        return Table(["contestant", "requests/s, share of bare", "CPU/request, times bare", "B/request", "p50 ms", "p99 ms"], rows.Prepend(first));
    }

    private static string StillTable(RunOptions options, Measurements results)
    {
        Workload[] counted = [Workload.Read, Workload.Write, Workload.SignIn, Workload.SignOut];
        return Table(
            ["contestant", "B/session", "cookie B", .. counted.Select(static work => $"calls: {work.Name}")],
            options.Contestants.Where(each => results.SessionBytes.ContainsKey(each.Name)).Select(contestant => new[]
            {
                contestant.Name, results.SessionBytes[contestant.Name].ToString("#,0"), results.CookieBytes.GetValueOrDefault(contestant.Name).ToString(),
            }.Concat(counted.Select(work => results.Calls.TryGetValue((work.Name, contestant.Name), out var calls) ? $"{calls.Reads:0.##} r + {calls.Writes:0.##} w" : "")).ToArray()))
            + $"\nBytes per session: the managed heap after full collections, {StillRuns.Sessions(options).Counted:#,0} sign-ins apart"
            + (options.IsQuick ? ", which is too few: what grows only at the beginning is among them.\n" : ".\n")
            + "Cookie: what a browser sends with each request.\n"
            + "Calls: store calls per request, reads and writes, counted over 200 requests one after the other.\n";
    }

    private static string MicroTable(MicroResults micro) => Table(
        ["operation", "sessions", "raw ns", "Sojourn ns", "times raw", "raw B", "Sojourn B"],
        micro.All.Select(static each => new[]
        {
            each.Name, each.Sessions, each.Raw?.ToString("#,0") ?? "", each.Own.ToString("#,0"), (each.Own / each.Raw)?.ToString("0.00") ?? "",
            each.RawBytes?.ToString("#,0") ?? "", each.OwnBytes?.ToString("#,0") ?? "",
        }));

    private static string Contestants(RunOptions options) => Table(
        ["name", "what", "after the sign-out a copy of the cookie"],
        options.Contestants.Select(static each => new[]
        {
            each.Name, each.Title, !each.Can.HasFlag(Can.SignOut | Can.Refuse) ? "" : each.Can.HasFlag(Can.EndAtSignOut) ? "is refused" : "**goes on working**",
        }))
        + "\nOptions that differ from the defaults: Sojourn's `StartsPerAddress` is off (all requests come from one address) and its memory store may hold\n"
        + "20 million sessions, since every sign-in of a run stays; limits per subject are untouched, since each sign-in is of another subject. The cookie\n"
        + "handlers answer 401 instead of redirecting. Data protection keeps its keys in memory. Logging providers are cleared everywhere.\n";

    private static string Figure(IEnumerable<Sample> samples, Func<Sample, double> figure, string format) => Spread.Of(samples.Select(figure)).Median.ToString(format);

    private static string Range(Spread spread) => $"{spread.Median:0.00} [{spread.Least:0.00}-{spread.Most:0.00}]";

    private static string Table(string[] head, IEnumerable<string[]> rows)
    {
        var text = new StringBuilder();
        foreach (var row in new[] { head, [.. head.Select(static _ => "---")] }.Concat(rows))
        {
            text.Append($"| {string.Join(" | ", row)} |\n");
        }

        return text.ToString();
    }
}
