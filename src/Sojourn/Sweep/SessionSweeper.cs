using Sojourn.Storage;

namespace Sojourn.Engine;

/// <summary>
/// Ends what has expired and deletes what is past its retention, shard by shard in small batches (ASVS-14.2.7). Several
/// nodes may sweep at once: each end is conditional, so it happens once.
/// </summary>
internal sealed class SessionSweeper(SessionEngine engine)
{
    private const int BatchSize = 200;

    private readonly SemaphoreSlim _soon = new(0, 1);

    /// <summary>Lets a waiting sweep begin now: everybody was revoked, and the sessions' own ends follow.</summary>
    public void SweepSoon()
    {
        try
        {
            _soon.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is already on its way.
        }
    }

    /// <summary>Waits for the interval to pass, or for <see cref="SweepSoon"/>.</summary>
    public async Task WaitAsync(TimeSpan interval, CancellationToken cancellationToken)
    {
        using var wake = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var timer = Task.Delay(interval, engine.Clock.Time, wake.Token);
        await Task.WhenAny(timer, _soon.WaitAsync(wake.Token));
        await wake.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>Visits every shard once; returns how many sessions ended and how many records were deleted.</summary>
    public async Task<(int Ended, int Deleted)> SweepAsync(CancellationToken cancellationToken)
    {
        await engine.OpenAsync(cancellationToken);
        var (ended, deleted) = (0, 0);
        if (!engine.Clock.IsTrusted)
        {
            return (ended, deleted); // protocol 8
        }

        for (var shard = 0; shard <= byte.MaxValue; shard++)
        {
            ended += await EndDueAsync((byte)shard, cancellationToken);
            int purged;
            do
            {
                purged = await engine.Store.PurgeAsync((byte)shard, engine.Clock.Now, BatchSize, cancellationToken);
                deleted += purged;
            }
            while (purged == BatchSize);
        }

        return (ended, deleted);
    }

    private async Task<int> EndDueAsync(byte shard, CancellationToken cancellationToken)
    {
        var ended = 0;
        var goingOn = new HashSet<SessionId>();
        while (true)
        {
            var now = engine.Clock.Now;
            var page = await engine.Store.FindDueAsync(shard, new DueQuery(now - MaxLag, now - Unconfirmed, BatchSize), cancellationToken);
            var progress = page.Sessions.Count == 0; // what is not due has been put off, so there are fewer to examine
            foreach (var session in page.Sessions)
            {
                var isOver = await EndAsync(session, now);
                ended += isOver ? 1 : 0;
                progress |= isOver || goingOn.Add(session.Record.Id);
            }

            // Due for the store need not be over for the policy: what has been looked at once waits for the next sweep.
            if (!page.HasMore || !progress)
            {
                return ended;
            }
        }
    }

    private async Task<bool> EndAsync(DueSession due, DateTimeOffset now)
    {
        var record = due.Record;
        var times = engine.Policies.Times(record);
        var reason = record.ShardEpoch < due.ShardEpoch ? due.ShardEndReason
            : SessionLifetime.Judge(record, times, engine.Touches.LastSeen(record), now - engine.Touches.Lag(record)) is var byTime and not SessionEndReason.None ? byTime
            : !record.IsConfirmed && record.StartedAt <= now - engine.Policies.Of(record).UnconfirmedTimeout ? SessionEndReason.Abandoned
            : SessionEndReason.None;
        var guard = reason is SessionEndReason.Idle or SessionEndReason.Absolute or SessionEndReason.Abandoned ? new EndGuard(record.LastSeenAt, record.Token.Stamp) : default;
        return reason != SessionEndReason.None && (await engine.Ender.EndAsync(record, reason, guard)).Status == EndStatus.Ended;
    }

    /// <summary>The sweep stays behind by as much as any touch can (protocol 4e).</summary>
    private TimeSpan MaxLag => engine.Policies.All.Max(policy => policy.TouchInterval) + engine.Options.FlushInterval;

    private TimeSpan Unconfirmed => engine.Policies.All.Min(policy => policy.UnconfirmedTimeout);
}
