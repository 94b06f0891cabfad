using Sojourn.Storage;

namespace Sojourn.Testing.Rules;

/// <summary>Rotations, step-ups, touches and data writes of one session at the same time.</summary>
internal static class ChangingRaces
{
    public static IReadOnlyList<ContractRule> All { get; } =
    [
        Rule("Of two rotations at the same time one is done, and the other is told what won", async t =>
        {
            var log = new LogCursor(t);
            await Race.RunAsync(t, i => NewRoundAsync(t, i),
                async round =>
                {
                    var seen = await t.RecordAsync(round.Record.Id);
                    var first = round.First.Status == ChangeStatus.Done;
                    Expect.Sequence([ChangeStatus.Done, ChangeStatus.Lost], new[] { round.First.Status, round.Second.Status }.Order(), "the two answers");
                    Expect.True(seen.Token.Equals(first ? round.Next : round.OtherNext), "the token state of the one that won", "another");
                    Expect.True(seen.Token.Equals((first ? round.Second : round.First).Record?.Token), "the winner's token state in the other's answer", "another");
                    Expect.Equal(round.Record.Version + 1, seen.Version, "Version");
                    Expect.Equal(1, (await log.NewAsync(round.Record.Id)).Count(each => each.Kind == SessionEventKind.Rotated), "events of a rotation");
                    return first ? 0 : 1;
                },
                async round => round.First = await ChangeAsync(t, round, round.Next),
                async round => round.Second = await ChangeAsync(t, round, round.OtherNext));
        }),

        Rule("A step-up that is repeated wins against a promotion, and the old lineage is dead", async t =>
        {
            await Race.RunAsync(t, i => NewRoundAsync(t, i),
                async round =>
                {
                    var seen = await t.RecordAsync(round.Record.Id);
                    Expect.Equal(ChangeStatus.Done, round.Second.Status, "the answer to the step-up in the end");
                    Expect.Equal(round.Record.Token.Lineage + 1, seen.Token.Lineage, "the lineage behind both");
                    Expect.True(seen.Token.Equals(round.Second.Record!.Token), "the token state of the step-up", "another");
                    Expect.True(round.First.Status is ChangeStatus.Done or ChangeStatus.Lost, "Done or Lost for the promotion", $"{round.First.Status}");
                    Expect.Equal(DataStatus.OlderLineage, (await t.Store.CommitDataAsync(Make.Commit(round.Record, Make.Set("a", "1")), t.Cancel)).Status, "the answer to a write of the old lineage");
                    return round.First.Status == ChangeStatus.Done ? 0 : 1;
                },
                async round => round.First = await ChangeAsync(t, round, round.Next),
                async round => round.Second = await t.ChangeUntilWonAsync(round.Record.Id, record => new() { Token = Make.SteppedUp(record.Token, Trial.Noon), Announce = true }));
        }),

        Rule("A touch that races a rotation is kept, and so is the rotation", async t =>
        {
            await Race.RunAsync(t, i => NewRoundAsync(t, i),
                async round =>
                {
                    var seen = await t.RecordAsync(round.Record.Id);
                    Expect.Equal(ChangeStatus.Done, round.First.Status, "the answer to the rotation");
                    Expect.True(seen.Token.Equals(round.Next), "the new token state", "another");
                    Expect.Equal(Trial.Noon.AddMinutes(5), seen.LastSeenAt, "LastSeenAt");
                    return round.First.Record!.LastSeenAt == Trial.Noon ? 0 : 1;
                },
                async round => round.First = await ChangeAsync(t, round, round.Next),
                round => t.TouchAsync(new SessionTouch(round.Record.Id, Trial.Noon.AddMinutes(5))));
        }),

        Rule("Data that is written while the lineage changes is written before it or not at all", async t =>
        {
            await Race.RunAsync(t, i => NewRoundAsync(t, i),
                async round =>
                {
                    Expect.Equal(ChangeStatus.Done, round.First.Status, "the answer to the step-up");
                    Expect.True(round.Data.Status is DataStatus.Written or DataStatus.OlderLineage, "Written or OlderLineage", $"{round.Data.Status}");
                    var written = round.Data.Status == DataStatus.Written;
                    Expect.Equal(written ? 1 : 0, (await t.DataAsync(round.Record.Id)).Count, "values");
                    return written ? 1 : 0;
                },
                async round => round.First = await ChangeAsync(t, round, round.Stepped),
                async round => round.Data = await t.Store.CommitDataAsync(Make.Commit(round.Record, Make.Set("a", "1")), t.Cancel));
        }),

        Rule("Events of changes that race are in the log in the order of the changes", async t =>
        {
            var log = new LogCursor(t);
            await Race.RunAsync(t, i => NewRoundAsync(t, i),
                async round =>
                {
                    var epochs = (await log.NewAsync(round.Record.Id)).Where(each => each.Kind == SessionEventKind.Rotated).Select(each => BitConverter.ToInt64(each.Canonical.AsSpan()));
                    Expect.Sequence([2L, 3L], epochs, "the epochs in the order of the log");
                    Expect.Equal(3, (await t.RecordAsync(round.Record.Id)).Token.Epoch, "the epoch behind both");
                    return round.First.Record!.Token.Epoch == 2 ? 0 : 1;
                },
                async round => round.First = await t.ChangeUntilWonAsync(round.Record.Id, seen => new() { Token = Make.Rotated(seen.Token, Trial.Noon) }),
                async round => round.Second = await t.ChangeUntilWonAsync(round.Record.Id, seen => new() { Token = Make.Rotated(seen.Token, Trial.Noon) }));
        }),

        Rule("A reader never sees half of what one step writes", async t =>
        {
            await Race.RunAsync(t, i => NewRoundAsync(t, i),
                round =>
                {
                    var (record, data) = (round.Seen.Record, round.Seen.Data);
                    var (changed, written) = (record.Token.Equals(round.Next), data.Count == 2);
                    Expect.Equal(changed, record.Claims == Make.Claims("new"), "whether the claims are the new ones, as the token is");
                    Expect.True(written ? data[0].Version == data[1].Version : data.Count == 0, "all of a commit or nothing", $"{data.Count} values");
                    Expect.True(record.IsActive ? written || !changed : changed && !written, "data until the end, and the change before it", $"{data.Count} values, {record}");
                    return new(written || changed ? 1 : 0);
                },
                async round => round.Seen = await t.FoundAsync(round.Record.Id),
                async round =>
                {
                    await t.WrittenAsync(round.Record, Make.Set("a", "1"), Make.Set("b", "1"));
                    await t.ChangeAsync(round.Record, new() { Token = round.Next, Claims = Make.Claims("new") });
                    await t.EndedAsync(round.Record.Id);
                });
        }),
    ];

    private static ValueTask<ChangeResult> ChangeAsync(Trial t, Round round, TokenState next)
        => t.ChangeAsync(round.Record, new() { Token = next });

    private static async ValueTask<Round> NewRoundAsync(Trial t, int number)
        => new(await t.StartedAsync(t.NewRecord(Trial.OwnerOf(number))));

    private static ContractRule Rule(string name, Func<Trial, Task> body) => new("races", name, body);

    private sealed class Round(SessionRecord record)
    {
        public SessionRecord Record { get; } = record;

        public TokenState Next { get; } = Make.Rotated(record.Token, Trial.Noon);

        public TokenState OtherNext { get; } = Make.Rotated(record.Token, Trial.Noon);

        public TokenState Stepped { get; } = Make.SteppedUp(record.Token, Trial.Noon);

        public ChangeResult First { get; set; }

        public ChangeResult Second { get; set; }

        public DataResult Data { get; set; }

        public SessionSnapshot Seen { get; set; }
    }
}
