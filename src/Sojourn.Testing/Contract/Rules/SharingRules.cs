using Sojourn.Storage;

namespace Sojourn.Testing.Rules;

/// <summary>What a store is given and what it returns belongs to the caller afterwards.</summary>
internal static class SharingRules
{
    public static IReadOnlyList<ContractRule> All { get; } =
    [
        Rule("A snapshot stays as it was read, whatever is written later", async t =>
        {
            var record = await t.StartedAsync();
            await t.WrittenAsync(record, Make.Set("a", "1"));
            var (before, list) = (await t.FoundAsync(record.Id), await t.OwnerAsync(t.Ada));
            await t.TouchAsync(new SessionTouch(record.Id, Trial.Noon.AddMinutes(1), new(System.Net.IPAddress.Loopback, "new")));
            await t.RotatedAsync(record);
            await t.WrittenAsync(record, Make.Set("a", "2"), Make.Set("b", "2"));
            await t.EndedAsync(record.Id);
            Comparison.ExpectSame(record with { Version = before.Record.Version }, before.Record);
            Comparison.ExpectSame(new DataValue("a", Make.Text("1"), 0), before.Data.Single());
            Comparison.ExpectSame(before.Record, list.Records.Single());
        }),

        Rule("Nobody can write to a store through what it returned", async t =>
        {
            var record = await t.StartedAsync();
            await t.WrittenAsync(record, Make.Set("a", "1"), Make.Set("b", "1"));
            Scribble((await t.FoundAsync(record.Id)).Data);
            Scribble((await t.OwnerAsync(t.Ada)).Records);
            Scribble(await t.Log.ReadAsync(t.Shard, 0, 10, t.Cancel));
            Expect.Sequence(["a", "b"], (await t.DataAsync(record.Id)).Keys.Order(StringComparer.Ordinal), "the keys");
            Expect.Sequence([record.Id], (await t.OwnerAsync(t.Ada)).Records.Select(each => each.Id), "the list");
            Expect.Equal(1, (await t.LogAsync()).Count, "events in the log");
        }),

        Rule("Nothing changes in a store when the lists of a start change after the call", async t =>
        {
            var victim = await t.StartedAsync();
            List<DataValue> data = [new("a", Make.Text("1"), 1)];
            List<SessionEnd> victims = [new(victim.Id, Make.Ending(Trial.Noon))];
            var creation = t.Creation(t.NewRecord(), 100, data, (await t.OwnerAsync(t.Ada)).Version, [.. victims]) with { Victims = victims };
            var record = await t.StartedAsync(creation);
            data[0] = new("b", Make.Text("2"), 1);
            data.Add(data[0]);
            victims.Clear();
            Expect.Sequence(["a"], (await t.DataAsync(record.Id)).Keys, "the keys");
            Expect.Equal(StartStatus.Started, (await t.Store.StartAsync(creation, t.Cancel)).Status, "the answer to the repeat");
            Expect.True(!(await t.RecordAsync(victim.Id)).IsActive, "an ended victim", "an active one");
        }),

        Rule("Nothing changes in a store when the lists of a data write change after the call", async t =>
        {
            var record = await t.StartedAsync();
            List<DataChange> changes = [Make.Set("a", "1")];
            await t.WrittenAsync(Make.Commit(record) with { Changes = changes });
            changes[0] = Make.Set("b", "2");
            changes.Add(Make.Remove("a"));
            Expect.Sequence(["a"], (await t.DataAsync(record.Id)).Keys, "the keys");
            List<string> keys = ["a"];
            var found = await t.Store.FindAsync(record.Id, new(keys), t.Cancel);
            keys.Clear();
            Expect.Equal(1, found!.Value.Data.Count, "values that were found");
        }),

        Rule("Nothing changes in a store when a list of touches or ends changes after the call", async t =>
        {
            var (record, other) = (await t.StartedAsync(), await t.StartedAsync());
            List<SessionTouch> touches = [new(record.Id, Trial.Noon.AddMinutes(1))];
            await t.Store.TouchAsync(touches, t.Cancel);
            touches[0] = new(other.Id, Trial.Noon.AddMinutes(9));
            List<SessionEnd> ends = [new(record.Id, Make.Ending(Trial.Noon))];
            await t.Store.EndSubjectAsync(t.SubjectEnding(t.Ada, (await t.OwnerAsync(t.Ada)).Version, null, [.. ends]) with { Ends = ends }, t.Cancel);
            ends[0] = new(other.Id, Make.Ending(Trial.Noon));
            Comparison.ExpectSame(other, await t.RecordAsync(other.Id));
            Expect.Equal((Trial.Noon.AddMinutes(1), false), ((await t.RecordAsync(record.Id)).LastSeenAt, (await t.RecordAsync(record.Id)).IsActive), "time and state of the other");
        }),
    ];

    /// <summary>Overwrites a returned list, if it lets itself be written to.</summary>
    private static void Scribble<T>(IReadOnlyList<T> returned)
    {
        if (returned is T[] array)
        {
            Array.Clear(array);
        }
        else if (returned is IList<T> { IsReadOnly: false } list)
        {
            list.Clear();
        }
    }

    private static ContractRule Rule(string name, Func<Trial, Task> body) => new("sharing", name, body);
}
