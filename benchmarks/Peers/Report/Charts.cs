using Peers.Contestants;
using Peers.Measuring;
using Peers.Work;

namespace Peers.Report;

/// <summary>The pictures of the report.</summary>
internal static class Charts
{
    /// <summary>The pictures of a work, as the report links them.</summary>
    public static string[] NamesOf(Workload work)
        => work == Workload.Read ? ["charts/read.svg", "charts/read-cpu.svg", "charts/read-bytes.svg"] : [$"charts/{work.Name}.svg"];

    /// <summary>File names and contents.</summary>
    public static IEnumerable<(string Name, string Svg)> Of(Measurements results)
    {
        foreach (var work in Workload.All)
        {
            var bars = ContestantList.All
                .Select(contestant => (contestant.Name, Rounds: results.Of(work, contestant.Name)))
                .Where(each => each.Rounds.Count > 0)
                .Select(each => Bar(each.Name, Spread.Of(each.Rounds.Select(static round => round.Rate))))
                .ToList();
            if (bars.Count > 0)
            {
                yield return ($"{work.Name}.svg", BarChart.Draw(work.Title, "requests per second, share of bare Kestrel (dashed); longer is better", bars, "0.00", mark: 1));
            }
        }

        foreach (var chart in OfReading(results))
        {
            yield return chart;
        }

        if (results.SessionBytes.Count > 0)
        {
            var bars = results.SessionBytes.Select(static each => Bar(each.Key, new(each.Value, each.Value, each.Value))).ToList();
            yield return ("session-bytes.svg", BarChart.Draw("Memory per session", "bytes on the managed heap; shorter is better", bars, "#,0"));
        }
    }

    private static IEnumerable<(string Name, string Svg)> OfReading(Measurements results)
    {
        var read = ContestantList.All
            .Select(contestant => (contestant.Name, Rounds: results.Of(Workload.Read, contestant.Name)))
            .Where(each => each.Rounds.Count > 0)
            .ToList();
        if (read.Count == 0)
        {
            yield break;
        }

        yield return ("read-cpu.svg", BarChart.Draw("Reading: CPU per request", "times bare Kestrel (dashed); shorter is better",
            [.. read.Select(static each => Bar(each.Name, Spread.Of(each.Rounds.Select(static round => round.Cpu))))], "0.00", mark: 1));
        yield return ("read-bytes.svg", BarChart.Draw("Reading: memory allocated per request", "bytes; shorter is better",
            [.. read.Select(static each => Bar(each.Name, Spread.Of(each.Rounds.Select(static round => round.Own.Bytes))))], "#,0"));
    }

    private static Bar Bar(string name, Spread spread)
        => new(name, spread.Median, spread.Least, spread.Most, name.StartsWith(ContestantList.Scheme, StringComparison.Ordinal));
}
