using Sojourn.Storage;

namespace Sojourn.Testing.Rules;

/// <summary>Tenants share a store and nothing else.</summary>
internal static class TenantRules
{
    public static IReadOnlyList<ContractRule> All { get; } =
    [
        Rule("The same session id in two tenants is two sessions", async t =>
        {
            var (other, record) = (await t.OtherTenantAsync("-b"), t.NewRecord());
            var here = await t.StartedAsync(record);
            Expect.True(await other.FindAsync(record.Id) is null, "no session in the other tenant", "one");
            var there = await other.StartedAsync(record with { Tenant = other.Tenant, Subject = "bob" });
            await t.WrittenAsync(here, Make.Set("a", "here"));
            await other.WrittenAsync(there, Make.Set("a", "there"));
            await other.TouchAsync(new SessionTouch(record.Id, Trial.Noon.AddMinutes(5)));
            await other.EndedAsync(record.Id);
            Comparison.ExpectSame(here, (await t.RecordAsync(record.Id)) with { Version = here.Version });
            Comparison.ExpectSame(new DataValue("a", Make.Text("here"), 0), (await t.DataAsync(record.Id))["a"]);
        }),

        Rule("Owners, limits and not-befores of two tenants are apart", async t =>
        {
            var other = await t.OtherTenantAsync("-b");
            await t.StartedAsync(t.Creation(t.NewRecord(), limit: 1));
            Expect.Equal((0, 0L), ((await other.OwnerAsync(t.Ada)).Records.Count, (await other.OwnerAsync(t.Ada)).Version), "sessions and version of the same owner in the other tenant");
            var there = other.NewRecord(t.Ada);
            await other.StartedAsync(other.Creation(there, limit: 1));
            await other.RevokeSubjectAsync(t.Ada, Trial.Noon.AddDays(1));
            Expect.Equal((1, null), ((await t.OwnerAsync(t.Ada)).ActiveCount, (await t.OwnerAsync(t.Ada)).NotBefore), "active sessions and not-before of the first");
        }),

        Rule("Shards, sweeps, purges and logs of two tenants are apart", async t =>
        {
            var other = await t.OtherTenantAsync("-b");
            var (here, there) = (await t.StartedAsync(), await other.StartedAsync(other.NewRecord(t.Ada)));
            await other.Store.EndShardAsync(t.Shard, WriteId.Create(), SessionEndReason.Everybody, other.Events.ShardEnded(t.Shard, Trial.Noon), t.Cancel);
            var found = await t.FoundAsync(here.Id);
            Expect.Equal(found.Record.ShardEpoch, found.ShardEpoch, "the epoch of the first tenant's shard");
            Expect.Sequence([here.Id], (await t.DueAsync(Trial.Noon.AddDays(1))).Keys, "due sessions of the first");
            Expect.Sequence([there.Id], (await other.DueAsync(Trial.Noon.AddDays(1), shard: t.Shard)).Keys, "due sessions of the second");
            await t.EndedAsync(here.Id, Make.Ending(Trial.Noon) with { KeepUntil = Trial.Noon.AddMinutes(1) });
            Expect.Equal(0, await other.Store.PurgeAsync(t.Shard, Trial.Noon.AddDays(1), 10, t.Cancel), "records that the second tenant purged");
            Expect.Equal((2, 2), ((await t.LogAsync()).Count, (await other.LogAsync(t.Shard)).Count), "events of each");
        }),

        Rule("A tenant hears nothing of another on its feed", async t =>
        {
            var (other, record) = (await t.OtherTenantAsync("-b"), t.NewRecord());
            await t.StartedAsync(record);
            await other.StartedAsync(record with { Tenant = other.Tenant });
            using var feed = new FeedListener(t);
            await other.EndedAsync(record.Id);
            await other.Store.EndShardAsync(t.Shard, WriteId.Create(), SessionEndReason.Everybody, other.Events.ShardEnded(t.Shard, Trial.Noon), t.Cancel);
            await feed.SettleAsync(t.Store, t.Cancel);
            Expect.Equal(0, feed.Messages.Count(message => message.Kind is FeedMessageKind.Ended or FeedMessageKind.ShardEnded), "messages of the other tenant");
        }),

        Rule("Tenants, subjects and keys with names that run into each other are apart", async t =>
        {
            (string Tenant, string Subject)[] names = [("", "x:y"), (":x", "y"), (":x:y", "y"), ("%", "y"), ("Ä", "y"), ("ä", "y"), ("*", "x"), ("'", "\\")];
            var trials = new List<Trial>();
            foreach (var (tenant, subject) in names)
            {
                var trial = await t.OtherTenantAsync(tenant);
                var record = await trial.StartedAsync(Make.Record(trial.Tenant, new(subject, t.Shard), Trial.Noon));
                await trial.WrittenAsync(record, Make.Set("a", tenant), Make.Set("A", "2"), Make.Set("a ", "3"), Make.Set("a:b", "4"), Make.Set("%", "5"));
                trials.Add(trial);
            }

            foreach (var (trial, (tenant, subject)) in trials.Zip(names))
            {
                var record = (await trial.OwnerAsync(new(subject, t.Shard))).Records.Single();
                Expect.Equal((trial.Tenant, subject), (record.Tenant, record.Subject), "tenant and subject");
                var data = await trial.DataAsync(record.Id);
                Expect.Equal(5, data.Count, "values");
                Comparison.ExpectSame(new DataValue("a", Make.Text(tenant), 0), data["a"]);
                Expect.Equal(1, (await trial.LogAsync(t.Shard)).Count, "events in the log");
            }
        }),
    ];

    private static ContractRule Rule(string name, Func<Trial, Task> body) => new("tenants", name, body);
}
