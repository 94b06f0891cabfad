using Sojourn.Storage;

namespace Sojourn.Testing.Rules;

/// <summary>Whatever comes late, an ended session stays ended.</summary>
internal static class EndedStaysEndedRules
{
    public static IReadOnlyList<ContractRule> All { get; } =
    [
        Rule("A late touch does not bring an ended session back, or change it", t => AfterEndAsync(t, async record =>
            await t.TouchAsync(new SessionTouch(record.Id, Trial.Noon.AddMinutes(30), new(System.Net.IPAddress.Loopback, "late"))))),

        Rule("A late change does not bring an ended session back, or change it", t => AfterEndAsync(t, async record =>
        {
            var change = new RecordChange { Token = Make.Rotated(record.Token, Trial.Noon), AbsoluteExpiresAt = Trial.Noon.AddYears(1) };
            var result = await t.ChangeAsync(record, change);
            Expect.Equal(ChangeStatus.Ended, result.Status, "the answer to a late change");
            Expect.True(result.Record is { IsActive: false }, "the ended record", $"{result.Record}");
        })),

        Rule("A late data write does not bring an ended session back, or write anything", t => AfterEndAsync(t, async record =>
            Expect.Equal(DataStatus.Ended, (await t.Store.CommitDataAsync(Make.Commit(record, Make.Set("late", "1"), Make.Remove("cart")), t.Cancel)).Status, "the answer to a late commit"))),

        Rule("A late take finds nothing in an ended session", t => AfterEndAsync(t, async record =>
            Expect.True(await t.Store.TakeDataAsync(Make.Take(record, "cart"), t.Cancel) is null, "null", "a value"))),

        Rule("A late end does not change how a session ended", t => AfterEndAsync(t, async record =>
            Expect.Equal(EndStatus.AlreadyEnded, (await t.EndAsync(record.Id, Make.Seal(Trial.Noon, TimeSpan.FromHours(1)))).Status, "the answer to a late end"))),

        Rule("A start that is repeated after the end does not bring the session back", t => AfterEndAsync(t, async record =>
        {
            try
            {
                await t.Store.StartAsync(t.Creation(record with { Ending = null, Version = 1 }), t.Cancel);
            }
            catch (Exception refusal) when (refusal is SessionStoreException or ArgumentException or InvalidOperationException)
            {
                // The engine makes no id twice, so a store may treat it as misuse.
            }
        }, mayWriteEvents: true)),

        Rule("A late touch, commit or take leaves sealed data as it was", async t =>
        {
            var record = await t.StartedAsync();
            await t.WrittenAsync(record, Make.Set("cart", "1"));
            await t.EndedAsync(record.Id, Make.Seal(Trial.Noon, TimeSpan.FromMinutes(5)));
            await t.Store.CommitDataAsync(Make.Commit(record, Make.Set("cart", "2"), Make.Set("late", "1")), t.Cancel);
            Expect.True(await t.Store.TakeDataAsync(Make.Take(record, "cart"), t.Cancel) is null, "null", "a value");
            await t.TouchAsync(new SessionTouch(record.Id, Trial.Noon.AddMinutes(1)));
            var data = await t.DataAsync(record.Id);
            Expect.Equal(1, data.Count, "sealed values");
            Comparison.ExpectSame(new DataValue("cart", Make.Text("1"), 0), data["cart"]);
        }),

        Rule("A late touch after the stored deadline does not revive a session", async t =>
        {
            var record = await t.StartedAsync(t.NewRecord() with { IsConfirmed = false });
            await t.TouchAsync(new SessionTouch(record.Id, record.ExpiresAt.AddMilliseconds(1), new(System.Net.IPAddress.Loopback, "late")));
            Comparison.ExpectSame(record, await t.RecordAsync(record.Id));
            var result = await t.EndAsync(record.Id, Make.Ending(Trial.Noon.AddHours(2), SessionEndReason.Idle), new(LastSeenAt: Trial.Noon));
            Expect.Equal(EndStatus.Ended, result.Status, "the answer to the end by time");
        }),
    ];

    /// <summary>Ends a session that has data, does what comes late, and expects everything to be as it was.</summary>
    private static async Task AfterEndAsync(Trial t, Func<SessionRecord, Task> late, bool mayWriteEvents = false)
    {
        var record = await t.StartedAsync();
        await t.WrittenAsync(record, Make.Set("cart", "1"));
        var ended = await t.EndedAsync(record.Id);
        var events = (await t.LogAsync()).Count;
        await late(record);
        var seen = await t.FoundAsync(record.Id);
        Comparison.ExpectSame(ended, seen.Record);
        Expect.Equal(0, seen.Data.Count, "values of the ended session");
        Expect.Equal(0, (await t.OwnerAsync(t.Ada)).ActiveCount, "active sessions of the owner");
        if (!mayWriteEvents)
        {
            Expect.Equal(events, (await t.LogAsync()).Count, "events in the log");
        }
    }

    private static ContractRule Rule(string name, Func<Trial, Task> body) => new("ending", name, body);
}
