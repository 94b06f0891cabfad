using Sojourn.Storage;

namespace Sojourn.Testing.Rules;

/// <summary>Opening and probing.</summary>
internal static class OpeningRules
{
    public static IReadOnlyList<ContractRule> All { get; } =
    [
        Rule("A store that is opened again is the same store with the same key", async t =>
        {
            var first = await t.Store.OpenAsync(new(t.Tenant, Trial.Noon), t.Cancel);
            var again = await t.Store.OpenAsync(new(t.Tenant, Trial.Noon.AddDays(1)), t.Cancel);
            Expect.Equal(32, first.DeploymentKey.Length, "the bytes of the deployment key");
            Expect.True(first.DeploymentKey.Any(each => each != 0), "a random deployment key", "32 zero bytes");
            Expect.True(first.DeploymentKey.AsSpan().SequenceEqual(again.DeploymentKey.AsSpan()), "the same deployment key", "another one");
            Expect.Equal(first.StoreId, again.StoreId, "the store id");
        }),

        Rule("Opening again loses nothing", async t =>
        {
            var record = await t.StartedAsync();
            await t.Store.OpenAsync(new(t.Tenant, Trial.Noon), t.Cancel);
            Comparison.ExpectSame(record, await t.RecordAsync(record.Id));
        }),

        Rule("A second node on the same data is the same store and sees the same sessions", async t =>
        {
            var node = await t.OtherNodeAsync();
            var here = await t.Store.OpenAsync(new(t.Tenant, Trial.Noon), t.Cancel);
            var there = await node.OpenAsync(new(t.Tenant, Trial.Noon), t.Cancel);
            Expect.Equal(here.StoreId, there.StoreId, "the store id");
            Expect.True(here.DeploymentKey.AsSpan().SequenceEqual(there.DeploymentKey.AsSpan()), "the same deployment key", "another one");
            var record = await t.StartedAsync();
            Comparison.ExpectSame(record, (await node.FindAsync(record.Id, new(Fresh: true), t.Cancel))?.Record);
        }),

        Rule("A probe tells a time exactly when the store says that it has a clock", async t =>
        {
            var identity = await t.Store.OpenAsync(new(t.Tenant, Trial.Noon), t.Cancel);
            var probe = await t.Store.ProbeAsync(1, t.Cancel);
            Expect.Equal(identity.HasClock, probe.StoreTime is not null, "whether the probe tells a time");
        }),

        Rule("A store object reads its audit log too", async t =>
        {
            Expect.Equal(0, (await t.Log.ReadAsync(t.Shard, 0, 10, t.Cancel)).Count, "events in the log of a new tenant");
        }),
    ];

    private static ContractRule Rule(string name, Func<Trial, Task> body) => new("opening", name, body);
}
