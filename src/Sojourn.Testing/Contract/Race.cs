namespace Sojourn.Testing;

/// <summary>
/// Lets racers loose on one session at the same instant, round after round, and proves that the race was one: each
/// racer must have come first at least once.
/// </summary>
internal static class Race
{
    /// <summary>Runs a race over the rounds of the fixture.</summary>
    /// <param name="trial">The rule's trial.</param>
    /// <param name="prepare">Makes what a round needs.</param>
    /// <param name="judge">Looks at what became of it, and tells which racer came first; -1 when that cannot be told.</param>
    /// <param name="racers">Each runs on a thread of its own and leaves its result in the round.</param>
    public static async Task RunAsync<TRound>(Trial trial, Func<int, ValueTask<TRound>> prepare, Func<TRound, ValueTask<int>> judge, params Func<TRound, ValueTask>[] racers)
    {
        var wins = await MeetAsync(trial, trial.Fixture.Rounds, prepare, judge, racers);
        for (var lane = 0; lane < racers.Length; lane++)
        {
            Expect.True(wins[lane] > 0, $"each of {racers.Length} racers to come first in some of {trial.Fixture.Rounds} rounds", $"the race never ran both ways: {string.Join(" to ", wins)}");
        }
    }

    /// <summary>The same where nobody comes first, because all ask for one thing.</summary>
    /// <returns>How often each racer came first.</returns>
    public static async Task<int[]> MeetAsync<TRound>(Trial trial, int rounds, Func<int, ValueTask<TRound>> prepare, Func<TRound, ValueTask<int>> judge, params Func<TRound, ValueTask>[] racers)
    {
        var course = new RaceCourse<TRound>(racers, prepare, judge, rounds);
        await Task.WhenAll(racers.Select((_, lane) => Task.Factory.StartNew(
            () => course.RunLaneAsync(lane), trial.Cancel, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap()));
        course.ThrowIfFailed();
        return course.Wins;
    }
}

/// <summary>The lanes of one race. Lane 0 also prepares and judges the rounds, a heat at a time while the others sleep.</summary>
internal sealed class RaceCourse<TRound>(Func<TRound, ValueTask>[] racers, Func<int, ValueTask<TRound>> prepare, Func<TRound, ValueTask<int>> judge, int rounds)
{
    // Below 256, so that rounds which use the shard of their number have it to themselves within a heat.
    private const int Heat = 128;

    private readonly RaceGate _gate = new(racers.Length);
    private readonly Exception?[] _failures = new Exception?[racers.Length];
    private readonly List<TRound> _heat = [];
    private readonly HeadStart _headStart = new(racers.Length);
    private bool _stopped;

    public int[] Wins { get; } = new int[racers.Length];

    public async Task RunLaneAsync(int lane)
    {
        var jitter = new Jitter((uint)lane + 1);
        for (var first = 0; first < rounds; first += Heat)
        {
            if (lane == 0)
            {
                await GuardAsync(0, () => PrepareAsync(first, Math.Min(rounds, first + Heat)));
                _stopped = HasFailed;
            }

            // The first gate wakes those who fell asleep; the one in each round lets all go at once.
            await _gate.ArriveAsync();
            if (_stopped)
            {
                return;
            }

            for (var round = 0; round < _heat.Count; round++)
            {
                await _gate.ArriveAsync();
                jitter.Spin();
                _headStart.Wait(lane, round, jitter);
                var started = TimeProvider.System.GetTimestamp();
                await GuardAsync(lane, () => racers[lane](_heat[round]));
                _headStart.Note(lane, TimeProvider.System.GetTimestamp() - started);
            }

            await _gate.ArriveAsync();
            if (lane == 0 && !HasFailed)
            {
                await GuardAsync(0, JudgeAsync);
            }
        }
    }

    public void ThrowIfFailed()
    {
        if (_failures.FirstOrDefault(failure => failure is not null) is { } failure)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        }
    }

    private bool HasFailed => _failures.Any(failure => failure is not null);

    private async ValueTask PrepareAsync(int first, int end)
    {
        _heat.Clear();
        if (HasFailed)
        {
            return;
        }

        for (var round = first; round < end; round++)
        {
            _heat.Add(await prepare(round));
        }
    }

    private async ValueTask JudgeAsync()
    {
        foreach (var round in _heat)
        {
            if (await judge(round) is >= 0 and var winner)
            {
                Wins[winner]++;
            }
        }
    }

    private async ValueTask GuardAsync(int lane, Func<ValueTask> step)
    {
        try
        {
            await step();
        }
        catch (Exception failure)
        {
            // A lane that stopped here would leave the others waiting: lane 0 ends the race for all.
            _failures[lane] ??= failure;
        }
    }
}
