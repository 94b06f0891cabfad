using Sojourn.Storage;

namespace Sojourn.Testing.Rules;

/// <summary>Missing is a value, and an update never inserts.</summary>
internal static class MissingRules
{
    public static IReadOnlyList<ContractRule> All { get; } =
    [
        Rule("What is missing is a value: reads of it give nothing and throw nothing", async t =>
        {
            Expect.True(await t.FindAsync(Make.Id(t.Shard)) is null, "null", "a session");
            Expect.True(await t.Store.FindAsync(default, new(["a"]), t.Cancel) is null, "null for the default id", "a session");
            Expect.Equal(0, (await t.OwnerAsync(new("nobody", t.Shard))).Records.Count, "sessions of nobody");
            Expect.Equal(0, (await t.OwnerAsync(new("nobody", t.Shard), ended: true)).Records.Count, "ended sessions of nobody");
            Expect.Equal(0, (await t.DueAsync(Trial.Noon)).Count, "due sessions in an empty shard");
            Expect.Equal(0, await t.Store.PurgeAsync(t.Shard, Trial.Noon, 10, t.Cancel), "deleted records in an empty shard");
            Expect.Equal(0, (await t.LogAsync()).Count, "events in an empty shard");
        }),

        Rule("A change of a session that does not exist inserts nothing", t => NeverInsertsAsync(t, async record =>
            Expect.Equal(new ChangeResult(ChangeStatus.Missing, null), await ChangeAsync(t, record), "the answer"))),

        Rule("An end of a session that does not exist inserts nothing", t => NeverInsertsAsync(t, async record =>
            Expect.Equal(new EndResult(EndStatus.Missing, null), await t.EndAsync(record.Id, Make.Ending(Trial.Noon)), "the answer"))),

        Rule("A touch of a session that does not exist inserts nothing", t => NeverInsertsAsync(t, async record =>
            await t.TouchAsync(new SessionTouch(record.Id, Trial.Noon, new(System.Net.IPAddress.Loopback, "late"))))),

        Rule("A data write to a session that does not exist inserts nothing", t => NeverInsertsAsync(t, async record =>
            Expect.Equal(DataStatus.Missing, (await t.Store.CommitDataAsync(Make.Commit(record, Make.Set("a", "1")), t.Cancel)).Status, "the answer"))),

        Rule("A take from a session that does not exist inserts nothing", t => NeverInsertsAsync(t, async record =>
            Expect.True(await t.Store.TakeDataAsync(Make.Take(record, "a"), t.Cancel) is null, "null", "a value"))),

        Rule("A session that is started later shows nothing of updates that came too early", async t =>
        {
            var record = t.NewRecord() with { IsConfirmed = false };
            await t.TouchAsync(new SessionTouch(record.Id, Trial.Noon.AddMinutes(1)));
            await t.Store.CommitDataAsync(Make.Commit(record, Make.Set("a", "1")), t.Cancel);
            await t.EndAsync(record.Id, Make.Ending(Trial.Noon));
            await ChangeAsync(t, record);
            var started = await t.StartedAsync(record);
            var seen = await t.FoundAsync(record.Id);
            Comparison.ExpectSame(record with { ShardEpoch = started.ShardEpoch }, seen.Record);
            Expect.Equal(0, seen.Data.Count, "values");
        }),
    ];

    /// <summary>Expects every update of a record to find nothing and to leave nothing.</summary>
    internal static async Task ExpectMissingAsync(Trial t, SessionRecord record)
    {
        Expect.Equal(ChangeStatus.Missing, (await ChangeAsync(t, record)).Status, "the answer to a change");
        Expect.Equal(EndStatus.Missing, (await t.EndAsync(record.Id, Make.Ending(Trial.Noon))).Status, "the answer to an end");
        Expect.Equal(DataStatus.Missing, (await t.Store.CommitDataAsync(Make.Commit(record, Make.Set("a", "1")), t.Cancel)).Status, "the answer to a commit");
        Expect.True(await t.Store.TakeDataAsync(Make.Take(record, "a"), t.Cancel) is null, "null from a take", "a value");
        await t.TouchAsync(new SessionTouch(record.Id, record.LastSeenAt.AddMinutes(1)));
        Expect.True(await t.FindAsync(record.Id) is null, "no session", "one");
    }

    private static async Task NeverInsertsAsync(Trial t, Func<SessionRecord, Task> update)
    {
        var record = t.NewRecord();
        await update(record);
        Expect.True(await t.FindAsync(record.Id) is null, "no session", "one");
        foreach (var ended in new[] { false, true })
        {
            var owner = await t.OwnerAsync(t.Ada, ended);
            Expect.Equal((0, 0, 0L), (owner.Records.Count, owner.ActiveCount, owner.Version), "records, count and version of the owner");
        }

        Expect.Equal(0, (await t.LogAsync()).Count, "events in the log");
    }

    private static ValueTask<ChangeResult> ChangeAsync(Trial t, SessionRecord record)
    {
        var change = new RecordChange { Token = Make.Rotated(record.Token, Trial.Noon), Claims = Make.Claims("late") };
        return t.ChangeAsync(record, change);
    }

    private static ContractRule Rule(string name, Func<Trial, Task> body) => new("missing", name, body);
}
