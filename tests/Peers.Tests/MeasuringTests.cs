using Peers.Contestants;
using Peers.Measuring;
using Peers.Work;

namespace Peers.Tests;

public sealed class MeasuringTests
{
    [Theory]
    [InlineData(new double[] { 3, 1, 2 }, 2)]
    [InlineData(new double[] { 4, 1, 2, 3 }, 2.5)]
    [InlineData(new double[] { 7 }, 7)]
    public void The_median_is_the_middle_or_the_mean_of_two(double[] values, double median) =>
        Assert.Equal(new Spread(median, values.Min(), values.Max()), Spread.Of(values));

    [Fact]
    public void There_is_no_median_of_nothing() => Assert.Throws<ArgumentException>(() => Spread.Of([]));

    [Fact]
    public void A_round_is_compared_with_the_mean_of_the_two_runs_of_bare_around_it()
    {
        var round = new Round(new(60, 30, 1_000, 1, 2), Before: new(100, 10, 60, 1, 2), After: new(140, 14, 80, 1, 2));
        Assert.Equal((0.5, 2.5, 930), (round.Rate, round.Cpu, round.BytesOverBare));
    }

    [Fact]
    public void Two_contestants_are_compared_round_by_round()
    {
        var measurements = new Measurements();
        foreach (var (own, other, bare) in new[] { (96d, 24d, 128d), (48, 16, 64), (64, 32, 128) })
        {
            Add(measurements, ContestantList.Scheme, own, bare);
            Add(measurements, ContestantList.Cookie, other, bare);
        }

        Assert.Equal(new Spread(3, 2, 4), measurements.RateAgainst(Workload.Read, ContestantList.Scheme, ContestantList.Cookie));
        Assert.Null(measurements.RateAgainst(Workload.Read, ContestantList.Scheme, ContestantList.Fresh));
        Assert.Null(measurements.RateAgainst(Workload.Write, ContestantList.Scheme, ContestantList.Cookie));
    }

    [Fact]
    public void Cpu_time_is_read_behind_a_name_with_spaces_and_brackets() =>
        Assert.Equal(1_500_000, ProcessTime.Parse("4711 (a ) b) S 1 4711 4711 0 -1 4194304 1 2 3 4 100 50 7 8 20 0 12 0 5"));

    internal static void Add(Measurements measurements, string contestant, double rate, double bare) =>
        measurements.Add(Workload.Read, ContestantList.Find(contestant)!, new(new(rate, 2, 500, 100, 200), new(bare, 1, 100, 50, 100), new(bare, 1, 100, 50, 100)));
}
