using Sojourn.Storage;

namespace Sojourn.Testing.Rules;

/// <summary>Writing, comparing and taking data.</summary>
internal static class DataRules
{
    public static IReadOnlyList<ContractRule> All { get; } =
    [
        Rule("A value is found as it was written", async t =>
        {
            var record = await t.StartedAsync();
            DataChange[] changes =
            [
                new("cart", DataChangeKind.Set, Make.Bytes(5000), ExpiresAt: Trial.Noon.AddMilliseconds(777), SurvivesSignIn: false),
                new("Ключ 🔑", DataChangeKind.Set, []),
                new("x", DataChangeKind.SetIf, [0, 255, 0]),
            ];
            await t.WrittenAsync(record, changes);
            var data = await t.DataAsync(record.Id);
            Expect.Equal(3, data.Count, "values");
            foreach (var change in changes)
            {
                Comparison.ExpectSame(new DataValue(change.Key, change.Bytes, 0, change.ExpiresAt, change.SurvivesSignIn), data[change.Key]);
            }
        }),

        Rule("A later write replaces a value with all that belongs to it", async t =>
        {
            var record = await t.StartedAsync();
            await t.WrittenAsync(record, new DataChange("a", DataChangeKind.Set, Make.Text("1"), ExpiresAt: Trial.Noon.AddHours(1), SurvivesSignIn: false));
            await t.WrittenAsync(record, Make.Set("a", "2"));
            Comparison.ExpectSame(new DataValue("a", Make.Text("2"), 0), (await t.DataAsync(record.Id))["a"]);
        }),

        Rule("A commit leaves the keys that it does not name alone", async t =>
        {
            var record = await t.StartedAsync();
            var first = await t.WrittenAsync(record, Make.Set("a", "1"), Make.Set("b", "1"));
            await t.WrittenAsync(record, Make.Set("b", "2"), Make.Remove("none"));
            var data = await t.DataAsync(record.Id);
            Comparison.ExpectSame(new DataValue("a", Make.Text("1"), first), data["a"]);
            Expect.Equal(first, data["a"].Version, "the version of the value that was not named");
        }),

        Rule("A removed key is gone, and removing one that is not there is fine", async t =>
        {
            var record = await t.StartedAsync();
            await t.WrittenAsync(record, Make.Set("a", "1"), Make.Set("b", "1"));
            await t.WrittenAsync(record, Make.Remove("a"), Make.Remove("none"));
            Expect.Sequence(["b"], (await t.DataAsync(record.Id)).Keys, "the keys that are left");
        }),

        Rule("A SetIf writes only over the version that it expects", async t =>
        {
            var record = await t.StartedAsync();
            var version = await t.WrittenAsync(record, Make.SetIf("a", "1", 0));
            var second = await t.WrittenAsync(record, Make.SetIf("a", "2", version));
            foreach (var stale in new[] { 0, version, second + 1 })
            {
                var result = await t.Store.CommitDataAsync(Make.Commit(record, Make.SetIf("a", "lost", stale)), t.Cancel);
                Expect.Equal((DataStatus.Conflict, "a"), (result.Status, result.ConflictKey), $"the answer when version {stale} is expected");
                Comparison.ExpectSame(new DataValue("a", Make.Text("2"), second), result.Current);
                Expect.Equal(second, result.Current!.Version, "the version of the value in conflict");
            }

            var absent = await t.Store.CommitDataAsync(Make.Commit(record, Make.SetIf("none", "lost", version)), t.Cancel);
            Expect.Equal(new DataResult(DataStatus.Conflict, 0, "none"), absent with { Version = 0 }, "the answer when the key is absent");
            Comparison.ExpectSame(new DataValue("a", Make.Text("2"), 0), (await t.DataAsync(record.Id))["a"]);
        }),

        Rule("A commit with one conflict writes nothing at all", async t =>
        {
            var record = await t.StartedAsync();
            var version = await t.WrittenAsync(record, Make.Set("a", "1"), Make.Set("b", "1"));
            var result = await t.Store.CommitDataAsync(Make.Commit(record, Make.Set("a", "2"), Make.Set("new", "2"), Make.SetIf("c", "2", 99), Make.Remove("b")), t.Cancel);
            Expect.Equal((DataStatus.Conflict, "c"), (result.Status, result.ConflictKey), "the answer");
            var data = await t.DataAsync(record.Id);
            Expect.Sequence(["a", "b"], data.Keys.Order(StringComparer.Ordinal), "the keys");
            Expect.True(data.Values.All(value => value.Version == version), "values as they were", "a changed one");
        }),

        Rule("A request of an older lineage writes and takes nothing", async t =>
        {
            var record = await t.StartedAsync();
            await t.WrittenAsync(record, Make.Set("a", "1"));
            var stepped = await t.ChangedAsync(record, new() { Token = Make.SteppedUp(record.Token, Trial.Noon) });
            Expect.Equal(DataStatus.OlderLineage, (await t.Store.CommitDataAsync(Make.Commit(record, Make.Set("a", "late")), t.Cancel)).Status, "the answer");
            Expect.True(await t.Store.TakeDataAsync(Make.Take(record, "a"), t.Cancel) is null, "null from a take", "a value");
            Comparison.ExpectSame(new DataValue("a", Make.Text("1"), 0), (await t.DataAsync(record.Id))["a"]);
            await t.WrittenAsync(stepped, Make.Set("a", "2"));
        }),

        Rule("A request whose token was rotated meanwhile still writes", async t =>
        {
            var record = await t.StartedAsync();
            await t.RotatedAsync(record);
            await t.WrittenAsync(record, Make.Set("a", "1"));
        }),

        Rule("A taken value is given out once and gone", async t =>
        {
            var record = await t.StartedAsync();
            var version = await t.WrittenAsync(record, new DataChange("flash", DataChangeKind.Set, Make.Text("1"), ExpiresAt: Trial.Noon.AddHours(1), SurvivesSignIn: false), Make.Set("a", "1"));
            var taken = await t.Store.TakeDataAsync(Make.Take(record, "flash"), t.Cancel);
            Comparison.ExpectSame(new DataValue("flash", Make.Text("1"), version, Trial.Noon.AddHours(1), false), taken);
            Expect.True(await t.Store.TakeDataAsync(Make.Take(record, "flash"), t.Cancel) is null, "null for the second take", "a value");
            Expect.True(await t.Store.TakeDataAsync(Make.Take(record, "none"), t.Cancel) is null, "null for a key that was never there", "a value");
            Expect.Sequence(["a"], (await t.DataAsync(record.Id)).Keys, "the keys that are left");
        }),

        Rule("Data writes touch nothing of the record, its owner or the log", async t =>
        {
            var record = await t.StartedAsync();
            var (owner, events) = ((await t.OwnerAsync(t.Ada)).Version, (await t.LogAsync()).Count);
            await t.WrittenAsync(record, Make.Set("a", "1"));
            await t.Store.TakeDataAsync(Make.Take(record, "a"), t.Cancel);
            var seen = await t.RecordAsync(record.Id);
            Comparison.ExpectSame(record with { Version = seen.Version }, seen);
            Expect.Equal((owner, events), ((await t.OwnerAsync(t.Ada)).Version, (await t.LogAsync()).Count), "the owner's version and the events in the log");
        }),
    ];

    private static ContractRule Rule(string name, Func<Trial, Task> body) => new("data", name, body);
}
