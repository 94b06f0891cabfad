using Sojourn.Storage;

namespace Sojourn.Testing.Rules;

/// <summary>How much data a session may hold.</summary>
internal static class DataLimitRules
{
    public static IReadOnlyList<ContractRule> All { get; } =
    [
        Rule("A value fits when key and value together reach the limit, and not one byte more", async t =>
        {
            var record = await t.StartedAsync();
            await ExpectAsync(t, record, DataStatus.Written, new(10, 100), Value("k1", 8));
            var result = await ExpectAsync(t, record, DataStatus.TooLarge, new(10, 100), Value("ok", 1), Value("k2", 9));
            Expect.Equal("k2", result.ConflictKey, "the key that is too large");
            await ExpectKeysAsync(t, record, "k1");
        }),

        Rule("All values together fit when they reach the limit, and not one byte more", async t =>
        {
            var record = await t.StartedAsync();
            await ExpectAsync(t, record, DataStatus.Written, new(20, 30), Value("k1", 8), Value("k2", 8));
            var result = await ExpectAsync(t, record, DataStatus.TooLarge, new(20, 30), Value("k3", 9));
            Expect.Equal(null, result.ConflictKey, "the key, when it is all of them together");
            await ExpectKeysAsync(t, record, "k1", "k2");
            await ExpectAsync(t, record, DataStatus.Written, new(20, 30), Value("k3", 8));
        }),

        Rule("A value that replaces another, or comes with a removal, counts only for what is left", async t =>
        {
            var record = await t.StartedAsync();
            await ExpectAsync(t, record, DataStatus.Written, new(30, 30), Value("k1", 8), Value("k2", 8), Value("k3", 8));
            await ExpectAsync(t, record, DataStatus.Written, new(30, 30), Value("k1", 8), Value("k2", 7));
            await ExpectAsync(t, record, DataStatus.Written, new(30, 30), Value("k2", 28), Make.Remove("k1"), Make.Remove("k3"));
            await ExpectKeysAsync(t, record, "k2");
        }),

        Rule("A taken or removed value makes room", async t =>
        {
            var record = await t.StartedAsync();
            await ExpectAsync(t, record, DataStatus.Written, new(30, 20), Value("k1", 8), Value("k2", 8));
            await t.Store.TakeDataAsync(Make.Take(record, "k1"), t.Cancel);
            await ExpectAsync(t, record, DataStatus.Written, new(30, 20), Value("k3", 8));
            await t.WrittenAsync(record, Make.Remove("k2"));
            await ExpectAsync(t, record, DataStatus.Written, new(30, 20), Value("k4", 8));
        }),

        Rule("Data from the start counts", async t =>
        {
            var record = await t.StartedAsync(t.Creation(t.NewRecord(), data: [new("k1", Make.Bytes(8), 1)]));
            await ExpectAsync(t, record, DataStatus.TooLarge, new(30, 19), Value("k2", 8));
            await ExpectAsync(t, record, DataStatus.Written, new(30, 20), Value("k2", 8));
        }),

        Rule("A commit that is too large writes none of its keys", async t =>
        {
            var record = await t.StartedAsync();
            var version = await t.WrittenAsync(record, Value("k1", 8));
            await ExpectAsync(t, record, DataStatus.TooLarge, new(30, 20), Value("k1", 1), Value("k2", 8), Value("k3", 8), Make.Remove("none"));
            await ExpectKeysAsync(t, record, "k1");
            Expect.Equal(version, (await t.DataAsync(record.Id))["k1"].Version, "the version of the value that was there");
        }),

        Rule("Values that lapsed never block a write", async t =>
        {
            var record = await t.StartedAsync();
            await ExpectAsync(t, record, DataStatus.Written, new(30, 30),
                Value("k1", 8) with { ExpiresAt = Trial.Noon.AddMinutes(1) }, Value("k2", 8) with { ExpiresAt = Trial.Noon.AddMinutes(9) }, Value("k3", 8));
            await ExpectAsync(t, record, DataStatus.TooLarge, new(30, 30), Value("k4", 8));
            var commit = Make.Commit(record, Value("k4", 8)) with { Limits = new(30, 30), Now = Trial.Noon.AddMinutes(5) };
            await t.WrittenAsync(commit);
            var left = await t.DataAsync(record.Id);
            Expect.Sequence(["k2", "k3", "k4"], left.Keys.Except(["k1"], StringComparer.Ordinal).Order(StringComparer.Ordinal), "the keys that have not lapsed");
        }),

        Rule("Two sessions do not share a limit", async t =>
        {
            foreach (var record in new[] { await t.StartedAsync(), await t.StartedAsync() })
            {
                await ExpectAsync(t, record, DataStatus.Written, new(10, 10), Value("k1", 8));
            }
        }),
    ];

    private static DataChange Value(string key, int bytes) => new(key, DataChangeKind.Set, Make.Bytes(bytes));

    private static async Task<DataResult> ExpectAsync(Trial t, SessionRecord record, DataStatus status, DataLimits limits, params DataChange[] changes)
    {
        var result = await t.Store.CommitDataAsync(Make.Commit(record, changes) with { Limits = limits }, t.Cancel);
        Expect.Equal(status, result.Status, "the answer");
        return result;
    }

    private static async Task ExpectKeysAsync(Trial t, SessionRecord record, params string[] keys)
        => Expect.Sequence(keys, (await t.DataAsync(record.Id)).Keys.Order(StringComparer.Ordinal), "the keys");

    private static ContractRule Rule(string name, Func<Trial, Task> body) => new("data", name, body);
}
