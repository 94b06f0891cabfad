using Sojourn.Storage;

namespace Sojourn.Testing.Rules;

/// <summary>A revocation against everything that may run at the same time: whoever comes first, the session is ended.</summary>
internal static class EndingRaces
{
    public static IReadOnlyList<ContractRule> All { get; } =
    [
        Rule("A revocation that races a touch stays", t => RevokeAgainstAsync(t,
            round => t.TouchAsync(new SessionTouch(round.Record.Id, Trial.Noon.AddMinutes(5))),
            (_, seen) => seen.Record.LastSeenAt > Trial.Noon)),

        Rule("A revocation that races a rotation stays", t => RevokeAgainstAsync(t,
            async round => round.Change = await t.ChangeAsync(round.Record, new() { Token = round.Next }),
            (round, seen) =>
            {
                Expect.True(round.Change.Status is ChangeStatus.Done or ChangeStatus.Ended, "Done or Ended for the rotation", $"{round.Change.Status}");
                var changed = seen.Record.Token.Equals(round.Next);
                Expect.Equal(round.Change.Status == ChangeStatus.Done, changed, "whether the rotation shows");
                return changed;
            })),

        Rule("A revocation that races a data write stays, and leaves no data", t => RevokeAgainstAsync(t,
            async round => round.Data = await t.Store.CommitDataAsync(Make.Commit(round.Record, Make.Set("cart", "1")), t.Cancel),
            (round, _) =>
            {
                Expect.True(round.Data.Status is DataStatus.Written or DataStatus.Ended, "Written or Ended for the data write", $"{round.Data.Status}");
                return round.Data.Status == DataStatus.Written;
            })),

        Rule("A revocation stays when a slow request that began before it writes behind it", t => RevokeAgainstAsync(t,
            async round =>
            {
                var found = await t.FindAsync(round.Record.Id);
                round.Data = await t.Store.CommitDataAsync(Make.Commit(found!.Value.Record, Make.Set("late", "1")), t.Cancel);
                await t.TouchAsync(new SessionTouch(round.Record.Id, Trial.Noon.AddMinutes(5)));
                round.Change = await t.ChangeAsync(found.Value.Record, new() { Token = round.Next });
            },
            (round, _) => round.Data.Status == DataStatus.Written)),

        Rule("Of two ends at the same time one ends the session, and the other is told how", async t =>
        {
            var log = new LogCursor(t);
            await Race.RunAsync(t, i => NewRoundAsync(t, i),
                async round =>
                {
                    var seen = await t.RecordAsync(round.Record.Id);
                    var first = round.First.Status == EndStatus.Ended;
                    Expect.Sequence([EndStatus.Ended, EndStatus.AlreadyEnded], new[] { round.First.Status, round.Second.Status }.Order(), "the two answers");
                    Expect.Equal(first ? round.Ending : round.OtherEnding, seen.Ending, "the ending of the one that won");
                    Expect.Equal((seen.Ending, seen.Ending), (round.First.Record?.Ending, round.Second.Record?.Ending), "the ending in both answers");
                    Expect.Equal(1, (await log.NewAsync(round.Record.Id)).Count(each => each.Kind == SessionEventKind.Ended), "events of the end");
                    Expect.Equal(0, (await t.OwnerAsync(Trial.OwnerOf(round.Number))).ActiveCount, "active sessions");
                    return first ? 0 : 1;
                },
                async round => round.First = await t.EndAsync(round.Record.Id, round.Ending),
                async round => round.Second = await t.EndAsync(round.Record.Id, round.OtherEnding));
        }),

        Rule("An end by time that races a touch either comes first or finds the guard broken", async t =>
        {
            await Race.RunAsync(t, i => NewRoundAsync(t, i),
                async round =>
                {
                    var seen = await t.RecordAsync(round.Record.Id);
                    var touched = seen.LastSeenAt > Trial.Noon;
                    Expect.Equal(touched ? EndStatus.Lost : EndStatus.Ended, round.First.Status, "the answer to the end");
                    Expect.Equal(touched, seen.IsActive, "whether the session is active");
                    return touched ? 1 : 0;
                },
                async round => round.First = await t.EndAsync(round.Record.Id, round.Ending, new(LastSeenAt: Trial.Noon)),
                round => t.TouchAsync(new SessionTouch(round.Record.Id, Trial.Noon.AddMinutes(5))));
        }),

        Rule("An end by replay that races a rotation either comes first or finds the guard broken", async t =>
        {
            await Race.RunAsync(t, i => NewRoundAsync(t, i),
                async round =>
                {
                    var seen = await t.RecordAsync(round.Record.Id);
                    var rotated = seen.Token.Equals(round.Next);
                    var expected = rotated ? (EndStatus.Lost, ChangeStatus.Done) : (EndStatus.Ended, ChangeStatus.Ended);
                    Expect.Equal(expected, (round.First.Status, round.Change.Status), "the answers to the end and the rotation");
                    return rotated ? 1 : 0;
                },
                async round => round.First = await t.EndAsync(round.Record.Id, round.Ending, new(Token: round.Record.Token.Stamp)),
                async round => round.Change = await t.ChangeAsync(round.Record, new() { Token = round.Next }));
        }),
    ];

    private static Task RevokeAgainstAsync(Trial t, Func<Round, ValueTask> other, Func<Round, SessionSnapshot, bool> otherWasFirst)
        => Race.RunAsync(t, i => NewRoundAsync(t, i),
            async round =>
            {
                Expect.Equal(EndStatus.Ended, round.First.Status, "the answer to the revocation");
                var seen = await t.FoundAsync(round.Record.Id);
                Expect.Equal(round.Ending, seen.Record.Ending, "the ending behind both");
                Expect.Equal(0, seen.Data.Count, "values behind both");
                Expect.Equal(0, (await t.OwnerAsync(Trial.OwnerOf(round.Number))).ActiveCount, "active sessions behind both");
                return otherWasFirst(round, seen) ? 1 : 0;
            },
            async round => round.First = await t.EndAsync(round.Record.Id, round.Ending),
            other);

    private static async ValueTask<Round> NewRoundAsync(Trial t, int number)
        => new(number, await t.StartedAsync(t.NewRecord(Trial.OwnerOf(number))));

    private static ContractRule Rule(string name, Func<Trial, Task> body) => new("races", name, body);

    private sealed class Round(int number, SessionRecord record)
    {
        public int Number { get; } = number;

        public SessionRecord Record { get; } = record;

        public TokenState Next { get; } = Make.Rotated(record.Token, Trial.Noon);

        public SessionEnding Ending { get; } = Make.Ending(Trial.Noon);

        public SessionEnding OtherEnding { get; } = Make.Ending(Trial.Noon, SessionEndReason.TokenReplay);

        public EndResult First { get; set; }

        public EndResult Second { get; set; }

        public ChangeResult Change { get; set; }

        public DataResult Data { get; set; }
    }
}
