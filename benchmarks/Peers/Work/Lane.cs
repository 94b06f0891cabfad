using Peers.Contestants;
using Peers.Measuring;

namespace Peers.Work;

/// <summary>One contestant in one work: its process, its cookies, and how one run of it is measured.</summary>
internal sealed class Lane : IAsyncDisposable
{
    /// <summary>The bare server reads no cookie, but the script sends it some, so that the script costs the same.</summary>
    private static readonly string[] MadeUp = [.. Enumerable.Range(0, Workload.SessionsInTurn).Select(i => $"none={i:00000}")];

    private readonly Workload _work;
    private readonly Child _child;
    private readonly string _cookie;
    private readonly string _cookieFile;

    private Lane(IContestant contestant, Workload work, Child child, string cookie, string folder)
    {
        Contestant = contestant;
        _work = work;
        _child = child;
        _cookie = cookie;
        _cookieFile = Path.Combine(folder, $"{work.Name}-{contestant.Name}.cookies");
    }

    public IContestant Contestant { get; }

    public int CookieBytes => _cookie.Length;

    /// <summary>Starts the contestant, sees that it answers right, prepares its cookies and runs it warm.</summary>
    public static async Task<Lane> OpenAsync(IContestant contestant, Workload work, string folder, RunOptions options, CancellationToken cancellationToken)
    {
        var child = await Child.StartAsync(contestant, counts: false, cancellationToken);
        try
        {
            var cookie = await Check.PassAsync(contestant, child.Client);
            var lane = new Lane(contestant, work, child, cookie, folder);
            if (work.Cookies is CookieUse.HotByScript or CookieUse.InTurn)
            {
                await lane.WriteCookiesAsync(work.Cookies == CookieUse.InTurn ? Workload.SessionsInTurn : 1, cancellationToken);
            }

            // Until the compiler has made its last, profiled version of the hot code.
            for (var warm = 0; warm < options.WarmSeconds; warm += options.Seconds)
            {
                await lane.RunAsync(options.Seconds, cancellationToken);
            }

            return lane;
        }
        catch
        {
            await child.DisposeAsync();
            throw;
        }
    }

    /// <summary>One run.</summary>
    public async Task<Sample> RunAsync(int seconds, CancellationToken cancellationToken)
    {
        if (_work.Cookies == CookieUse.Once)
        {
            await WriteCookiesAsync(seconds * Workload.SessionsInTurn, cancellationToken);
        }

        var (allocated, time) = (await _child.AllocatedAsync(), ProcessTime.Microseconds(_child.ProcessId));
        var run = await Wrk.RunAsync(_child.Address, _work, _cookie, _cookieFile, seconds, cancellationToken);
        (time, allocated) = (ProcessTime.Microseconds(_child.ProcessId) - time, await _child.AllocatedAsync() - allocated);
        if (run.Requests == 0 || run.Refused > 0 || run.Broken > 0)
        {
            throw new RunException($"{Contestant.Name}, {_work.Name}: of {run.Requests} requests {run.Refused} were refused, {run.Broken} connections broke.");
        }

        return new(run.PerSecond, time / run.Requests, (double)allocated / run.Requests, run.P50.TotalMicroseconds, run.P99.TotalMicroseconds);
    }

    public ValueTask DisposeAsync() => _child.DisposeAsync();

    private async Task WriteCookiesAsync(int count, CancellationToken cancellationToken)
    {
        var cookies = Contestant.Can.HasFlag(Can.Refuse)
            ? count == 1 ? [_cookie] : await _child.Client.SignInManyAsync(count, cancellationToken)
            : Enumerable.Range(0, count).Select(i => MadeUp[i % MadeUp.Length]);
        await File.WriteAllLinesAsync(_cookieFile, cookies, cancellationToken);
    }
}
