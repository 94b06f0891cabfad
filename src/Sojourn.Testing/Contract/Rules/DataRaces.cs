using Sojourn.Storage;

namespace Sojourn.Testing.Rules;

/// <summary>Two requests that write the data of one session at the same time.</summary>
internal static class DataRaces
{
    public static IReadOnlyList<ContractRule> All { get; } =
    [
        Rule("Two updates of one key at the same time both count", async t =>
        {
            await Race.RunAsync(t, i => NewRoundAsync(t, i),
                async round =>
                {
                    var value = (await t.DataAsync(round.Record.Id))["n"];
                    Comparison.ExpectSame(new DataValue("n", Make.Text("2"), 0), value);
                    Expect.Sequence([1, 2], new[] { round.First, round.Second }.Order(), "what the two counted");
                    return round.First == 1 ? 0 : 1;
                },
                async round => round.First = await t.CountUpAsync(round.Record, "n"),
                async round => round.Second = await t.CountUpAsync(round.Record, "n"));
        }),

        Rule("Of two updates that expect one version one is written, and the other meets a conflict", async t =>
        {
            await Race.RunAsync(t, i => NewRoundAsync(t, i),
                async round =>
                {
                    var first = round.FirstResult.Status == DataStatus.Written;
                    Expect.Sequence([DataStatus.Written, DataStatus.Conflict], new[] { round.FirstResult.Status, round.SecondResult.Status }.Order(), "the two answers");
                    var stored = (await t.DataAsync(round.Record.Id))["a"];
                    Comparison.ExpectSame(new DataValue("a", Make.Text(first ? "first" : "second"), 0), stored);
                    Expect.Equal(stored.Version, (first ? round.SecondResult : round.FirstResult).Current?.Version, "the version in the other's answer");
                    return first ? 0 : 1;
                },
                async round => round.FirstResult = await t.Store.CommitDataAsync(Make.Commit(round.Record, Make.SetIf("a", "first", 0)), t.Cancel),
                async round => round.SecondResult = await t.Store.CommitDataAsync(Make.Commit(round.Record, Make.SetIf("a", "second", 0)), t.Cancel));
        }),

        Rule("Two keys that are written at the same time are both kept", async t =>
        {
            await Race.RunAsync(t, i => NewRoundAsync(t, i),
                async round =>
                {
                    Expect.Equal((DataStatus.Written, DataStatus.Written), (round.FirstResult.Status, round.SecondResult.Status), "the two answers");
                    var data = await t.DataAsync(round.Record.Id);
                    Comparison.ExpectSame(new DataValue("a", Make.Text("1"), 0), data.GetValueOrDefault("a"));
                    Comparison.ExpectSame(new DataValue("b", Make.Text("1"), 0), data.GetValueOrDefault("b"));
                    Expect.True(data["a"].Version != data["b"].Version, "two versions", "one");
                    return data["a"].Version < data["b"].Version ? 0 : 1;
                },
                async round => round.FirstResult = await t.Store.CommitDataAsync(Make.Commit(round.Record, Make.Set("a", "1")), t.Cancel),
                async round => round.SecondResult = await t.Store.CommitDataAsync(Make.Commit(round.Record, Make.Set("b", "1")), t.Cancel));
        }),

        Rule("Of two takes of one key at the same time one gets the value", async t =>
        {
            await Race.RunAsync(t, async i =>
                {
                    var round = await NewRoundAsync(t, i);
                    await t.WrittenAsync(round.Record, Make.Set("flash", "1"));
                    return round;
                },
                async round =>
                {
                    Expect.True(round.FirstTaken is null != round.SecondTaken is null, "one value and one null", round.FirstTaken is null ? "none" : "the value twice");
                    Expect.Equal(0, (await t.DataAsync(round.Record.Id)).Count, "values that are left");
                    return round.FirstTaken is null ? 1 : 0;
                },
                async round => round.FirstTaken = await t.Store.TakeDataAsync(Make.Take(round.Record, "flash"), t.Cancel),
                async round => round.SecondTaken = await t.Store.TakeDataAsync(Make.Take(round.Record, "flash"), t.Cancel));
        }),

        Rule("Two writes at the same time never exceed the limit together", async t =>
        {
            await Race.RunAsync(t, i => NewRoundAsync(t, i),
                async round =>
                {
                    Expect.Sequence([DataStatus.Written, DataStatus.TooLarge], new[] { round.FirstResult.Status, round.SecondResult.Status }.Order(), "the two answers");
                    var first = round.FirstResult.Status == DataStatus.Written;
                    Expect.Sequence([first ? "k1" : "k2"], (await t.DataAsync(round.Record.Id)).Keys, "the keys");
                    return first ? 0 : 1;
                },
                async round => round.FirstResult = await t.Store.CommitDataAsync(Make.Commit(round.Record, Make.Set("k1", "12345678")) with { Limits = new(10, 15) }, t.Cancel),
                async round => round.SecondResult = await t.Store.CommitDataAsync(Make.Commit(round.Record, Make.Set("k2", "12345678")) with { Limits = new(10, 15) }, t.Cancel));
        }),
    ];

    private static async ValueTask<Round> NewRoundAsync(Trial t, int number)
        => new(await t.StartedAsync(t.NewRecord(Trial.OwnerOf(number))));

    private static ContractRule Rule(string name, Func<Trial, Task> body) => new("races", name, body);

    private sealed class Round(SessionRecord record)
    {
        public SessionRecord Record { get; } = record;

        public int First { get; set; }

        public int Second { get; set; }

        public DataResult FirstResult { get; set; }

        public DataResult SecondResult { get; set; }

        public DataValue? FirstTaken { get; set; }

        public DataValue? SecondTaken { get; set; }
    }
}
