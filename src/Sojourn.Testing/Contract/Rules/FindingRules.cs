using Sojourn.Storage;

namespace Sojourn.Testing.Rules;

/// <summary>Reading one session.</summary>
internal static class FindingRules
{
    public static IReadOnlyList<ContractRule> All { get; } =
    [
        Rule("Every found record repeats the id that was asked for", async t =>
        {
            List<SessionId> ids = [];
            for (var i = 0; i < 64; i++)
            {
                ids.Add((await t.StartedAsync(t.NewRecord(new($"subject-{i % 8}", (byte)(t.Shard + (i % 4)))))).Id);
            }

            var found = await Task.WhenAll(ids.Select(id => t.FoundAsync(id)));
            Expect.Sequence(ids, found.Select(snapshot => snapshot.Record.Id), "the ids");
        }),

        Rule("A read brings the data keys that were asked for, as far as present, and no others", async t =>
        {
            var record = await t.StartedAsync();
            await t.WrittenAsync(record, Make.Set("a", "1"), Make.Set("b", "2"), Make.Set("A", "3"));
            await ExpectKeysAsync(t, record.Id, default);
            await ExpectKeysAsync(t, record.Id, new([]));
            await ExpectKeysAsync(t, record.Id, new(["b"]), "b");
            await ExpectKeysAsync(t, record.Id, new(["a", "none", "A"]), "A", "a");
            await ExpectKeysAsync(t, record.Id, new(["none"]));
            await ExpectKeysAsync(t, record.Id, new(AllData: true), "A", "a", "b");
        }),

        Rule("A fresh read gives what another read gives", async t =>
        {
            var record = await t.StartedAsync();
            await t.TouchAsync(new SessionTouch(record.Id, Trial.Noon.AddMinutes(2)));
            var fresh = await t.Store.FindAsync(record.Id, new(Fresh: true), t.Cancel);
            Comparison.ExpectSame(record with { LastSeenAt = Trial.Noon.AddMinutes(2) }, fresh?.Record);
        }),

        Rule("A session is found with the epoch of its shard", async t =>
        {
            var record = await t.StartedAsync();
            var before = await t.FoundAsync(record.Id);
            Expect.Equal(before.ShardEpoch, before.Record.ShardEpoch, "the record's epoch beside the shard's");
            var raised = await t.Store.EndShardAsync(t.Shard, WriteId.Create(), SessionEndReason.Restored, t.Events.ShardEnded(t.Shard, Trial.Noon), t.Cancel);
            var after = await t.FoundAsync(record.Id);
            Expect.Equal(raised.Epoch, after.ShardEpoch, "the shard's epoch");
            Expect.Equal(SessionEndReason.Restored, after.ShardEndReason, "the reason of the shard's end");
            Expect.Equal(before.Record.ShardEpoch, after.Record.ShardEpoch, "the record's epoch, which stays");
        }),

        Rule("An ended session is found, with its ending and without its data", async t =>
        {
            var record = await t.StartedAsync();
            await t.WrittenAsync(record, Make.Set("cart", "1"));
            var ending = Make.Ending(Trial.Noon.AddMinutes(1), SessionEndReason.ReportedByOwner);
            var ended = await t.EndedAsync(record.Id, ending);
            var found = await t.FoundAsync(record.Id);
            Comparison.ExpectSame(record with { Ending = ending, Version = ended.Version }, found.Record);
            Expect.Equal(0, found.Data.Count, "values of the ended session");
        }),

        Rule("An ended session that was sealed is found with its data", async t =>
        {
            var record = await t.StartedAsync();
            await t.WrittenAsync(record, Make.Set("cart", "1"), Make.Set("theme", "dark"));
            var seal = Make.Seal(Trial.Noon.AddMinutes(1), TimeSpan.FromMinutes(5));
            await t.EndedAsync(record.Id, seal);
            var found = await t.FoundAsync(record.Id);
            Expect.Equal(seal, found.Record.Ending, "the ending");
            Expect.Sequence(["cart", "theme"], found.Data.Select(value => value.Key).Order(StringComparer.Ordinal), "the sealed keys");
            await ExpectKeysAsync(t, record.Id, new(["theme"]), "theme");
        }),
    ];

    private static async Task ExpectKeysAsync(Trial t, SessionId id, SessionRead read, params string[] keys)
    {
        var found = await t.Store.FindAsync(id, read, t.Cancel);
        Expect.Sequence(keys, found!.Value.Data.Select(value => value.Key).Order(StringComparer.Ordinal), $"the keys of {read}");
    }

    private static ContractRule Rule(string name, Func<Trial, Task> body) => new("finding", name, body);
}
