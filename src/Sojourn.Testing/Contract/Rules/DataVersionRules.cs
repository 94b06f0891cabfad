using Sojourn.Storage;

namespace Sojourn.Testing.Rules;

/// <summary>Versions of data, and write ids.</summary>
internal static class DataVersionRules
{
    public static IReadOnlyList<ContractRule> All { get; } =
    [
        Rule("A data version never comes twice in a session, not even after a removal", async t =>
        {
            var record = await t.StartedAsync();
            long last = 0;
            for (var i = 0; i < 5; i++)
            {
                var version = await t.WrittenAsync(record, Make.Set("a", "1"), Make.Set("b", "1"));
                Expect.True(version > last, $"a version above {last}", $"{version}");
                Expect.True((await t.DataAsync(record.Id)).Values.All(value => value.Version == version), "one version for all keys of a commit", "another");
                last = version;
                await t.WrittenAsync(record, Make.Remove("a"), Make.Remove("b"));
                Expect.True((last = await t.WrittenAsync(record, Make.SetIf("a", "2", 0))) > version, $"a version above {version} after a removal", $"{last}");
                await t.Store.TakeDataAsync(Make.Take(record, "a"), t.Cancel);
            }
        }),

        Rule("A SetIf over a value that was removed and written again meets a conflict", async t =>
        {
            var record = await t.StartedAsync();
            var version = await t.WrittenAsync(record, Make.Set("a", "1"));
            await t.WrittenAsync(record, Make.Remove("a"));
            await t.WrittenAsync(record, Make.Set("a", "1"));
            var result = await t.Store.CommitDataAsync(Make.Commit(record, Make.SetIf("a", "2", version)), t.Cancel);
            Expect.Equal(DataStatus.Conflict, result.Status, "the answer");
        }),

        Rule("A commit that is repeated after others wrote gives its first answer and writes nothing", async t =>
        {
            var record = await t.StartedAsync();
            var commit = Make.Commit(record, Make.Set("a", "first"), Make.SetIf("b", "first", 0), Make.Remove("c"));
            var version = await t.WrittenAsync(commit);
            await t.WrittenAsync(record, Make.Set("a", "second"), Make.Set("c", "second"));
            Expect.Equal(version, await t.WrittenAsync(commit), "the version in the answer to the repeat");
            var data = await t.DataAsync(record.Id);
            Comparison.ExpectSame(new DataValue("a", Make.Text("second"), 0), data["a"]);
            Comparison.ExpectSame(new DataValue("c", Make.Text("second"), 0), data["c"]);
        }),

        Rule("The last sixteen writes of a session are remembered", async t =>
        {
            var record = await t.StartedAsync();
            var commit = Make.Commit(record, Make.SetIf("a", "first", 0));
            var version = await t.WrittenAsync(commit);
            for (var i = 0; i < 15; i++)
            {
                await t.WrittenAsync(record, Make.Set("a", $"{i}"));
            }

            Expect.Equal(version, await t.WrittenAsync(commit), "the version in the answer to the repeat");
            Comparison.ExpectSame(new DataValue("a", Make.Text("14"), 0), (await t.DataAsync(record.Id))["a"]);
        }),

        Rule("A take that is repeated gives the same value again and takes nothing that came later", async t =>
        {
            var record = await t.StartedAsync();
            await t.WrittenAsync(record, Make.Set("flash", "first"));
            var take = Make.Take(record, "flash");
            var taken = await t.Store.TakeDataAsync(take, t.Cancel);
            await t.WrittenAsync(record, Make.Set("flash", "second"));
            var again = await t.Store.TakeDataAsync(take, t.Cancel);
            Comparison.ExpectSame(Expect.NotNull(taken, "the value"), again);
            Expect.Equal(taken!.Version, again!.Version, "the version of the repeated answer");
            Comparison.ExpectSame(new DataValue("flash", Make.Text("second"), 0), (await t.DataAsync(record.Id))["flash"]);
        }),

        Rule("Two writes of one session with different ids are two writes", async t =>
        {
            var (record, other) = (await t.StartedAsync(), await t.StartedAsync());
            var commit = Make.Commit(record, Make.Set("a", "1"));
            var first = await t.WrittenAsync(commit);
            var second = await t.WrittenAsync(commit with { Write = WriteId.Create() });
            Expect.True(second > first, $"a version above {first}", $"{second}");
            await t.WrittenAsync(commit with { Session = other.Id });
            Expect.Equal(1, (await t.DataAsync(other.Id)).Count, "values of another session that was written with the same id");
        }),
    ];

    private static ContractRule Rule(string name, Func<Trial, Task> body) => new("data", name, body);
}
