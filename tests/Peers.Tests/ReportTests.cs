using System.Xml.Linq;
using Peers.Contestants;
using Peers.Measuring;
using Peers.Report;
using Peers.Work;

namespace Peers.Tests;

public sealed class ReportTests
{
    [Fact]
    public void A_chart_is_well_formed_whatever_its_labels_hold()
    {
        var svg = XDocument.Parse(BarChart.Draw("<a> & \"b\"", "note", [new("x < y & z", 0.5, 0.4, 0.6, IsOurs: true), new("none", 0, 0, 0, IsOurs: false)], "0.00", mark: 1));
        Assert.Equal("svg", svg.Root!.Name.LocalName);
        Assert.Contains(svg.Descendants(), element => element.Value == "x < y & z");
        Assert.Contains("prefers-color-scheme: dark", svg.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_chart_of_nothing_is_a_chart() => Assert.NotNull(XDocument.Parse(BarChart.Draw("nothing", "", [], "0")).Root);

    [Fact]
    public void Every_chart_that_the_page_links_is_drawn()
    {
        var measurements = Measured();
        var page = ResultsPage.Write(RunOptions.Parse([]), measurements, new EngineRounds(), new MicroResults(), []);
        var drawn = Charts.Of(measurements).Select(chart => chart.Name).ToList();
        Assert.Contains("read-cpu.svg", drawn);
        Assert.All(drawn, name => Assert.Contains($"(charts/{name})", page, StringComparison.Ordinal));
    }

    [Fact]
    public void A_page_of_too_few_rounds_says_so()
    {
        Assert.Contains("Fewer than 5 rounds", Page("--quick"), StringComparison.Ordinal);
        Assert.DoesNotContain("Fewer than 5 rounds", Page(), StringComparison.Ordinal);

        static string Page(params string[] args) => ResultsPage.Write(RunOptions.Parse(args), Measured(), new EngineRounds(), new MicroResults(), []);
    }

    [Fact]
    public void Targets_are_met_or_missed_by_the_figures()
    {
        var targets = Targets.Of(Measured(), new EngineRounds());
        Assert.Equal("0.75", targets[0].Measured);
        Assert.Equal("met", targets[0].Verdict);
        Assert.Equal("2.00", targets[1].Measured);
        Assert.Equal("**missed**", targets[1].Verdict);
        Assert.Equal("not measured", targets.Single(target => target.Text.StartsWith("Start in memory", StringComparison.Ordinal)).Verdict);
    }

    [Fact]
    public void The_engines_targets_are_reckoned_round_by_round() => InFolder(folder =>
    {
        File.WriteAllText(Path.Combine(folder, "rounds-engine.json"), """
            {"at":"2026-01-02T03:04:05+00:00","figures":{
              "validate":{"own":[150,300,140],"beside":[100,150,100]},
              "start":{"own":[2500,2000,2900],"beside":[1000,1000,1000]}}}
            """);
        var targets = Targets.Of(new Measurements(), EngineRounds.Load(folder)).Where(target => target.Measured is not null);
        Assert.Equal(
            ["1.50 [1.40-2.00] **missed**", "2.50 [2.00-2.90] µs met", "1.00 µs reported"],
            targets.Select(target => $"{target.Measured} {target.Verdict}"));
    });

    [Fact]
    public void Micro_benchmarks_stand_beside_their_raw_counterparts() => InFolder(folder =>
    {
        File.WriteAllText(Path.Combine(folder, "x-report-brief.json"), """
            {"Benchmarks":[
              {"Type":"Touch","Method":"Raw","Parameters":"","Statistics":{"Median":700.0},"Memory":{"BytesAllocatedPerOperation":8}},
              {"Type":"Touch","Method":"Sojourn","Parameters":"","Statistics":{"Median":1050.0},"Memory":{"BytesAllocatedPerOperation":null}},
              {"Type":"Start","Method":"Sojourn","Parameters":"Sessions=10000","Statistics":{"Median":1575.0}},
              {"Type":"Rotate","Method":"Sojourn","Parameters":"","Statistics":null}]}
            """);
        Assert.Equal(
            [new MicroResult("Start", "10000", null, null, 1575, null), new MicroResult("Touch", "", 700, 8, 1050, null)],
            MicroResults.Load(folder).All);
    });

    [Fact]
    public void A_part_of_the_works_is_not_written_over_the_whole()
    {
        Assert.Equal("benchmarks", RunOptions.Parse([]).Output);
        Assert.Null(RunOptions.Parse(["--work", "read"]).Output);
        Assert.Null(RunOptions.Parse(["--quick"]).Output);
        Assert.Equal("x", RunOptions.Parse(["--only", "sojourn,cookie", "--output", "x"]).Output);
        Assert.Throws<RunException>(() => RunOptions.Parse(["--only", "nobody"]));
    }

    private static void InFolder(Action<string> test)
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            test(folder.FullName);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static Measurements Measured()
    {
        var measurements = new Measurements();
        for (var round = 0; round < 3; round++)
        {
            foreach (var contestant in ContestantList.All.Where(each => each.Name != ContestantList.Bare))
            {
                MeasuringTests.Add(measurements, contestant.Name, rate: 75, bare: 100);
            }
        }

        return measurements;
    }
}
