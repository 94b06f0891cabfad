using Sojourn.Storage;

namespace Sojourn.Testing.Rules;

/// <summary>Finding what is due.</summary>
internal static class SweepingRules
{
    public static IReadOnlyList<ContractRule> All { get; } =
    [
        Rule("Sessions behind their stored deadline are due, idle or absolute, and others are not", async t =>
        {
            var idle = await t.StartedAsync();
            var absolute = await t.StartedAsync(t.NewRecord() with { AbsoluteExpiresAt = Trial.Noon.AddMinutes(10), IdleTimeout = TimeSpan.FromDays(9) });
            var alive = await t.StartedAsync(t.NewRecord() with { IdleTimeout = TimeSpan.FromDays(1) });
            Expect.Equal(0, (await t.DueAsync(Trial.Noon.AddMinutes(9))).Count, "due sessions before any deadline");
            var due = await t.DueAsync(Trial.Noon.AddHours(1).AddSeconds(1));
            Expect.True(due.Keys.ToHashSet().SetEquals([idle.Id, absolute.Id]), "the two that are due", $"{due.Count}, {(due.ContainsKey(alive.Id) ? "with" : "without")} the one that is not");
            Comparison.ExpectSame(idle, due[idle.Id].Record);
            Expect.Equal(idle.ShardEpoch, due[idle.Id].ShardEpoch, "the epoch of the shard");
        }),

        Rule("A touched session is not due at its old deadline, and is due at its new one", async t =>
        {
            var record = await t.StartedAsync();
            await t.TouchAsync(new SessionTouch(record.Id, Trial.Noon.AddMinutes(30)));
            Expect.Equal(0, (await t.DueAsync(Trial.Noon.AddMinutes(61))).Count, "due sessions at the old deadline");
            var due = await t.DueAsync(Trial.Noon.AddMinutes(91));
            Expect.Equal(Trial.Noon.AddMinutes(30), due.GetValueOrDefault(record.Id).Record?.LastSeenAt, "LastSeenAt of the due session");
        }),

        Rule("A session that a sweep found and nobody ended is found again later", async t =>
        {
            var record = await t.StartedAsync();
            Expect.True((await t.DueAsync(Trial.Noon.AddHours(2))).ContainsKey(record.Id), "the session to be due", "nothing");
            Expect.True((await t.DueAsync(Trial.Noon.AddDays(2))).ContainsKey(record.Id), "the session to be due a day later", "nothing");
            var seen = await t.RecordAsync(record.Id);
            Comparison.ExpectSame(record, seen);
        }),

        Rule("A session that was never confirmed is due when its time for that is over", async t =>
        {
            var waiting = await t.StartedAsync(t.NewRecord() with { IsConfirmed = false });
            var confirmed = await t.StartedAsync(t.NewRecord() with { IsConfirmed = false });
            await t.TouchAsync(new SessionTouch(confirmed.Id, Trial.Noon.AddSeconds(1)));
            Expect.Equal(0, (await t.DueAsync(Trial.Noon.AddMinutes(1), Trial.Noon.AddMinutes(-9))).Count, "due sessions while there is time");
            var due = await t.DueAsync(Trial.Noon.AddMinutes(11), Trial.Noon.AddMinutes(1));
            Expect.Sequence([waiting.Id], due.Keys, "the due sessions");
        }),

        Rule("Sessions of an older shard epoch are due, whenever they were looked at before", async t =>
        {
            List<SessionId> before = [(await t.StartedAsync()).Id, (await t.StartedAsync(t.NewRecord(t.Visitors))).Id];
            Expect.Equal(0, (await t.DueAsync(Trial.Noon.AddMinutes(1))).Count, "due sessions before the end of the shard");
            var raised = await t.Store.EndShardAsync(t.Shard, WriteId.Create(), SessionEndReason.Everybody, t.Events.ShardEnded(t.Shard, Trial.Noon), t.Cancel);
            await t.StartedAsync();
            var due = await t.DueAsync(Trial.Noon.AddMinutes(1));
            Expect.True(due.Keys.ToHashSet().SetEquals(before), "the sessions that started before", $"{due.Count}");
            Expect.True(due.Values.All(each => each.ShardEpoch == raised.Epoch && each.ShardEndReason == SessionEndReason.Everybody), "epoch and reason of the shard", "others");
        }),

        Rule("Ended sessions and other shards are not due", async t =>
        {
            await t.EndedAsync((await t.StartedAsync()).Id);
            await t.StartedAsync(t.NewRecord(new("bob", (byte)(t.Shard + 1))));
            Expect.Equal(0, (await t.DueAsync(Trial.Noon.AddDays(9))).Count, "due sessions");
            Expect.Equal(1, (await t.DueAsync(Trial.Noon.AddDays(9), shard: (byte)(t.Shard + 1))).Count, "due sessions of the other shard");
        }),

        Rule("A sweep is bounded, and finds everything when it is repeated", async t =>
        {
            HashSet<SessionId> waiting = [];
            for (var i = 0; i < 30; i++)
            {
                var record = await t.StartedAsync(t.NewRecord(new($"subject-{i % 4}", t.Shard)));
                if (i % 3 == 0)
                {
                    await t.TouchAsync(new SessionTouch(record.Id, Trial.Noon.AddMinutes(50)));
                }
                else
                {
                    waiting.Add(record.Id);
                }
            }

            for (var call = 0; call < 60 && waiting.Count > 0; call++)
            {
                var due = await t.Store.FindDueAsync(t.Shard, new(Trial.Noon.AddMinutes(61), Trial.Noon.AddYears(-1), 4), t.Cancel);
                Expect.True(due.Sessions.Count <= 4, "at most 4 sessions", $"{due.Sessions.Count}");
                foreach (var each in due.Sessions)
                {
                    Expect.True(waiting.Remove(each.Record.Id), "only sessions that are due, while they are active", $"{each.Record}");
                    await t.EndAsync(each.Record.Id, Make.Ending(Trial.Noon.AddHours(2), SessionEndReason.Idle), new(LastSeenAt: each.Record.LastSeenAt));
                }
            }

            Expect.Equal(0, waiting.Count, "due sessions that no call found");
        }),

        Rule("Looking for due sessions changes no session and writes no event", async t =>
        {
            var record = await t.StartedAsync();
            var events = (await t.LogAsync()).Count;
            await t.DueAsync(Trial.Noon.AddDays(1));
            Comparison.ExpectSame(record, await t.RecordAsync(record.Id));
            Expect.Equal(events, (await t.LogAsync()).Count, "events in the log");
            await t.TouchAsync(new SessionTouch(record.Id, Trial.Noon.AddMinutes(1)));
            Expect.Equal(Trial.Noon.AddMinutes(1), (await t.RecordAsync(record.Id)).LastSeenAt, "LastSeenAt after a touch");
        }),
    ];

    private static ContractRule Rule(string name, Func<Trial, Task> body) => new("sweeping", name, body);
}
