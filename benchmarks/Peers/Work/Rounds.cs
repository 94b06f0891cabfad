using Peers.Contestants;
using Peers.Measuring;

namespace Peers.Work;

/// <summary>The timed rounds of one work: a X a Y a …, and the other way round in every second one.</summary>
internal sealed class Rounds(RunOptions options, string folder, Measurements results, Progress progress)
{
    /// <summary>Who takes part in a work, without bare.</summary>
    public static IReadOnlyList<IContestant> Field(RunOptions options, Workload work)
        => [.. options.Contestants.Where(each => each.Name != ContestantList.Bare && each.Can.HasFlag(work.Needs))];

    /// <summary>How many steps of progress a work is: one to begin with, and one a run.</summary>
    public static int Steps(RunOptions options, Workload work) => Field(options, work).Count * (options.Rounds + 1);

    public async Task RunAsync(Workload work, CancellationToken cancellationToken)
    {
        await using var bare = await Lane.OpenAsync(ContestantList.Find(ContestantList.Bare)!, work, folder, options, cancellationToken);
        var lanes = new List<Lane>();
        try
        {
            foreach (var contestant in Field(options, work))
            {
                var lane = await Lane.OpenAsync(contestant, work, folder, options, cancellationToken);
                lanes.Add(lane);
                results.CookieBytes[contestant.Name] = lane.CookieBytes;
                progress.Say($"{work.Name}: {contestant.Name} answers right, is warm");
            }

            for (var round = 1; round <= options.Rounds; round++)
            {
                await RunRoundAsync(work, round, bare, lanes, cancellationToken);
                lanes.Reverse();
            }
        }
        finally
        {
            foreach (var lane in lanes)
            {
                await lane.DisposeAsync();
            }
        }
    }

    private async Task RunRoundAsync(Workload work, int round, Lane bare, List<Lane> lanes, CancellationToken cancellationToken)
    {
        var before = await bare.RunAsync(options.Seconds, cancellationToken);
        foreach (var lane in lanes)
        {
            var own = await lane.RunAsync(options.Seconds, cancellationToken);
            var after = await bare.RunAsync(options.Seconds, cancellationToken);
            var measured = new Round(own, before, after);
            results.Add(work, lane.Contestant, measured);
            progress.Say($"{work.Name}, round {round} of {options.Rounds}: {lane.Contestant.Name} {measured.Rate:0.00} of bare, CPU x{measured.Cpu:0.00}, {own.Bytes:#,0} B");
            before = after;
        }
    }
}
