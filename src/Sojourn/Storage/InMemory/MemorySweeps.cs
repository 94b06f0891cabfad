namespace Sojourn.Storage;

/// <summary>The two bounded steps of a sweep, on a shard whose lock is held.</summary>
internal static class MemorySweeps
{
    /// <summary>
    /// Looks at up to the limit of sessions whose time to be looked at has come, longest waiting first. Those that go on
    /// are looked at again at their deadline, those not confirmed yet in a minute; those that are due again in the next
    /// call, behind all others. So a second sweeper gets the next ones, and one that nobody can end holds nobody up.
    /// </summary>
    public static DuePage FindDue(MemoryShard shard, DueQuery query)
    {
        var now = UnixTime.ToMilliseconds(query.Now);
        List<DueSession>? due = null;
        List<(MemorySession Session, long Next)>? looked = null;
        var examined = 0;
        for (; examined < query.Limit && shard.Due.TryTake(now, out var session); examined++)
        {
            var record = session.Record;
            var isDue = IsDue(record, shard.Epoch, query);
            (looked ??= []).Add((session, isDue ? now : NextLook(record, query)));
            if (isDue)
            {
                (due ??= []).Add(new(record, shard.Epoch, shard.EpochReason));
            }
        }

        foreach (var (session, next) in looked ?? [])
        {
            shard.Due.Add(session, next);
        }

        return new((IReadOnlyList<DueSession>?)due ?? [], HasMore: examined == query.Limit);
    }

    /// <summary>Deletes what is kept no longer. Of a session whose seal is over first, the data counts, then the record.</summary>
    public static int Purge(MemoryShard shard, DateTimeOffset now, int limit)
    {
        var (time, deleted) = (UnixTime.ToMilliseconds(now), 0);
        for (; deleted < limit && shard.Ended.TryTake(time, out var session); deleted++)
        {
            var until = MemoryShard.KeptUntil(session.Record.Ending!);
            if (until <= time)
            {
                var owner = shard.Owners.Find(session.Record.Subject)!;
                shard.RemoveEnded(session, owner);
                shard.Owners.ForgetIfEmpty(owner);
            }
            else
            {
                shard.DropData(session);
                shard.Ended.Add(session, until);
            }
        }

        shard.Reminders.Run(shard, time, limit);
        return deleted;
    }

    // Unconfirmed ones when a call as patient as this one finds them due, and at the latest in a minute: others may be less patient.
    private static long NextLook(SessionRecord record, DueQuery query)
    {
        var deadline = UnixTime.ToMilliseconds(record.ExpiresAt);
        var confirmBy = UnixTime.ToMilliseconds(record.StartedAt + (query.Now - query.UnconfirmedBefore)) + 1;
        var soon = UnixTime.ToMilliseconds(query.Now.AddMinutes(1));
        return record.IsConfirmed ? deadline : Math.Min(deadline, Math.Min(confirmBy, soon));
    }

    private static bool IsDue(SessionRecord record, long epoch, DueQuery query)
        => record.ExpiresAt <= query.Now || record.ShardEpoch < epoch || (!record.IsConfirmed && record.StartedAt < query.UnconfirmedBefore);
}
