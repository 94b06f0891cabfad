using Sojourn.Storage;

namespace Sojourn.Testing.Rules;

/// <summary>Deleting what is kept no longer.</summary>
internal static class PurgingRules
{
    public static IReadOnlyList<ContractRule> All { get; } =
    [
        Rule("An ended record is kept until its time and deleted behind it", async t =>
        {
            var record = await t.StartedAsync();
            var ended = await t.EndedAsync(record.Id, Make.Ending(Trial.Noon) with { KeepUntil = Trial.Noon.AddDays(1) });
            await t.PurgeAllAsync(Trial.Noon.AddDays(1).AddSeconds(-1));
            Comparison.ExpectSame(ended, await t.RecordAsync(record.Id));
            await t.PurgeAllAsync(Trial.Noon.AddDays(1).AddSeconds(1));
            Expect.True(await t.FindAsync(record.Id) is null, "no session", "one");
            Expect.Equal(0, (await t.OwnerAsync(t.Ada, ended: true)).Records.Count, "ended sessions in the list");
        }),

        Rule("An active session is never deleted, however old", async t =>
        {
            var record = await t.StartedAsync();
            await t.PurgeAllAsync(Trial.Noon.AddYears(50));
            Comparison.ExpectSame(record, await t.RecordAsync(record.Id));
        }),

        Rule("Sealed data is kept until its time and only until then, and the record stays", async t =>
        {
            var record = await t.StartedAsync();
            await t.WrittenAsync(record, Make.Set("cart", "1"));
            var ended = await t.EndedAsync(record.Id, Make.Seal(Trial.Noon, TimeSpan.FromMinutes(5)));
            await t.PurgeAllAsync(Trial.Noon.AddMinutes(5).AddSeconds(-1));
            Expect.Equal(1, (await t.DataAsync(record.Id)).Count, "sealed values before their time");
            await t.PurgeAllAsync(Trial.Noon.AddMinutes(5).AddSeconds(1));
            Expect.Equal(0, (await t.DataAsync(record.Id)).Count, "sealed values after their time");
            Expect.Equal(ended.Ending, (await t.RecordAsync(record.Id)).Ending, "the ending");
        }),

        Rule("A purge is bounded, counts what it deleted, and is done when it deleted fewer", async t =>
        {
            List<SessionId> gone = [];
            for (var i = 0; i < 25; i++)
            {
                var record = await t.StartedAsync(t.NewRecord(new($"subject-{i % 3}", t.Shard)));
                await t.EndedAsync(record.Id, Make.Ending(Trial.Noon) with { KeepUntil = Trial.Noon.AddMinutes(i + 1) });
                gone.Add(record.Id);
            }

            var kept = await t.StartedAsync();
            await t.EndedAsync(kept.Id);
            Expect.Equal(10, await t.Store.PurgeAsync(t.Shard, Trial.Noon.AddDays(1), 10, t.Cancel), "deleted records of the first call");
            await t.PurgeAllAsync(Trial.Noon.AddDays(1), 10);
            Expect.Equal(0, await t.Store.PurgeAsync(t.Shard, Trial.Noon.AddDays(1), 10, t.Cancel), "deleted records when none is left");
            foreach (var id in gone)
            {
                Expect.True(await t.FindAsync(id) is null, "no session", "one");
            }

            Expect.True(await t.FindAsync(kept.Id) is not null, "the record whose time has not come", "null");
        }),

        Rule("A purge stays in its shard", async t =>
        {
            var other = await t.StartedAsync(t.NewRecord(new("bob", (byte)(t.Shard + 1))));
            await t.EndedAsync(other.Id, Make.Ending(Trial.Noon) with { KeepUntil = Trial.Noon.AddMinutes(1) });
            await t.PurgeAllAsync(Trial.Noon.AddDays(1));
            Expect.True(await t.FindAsync(other.Id) is not null, "the record of another shard", "null");
        }),

        Rule("A purge leaves version, count and log of the owner alone", async t =>
        {
            var (record, _) = (await t.StartedAsync(), await t.StartedAsync());
            await t.EndedAsync(record.Id, Make.Ending(Trial.Noon) with { KeepUntil = Trial.Noon.AddMinutes(1) });
            var (version, events) = ((await t.OwnerAsync(t.Ada)).Version, await t.LogAsync());
            await t.PurgeAllAsync(Trial.Noon.AddDays(1));
            var owner = await t.OwnerAsync(t.Ada);
            Expect.True(owner.Version >= version, $"a version of at least {version}", $"{owner.Version}");
            Expect.Equal(1, owner.ActiveCount, "active sessions");
            Comparison.ExpectSame(events, await t.LogAsync());
        }),

        Rule("An owner's version never starts over, not even when everything of the owner was deleted", async t =>
        {
            var record = await t.StartedAsync();
            await t.EndedAsync(record.Id, Make.Ending(Trial.Noon) with { KeepUntil = Trial.Noon.AddMinutes(1) });
            var version = (await t.OwnerAsync(t.Ada)).Version;
            await t.PurgeAllAsync(Trial.Noon.AddDays(1));
            await t.StartedAsync();
            var after = (await t.OwnerAsync(t.Ada)).Version;
            Expect.True(after > version, $"a version above {version}", $"{after}");
        }),

        Rule("After a purge, late writes find nothing and insert nothing", async t =>
        {
            var record = await t.StartedAsync();
            await t.EndedAsync(record.Id, Make.Ending(Trial.Noon) with { KeepUntil = Trial.Noon.AddMinutes(1) });
            await t.PurgeAllAsync(Trial.Noon.AddDays(1));
            await MissingRules.ExpectMissingAsync(t, record);
        }),
    ];

    private static ContractRule Rule(string name, Func<Trial, Task> body) => new("sweeping", name, body);
}
