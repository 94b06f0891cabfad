using Sojourn.Storage;

namespace Sojourn.Sqlite;

/// <summary>The two bounded steps of a sweep.</summary>
internal static class Sweeps
{
    /// <summary>
    /// Looks at up to the limit of sessions whose time to be looked at has come, longest waiting first. Those that go on
    /// are looked at again at their deadline, those not confirmed yet in a minute; those that are due again in the next
    /// call, behind all others. So a second sweeper gets the next ones, and one that nobody can end holds nobody up.
    /// </summary>
    public static DuePage FindDue(Desk desk, byte number, DueQuery query)
    {
        var shard = desk.ShardOf(number);
        var state = desk.Shards.Get(shard);
        var now = query.Now.ToUnixTimeMilliseconds();

        // Those of an older epoch get the larger half at most, so that neither group can hold up the other.
        var older = desk.Sweeps.OlderThan(shard, state.Epoch, query.Limit);
        var waiting = desk.Sweeps.Due(shard, state.Epoch, now, query.Limit);
        var fewer = Math.Min(older.Count, Math.Max((query.Limit + 1) / 2, query.Limit - waiting.Count));
        var due = new List<DueSession>();
        foreach (var row in older.Take(fewer))
        {
            LookAgain(desk, row, desk.Sweeps.Behind(shard, row.Record.ShardEpoch, long.MaxValue));
            due.Add(new(row.Record, state.Epoch, state.Reason));
        }

        var examined = fewer;
        foreach (var row in waiting.Take(query.Limit - fewer))
        {
            examined++;
            if (IsDue(row.Record, query))
            {
                LookAgain(desk, row, desk.Sweeps.Behind(shard, state.Epoch, now));
                due.Add(new(row.Record, state.Epoch, state.Reason));
            }
            else
            {
                LookAgain(desk, row, (NextLook(row.Record, query), 0));
            }
        }

        return new(due, HasMore: examined == query.Limit);
    }

    /// <summary>Deletes what is kept no longer. Of a session whose seal is over first, the data counts, then the record.</summary>
    public static int Purge(Desk desk, byte number, long now, int limit)
    {
        var shard = desk.ShardOf(number);
        var rows = desk.Sweeps.ToPurge(shard, now, limit);
        foreach (var row in rows)
        {
            var until = Ends.KeptUntil(row.Record.Ending!);
            if (until <= now)
            {
                var owner = desk.Owners.Get(shard, row.Owner);
                Ends.Delete(desk, row, owner);
                desk.Owners.Save(owner);
            }
            else
            {
                desk.Data.RemoveAll(row.Number);
                desk.Sessions.PurgeLater(row.Number, until);
            }
        }

        foreach (var row in desk.Sweeps.ToForget(shard, now, limit))
        {
            DataWrites.Forget(desk, row, now);
        }

        foreach (var owner in desk.Sweeps.RevokedOwners(shard, now, limit))
        {
            var row = desk.Owners.Get(shard, owner);
            (row.NotBefore, row.RevokeWrite, row.RevokeEnded, row.ForgetAt) = (null, null, null, null);
            desk.Owners.SaveRevocation(row);
            desk.Owners.Save(row);
        }

        return rows.Count;
    }

    private static void LookAgain(Desk desk, SessionRow row, (long SweepAt, long Turn) place) => desk.Sessions.LookAt(row.Number, place.SweepAt, place.Turn);

    // Unconfirmed ones when a call as patient as this one finds them due, and at the latest in a minute: others may be less patient.
    private static long NextLook(SessionRecord record, DueQuery query)
    {
        var deadline = record.ExpiresAt.ToUnixTimeMilliseconds();
        var confirmBy = (record.StartedAt + (query.Now - query.UnconfirmedBefore)).ToUnixTimeMilliseconds() + 1;
        var soon = query.Now.AddMinutes(1).ToUnixTimeMilliseconds();
        return record.IsConfirmed ? deadline : Math.Min(deadline, Math.Min(confirmBy, soon));
    }

    private static bool IsDue(SessionRecord record, DueQuery query)
        => record.ExpiresAt <= query.Now || (!record.IsConfirmed && record.StartedAt < query.UnconfirmedBefore);
}
