using Peers.Contestants;
using Peers.Measuring;

namespace Peers.Work;

/// <summary>What is counted, not timed: memory of sessions, and store calls. Each in a process of its own.</summary>
internal sealed class StillRuns(RunOptions options, Measurements results, Progress progress)
{
    private const int CountedRequests = 200;

    public static int Steps(RunOptions options) => Keepers(options).Count() * 2;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        foreach (var contestant in Keepers(options))
        {
            results.SessionBytes[contestant.Name] = await SessionBytesAsync(contestant, cancellationToken);
            progress.Say($"memory: {contestant.Name} {results.SessionBytes[contestant.Name]:#,0} B per session");
            await CountCallsAsync(contestant, cancellationToken);
            progress.Say($"store calls of {contestant.Name} counted");
        }
    }

    private static IEnumerable<IContestant> Keepers(RunOptions options) => options.Contestants.Where(each => each.Can.HasFlag(Can.KeepOnServer));

    /// <summary>
    /// How many sign in before the first look at the heap, and between the two. Sojourn's audit log in memory is a window
    /// of 65,536 events, which would else be counted among the sessions.
    /// </summary>
    public static (int First, int Counted) Sessions(RunOptions options) => options.IsQuick ? (200, 1_000) : (70_000, 50_000);

    private async Task<double> SessionBytesAsync(IContestant contestant, CancellationToken cancellationToken)
    {
        var (first, counted) = Sessions(options);
        await using var child = await Child.StartAsync(contestant, counts: false, cancellationToken);
        await child.Client.SignInManyAsync(first, cancellationToken);
        var before = await child.HeapAsync();
        await child.Client.SignInManyAsync(counted, cancellationToken);
        return (double)(await child.HeapAsync() - before) / counted;
    }

    /// <summary>One request after the other, so that the count is exact.</summary>
    private async Task CountCallsAsync(IContestant contestant, CancellationToken cancellationToken)
    {
        await using var child = await Child.StartAsync(contestant, counts: true, cancellationToken);
        var hot = await Check.PassAsync(contestant, child.Client);
        foreach (var work in options.Works.Where(each => contestant.Can.HasFlag(each.Needs) && each.Cookies is not (CookieUse.HotByScript or CookieUse.InTurn)))
        {
            var once = work.Cookies == CookieUse.Once ? await child.Client.SignInManyAsync(CountedRequests, cancellationToken) : null;
            var before = await child.CallsAsync();
            for (var i = 0; i < CountedRequests; i++)
            {
                var cookie = work.Cookies == CookieUse.None ? null : once?[i] ?? hot;
                await child.Client.AskAsync(work.Method, work.Path, cookie);
            }

            var after = await child.CallsAsync();
            results.Calls[(work.Name, contestant.Name)] = new((double)(after.Reads - before.Reads) / CountedRequests, (double)(after.Writes - before.Writes) / CountedRequests);
        }
    }
}
