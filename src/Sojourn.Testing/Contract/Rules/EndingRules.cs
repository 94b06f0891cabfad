using Sojourn.Storage;

namespace Sojourn.Testing.Rules;

/// <summary>Ending one session.</summary>
internal static class EndingRules
{
    public static IReadOnlyList<ContractRule> All { get; } =
    [
        Rule("An end is stored as it was given, for every reason", async t =>
        {
            foreach (var reason in Enum.GetValues<SessionEndReason>().Where(reason => reason != SessionEndReason.None))
            {
                var record = await t.StartedAsync();
                var ending = Make.Ending(Trial.Noon.AddMilliseconds(1234), reason);
                var result = await t.EndAsync(record.Id, ending);
                Expect.Equal(EndStatus.Ended, result.Status, "the answer");
                Comparison.ExpectSame(record with { Ending = ending, Version = record.Version + 1 }, result.Record);
                Comparison.ExpectSame(result.Record!, await t.RecordAsync(record.Id));
            }
        }),

        Rule("A session that ended in another way stays as it ended", async t =>
        {
            var record = await t.StartedAsync();
            var ended = await t.EndedAsync(record.Id);
            var late = Make.Ending(Trial.Noon.AddMinutes(9), SessionEndReason.TokenReplay);
            var result = await t.EndAsync(record.Id, late);
            Expect.Equal(EndStatus.AlreadyEnded, result.Status, "the answer to the second end");
            Comparison.ExpectSame(ended, result.Record);
            Comparison.ExpectSame(ended, await t.RecordAsync(record.Id));
        }),

        Rule("An end is counted out of its owner once", async t =>
        {
            var (first, _) = (await t.StartedAsync(), await t.StartedAsync());
            var ending = Make.Ending(Trial.Noon);
            foreach (var each in new[] { ending, ending, Make.Ending(Trial.Noon) })
            {
                await t.EndAsync(first.Id, each);
                Expect.Equal(1, (await t.OwnerAsync(t.Ada)).ActiveCount, "active sessions of the owner");
            }
        }),

        Rule("An end by time holds only if nobody was seen since", async t =>
        {
            var record = await t.StartedAsync();
            await t.TouchAsync(new SessionTouch(record.Id, Trial.Noon.AddMilliseconds(1)));
            var lost = await t.EndAsync(record.Id, Make.Ending(Trial.Noon, SessionEndReason.Idle), new(LastSeenAt: Trial.Noon));
            Expect.Equal(EndStatus.Lost, lost.Status, "the answer after a touch");
            Comparison.ExpectSame(record with { LastSeenAt = Trial.Noon.AddMilliseconds(1) }, lost.Record);
            Expect.True((await t.RecordAsync(record.Id)).IsActive, "an active session", "an ended one");
            var ended = await t.EndAsync(record.Id, Make.Ending(Trial.Noon, SessionEndReason.Idle), new(LastSeenAt: Trial.Noon.AddMilliseconds(1)));
            Expect.Equal(EndStatus.Ended, ended.Status, "the answer with the time that is stored");
        }),

        Rule("An end by replay holds only if the token state is still the same", async t =>
        {
            var record = await t.StartedAsync();
            var rotated = await t.RotatedAsync(record);
            var lost = await t.EndAsync(record.Id, Make.Ending(Trial.Noon, SessionEndReason.TokenReplay), new(Token: record.Token.Stamp));
            Expect.Equal(EndStatus.Lost, lost.Status, "the answer after a rotation");
            Comparison.ExpectSame(rotated, await t.RecordAsync(record.Id));
            var stepped = new TokenStamp(rotated.Token.Epoch, rotated.Token.Lineage + 1);
            Expect.Equal(EndStatus.Lost, (await t.EndAsync(record.Id, Make.Ending(Trial.Noon), new(Token: stepped))).Status, "the answer for another lineage");
            Expect.Equal(EndStatus.Ended, (await t.EndAsync(record.Id, Make.Ending(Trial.Noon), new(Token: rotated.Token.Stamp))).Status, "the answer for the state that is stored");
        }),

        Rule("Both parts of a guard must hold", async t =>
        {
            var record = await t.StartedAsync();
            var other = new TokenStamp(record.Token.Epoch + 1, record.Token.Lineage);
            Expect.Equal(EndStatus.Lost, (await t.EndAsync(record.Id, Make.Ending(Trial.Noon), new(Trial.Noon, other))).Status, "the answer when the token is another");
            Expect.Equal(EndStatus.Ended, (await t.EndAsync(record.Id, Make.Ending(Trial.Noon), new(Trial.Noon, record.Token.Stamp))).Status, "the answer when both hold");
        }),

        Rule("An end takes no data and no session but its own", async t =>
        {
            var (record, other) = (await t.StartedAsync(), await t.StartedAsync());
            await t.WrittenAsync(other, Make.Set("cart", "1"));
            await t.EndedAsync(record.Id);
            Comparison.ExpectSame(other, await t.RecordAsync(other.Id));
            Expect.Equal(1, (await t.DataAsync(other.Id)).Count, "values of the other session");
        }),
    ];

    private static ContractRule Rule(string name, Func<Trial, Task> body) => new("ending", name, body);
}
