using Sojourn.Storage;

namespace Sojourn.Testing.Rules;

/// <summary>Starting a session that nothing forbids.</summary>
internal static class StartingRules
{
    public static IReadOnlyList<ContractRule> All { get; } =
    [
        Rule("A started session is found as it was given, in every field", async t =>
        {
            foreach (var record in Samples.All(t.Tenant, t.Shard, Trial.Noon))
            {
                var result = await t.Store.StartAsync(t.Creation(record), t.Cancel);
                Expect.Equal(StartStatus.Started, result.Status, "the answer");
                var expected = record with { ShardEpoch = result.Record!.ShardEpoch };
                Comparison.ExpectSame(expected, result.Record);
                Comparison.ExpectSame(expected, await t.RecordAsync(record.Id));
            }
        }),

        Rule("A start fills in the shard's epoch, whatever the record said", async t =>
        {
            var raised = await t.Store.EndShardAsync(t.Shard, WriteId.Create(), SessionEndReason.Everybody, t.Events.ShardEnded(t.Shard, Trial.Noon), t.Cancel);
            var record = await t.StartedAsync(t.NewRecord() with { ShardEpoch = raised.Epoch + 7 });
            Expect.Equal(raised.Epoch, record.ShardEpoch, "ShardEpoch of the answer");
            Expect.Equal(raised.Epoch, (await t.RecordAsync(record.Id)).ShardEpoch, "ShardEpoch of the stored record");
        }),

        Rule("A session starts with the data that it is given", async t =>
        {
            DataValue[] data =
            [
                new("cart", Make.Bytes(1000), 41, Trial.Noon.AddMinutes(5), SurvivesSignIn: false),
                new("Thème 🎨", [], 7),
                new("flash", Make.Text("x"), 7, SurvivesSignIn: true),
            ];
            var record = await t.StartedAsync(t.Creation(t.NewRecord(), data: data));
            var seen = await t.DataAsync(record.Id);
            Expect.Sequence(data.Select(value => value.Key).Order(StringComparer.Ordinal), seen.Keys.Order(StringComparer.Ordinal), "the keys");
            foreach (var value in data)
            {
                Comparison.ExpectSame(value, seen[value.Key]);
            }
        }),

        Rule("Data from the start has versions that later writes compare with and never get again", async t =>
        {
            var record = await t.StartedAsync(t.Creation(t.NewRecord(), data: [new("a", Make.Text("1"), 9), new("b", Make.Text("1"), 9)]));
            var seen = await t.DataAsync(record.Id);
            Expect.True(seen["a"].Version != 0, "a version other than 0, which stands for no value", "0");
            var version = await t.WrittenAsync(record, Make.SetIf("a", "2", seen["a"].Version));
            Expect.True(version > seen["a"].Version && version > seen["b"].Version, "a version above those of the start", $"{version}");
        }),

        Rule("A start never takes over an id that is in use", async t =>
        {
            var record = await t.StartedAsync(t.Creation(t.NewRecord(), data: [new("cart", Make.Text("mine"), 1)]));
            var thief = t.NewRecord(new("eve", t.Shard)) with { Id = record.Id };
            try
            {
                var result = await t.Store.StartAsync(t.Creation(thief, data: [new("cart", Make.Text("hers"), 1)]), t.Cancel);
                Expect.True(result.Status != StartStatus.Started, "a refusal", "Started");
            }
            catch (Exception refusal) when (refusal is SessionStoreException or ArgumentException or InvalidOperationException)
            {
                // No caller makes an id twice, so a store may treat it as misuse.
            }

            Comparison.ExpectSame(record, await t.RecordAsync(record.Id));
            Comparison.ExpectSame(new DataValue("cart", Make.Text("mine"), 1), (await t.DataAsync(record.Id))["cart"]);
            Expect.Equal(0, (await t.OwnerAsync(new("eve", t.Shard))).ActiveCount, "active sessions of the other subject");
        }),

        Rule("A start ends nobody who is not named", async t =>
        {
            var other = await t.StartedAsync();
            await t.StartedAsync();
            Comparison.ExpectSame(other, await t.RecordAsync(other.Id));
        }),
    ];

    private static ContractRule Rule(string name, Func<Trial, Task> body) => new("starting", name, body);
}
