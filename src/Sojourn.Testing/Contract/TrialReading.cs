using Sojourn.Storage;

namespace Sojourn.Testing;

/// <summary>Reads to the end what a store gives in pages.</summary>
internal static class TrialReading
{
    public static ValueTask<OwnerSnapshot> OwnerAsync(this Trial t, SessionOwner owner, bool ended = false)
        => t.Store.ListAsync(owner, new(500, ended), t.Cancel);

    /// <summary>All pages; <paramref name="between"/> runs after each but the last.</summary>
    public static async Task<List<SessionRecord>> ListAllAsync(this Trial t, SessionOwner owner, int limit, bool ended = false, Func<Task>? between = null)
    {
        List<SessionRecord> all = [];
        SessionCursor? after = null;
        do
        {
            var page = await t.Store.ListAsync(owner, new(limit, ended, after), t.Cancel);
            Expect.True(page.Records.Count <= limit, $"at most {limit} records", $"{page.Records.Count}");
            all.AddRange(page.Records);
            after = page.Next;
            if (after is not null && between is not null)
            {
                await between();
            }
        }
        while (after is not null);
        return all;
    }

    /// <summary>Everything in the log of a shard.</summary>
    public static async Task<List<StoredEvent>> LogAsync(this Trial t, byte? shard = null)
    {
        List<StoredEvent> all = [];
        for (long position = 0; ;)
        {
            var page = await t.Log.ReadAsync(shard ?? t.Shard, position, 200, t.Cancel);
            if (page.Count == 0)
            {
                return all;
            }

            all.AddRange(page.Select(logged => logged.Event));
            position = page[^1].Position;
        }
    }

    /// <summary>How often each event of a batch is in the log of its shard.</summary>
    public static async Task<int> TimesLoggedAsync(this Trial t, StoredEvent each)
        => (await t.LogAsync(each.Shard)).Count(logged => logged.Writer == each.Writer && logged.Number == each.Number);

    /// <summary>Asks a few times, as a sweeper does: a call may have examined only sessions that are not due.</summary>
    public static async Task<Dictionary<SessionId, DueSession>> DueAsync(this Trial t, DateTimeOffset now, DateTimeOffset? unconfirmedBefore = null, byte? shard = null)
    {
        Dictionary<SessionId, DueSession> due = [];
        for (var call = 0; call < 4; call++)
        {
            foreach (var each in (await t.Store.FindDueAsync(shard ?? t.Shard, new(now, unconfirmedBefore ?? now.AddYears(-1), 100), t.Cancel)).Sessions)
            {
                due[each.Record.Id] = each;
            }
        }

        return due;
    }

    /// <summary>Purges until nothing is left to delete.</summary>
    public static async Task PurgeAllAsync(this Trial t, DateTimeOffset now, int limit = 100)
    {
        for (var call = 0; call < 1000; call++)
        {
            var deleted = await t.Store.PurgeAsync(t.Shard, now, limit, t.Cancel);
            Expect.True(deleted >= 0 && deleted <= limit, $"at most {limit} deleted", $"{deleted}");
            if (deleted < limit)
            {
                return;
            }
        }

        Expect.True(false, "a purge that comes to an end", "1,000 full calls");
    }
}
