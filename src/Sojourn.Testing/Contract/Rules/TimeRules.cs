using Sojourn.Storage;

namespace Sojourn.Testing.Rules;

/// <summary>A store has no clock: what is long past to us, or far ahead, is like any other time to it.</summary>
internal static class TimeRules
{
    public static IReadOnlyList<ContractRule> All { get; } =
    [
        Rule("A whole life in 1999 goes as it does today", t => LiveAsync(t, new(1999, 12, 31, 23, 59, 0, TimeSpan.Zero))),

        Rule("A whole life in 2100 goes as it does today", t => LiveAsync(t, new(2100, 2, 28, 23, 59, 0, TimeSpan.Zero))),

        Rule("Times from another zone are the same times", async t =>
        {
            var at = Trial.Noon.ToOffset(TimeSpan.FromHours(9));
            var record = await t.StartedAsync(t.NewRecord(t.Ada, at));
            await t.TouchAsync(new SessionTouch(record.Id, at.AddMinutes(1)));
            var ending = Make.Ending(at.AddMinutes(2));
            await t.EndedAsync(record.Id, ending);
            var seen = await t.RecordAsync(record.Id);
            Expect.Equal((Trial.Noon, Trial.Noon.AddMinutes(1), Trial.Noon.AddMinutes(2)), (seen.StartedAt, seen.LastSeenAt, seen.Ending!.At), "start, last activity and end");
            Expect.Equal(EndStatus.Ended, (await t.EndAsync(record.Id, ending)).Status, "the answer to the repeat");
        }),

        Rule("Nothing lapses by itself", async t =>
        {
            var past = new DateTimeOffset(1999, 1, 1, 0, 0, 0, TimeSpan.Zero);
            var record = await t.StartedAsync(t.NewRecord(t.Ada, past));
            await t.WrittenAsync(record, Make.Set("a", "1") with { ExpiresAt = past.AddMinutes(1) });
            Expect.Equal(1, (await t.DataAsync(record.Id)).Count, "values, one of them lapsed for us");
            await t.EndedAsync(record.Id, Make.Seal(past.AddMinutes(2), TimeSpan.FromMinutes(5)) with { KeepUntil = past.AddDays(1) });
            Expect.Equal(1, (await t.DataAsync(record.Id)).Count, "sealed values");
            await t.PurgeAllAsync(past.AddMinutes(3));
            Expect.Equal(1, (await t.DataAsync(record.Id)).Count, "sealed values after a purge of that time");
        }),
    ];

    private static async Task LiveAsync(Trial t, DateTimeOffset at)
    {
        await t.Store.OpenAsync(new(t.Tenant, at), t.Cancel);
        var record = await t.StartedAsync(t.Creation(Samples.All(t.Tenant, t.Shard, at).First() with { IdleTimeout = TimeSpan.FromHours(1) }, data: [new("a", Make.Text("1"), 1, at.AddMinutes(1))]));
        Comparison.ExpectSame(record, await t.RecordAsync(record.Id));
        await t.TouchAsync(new SessionTouch(record.Id, at.AddMinutes(2)));
        await t.WrittenAsync(Make.Commit(record, Make.Set("b", "1") with { ExpiresAt = at.AddMinutes(9) }) with { Now = at.AddMinutes(2) });
        var stepped = await t.ChangedAsync(record, new() { Token = Make.SteppedUp(record.Token, at.AddMinutes(3)), AuthenticatedAt = at.AddMinutes(3) });
        Expect.Equal((at.AddMinutes(3), at.AddMinutes(2)), (stepped.AuthenticatedAt, stepped.LastSeenAt), "the time of the step-up and of the last activity");
        var owner = new SessionOwner(record.Subject, t.Shard);
        Expect.Equal(1, (await t.OwnerAsync(owner)).Records.Count, "listed sessions");
        Expect.Equal(0, (await t.DueAsync(at.AddMinutes(61))).Count, "due sessions before the deadline");
        Expect.Equal(1, (await t.DueAsync(at.AddMinutes(63))).Count, "due sessions behind the deadline");
        var ending = Make.Seal(at.AddMinutes(63), TimeSpan.FromMinutes(5)) with { KeepUntil = at.AddDays(1) };
        await t.EndedAsync(record.Id, ending);
        await t.PurgeAllAsync(at.AddMinutes(67));
        Expect.True((await t.DataAsync(record.Id)).ContainsKey("b"), "the sealed data", "none");
        await t.PurgeAllAsync(at.AddMinutes(69));
        Expect.Equal(0, (await t.DataAsync(record.Id)).Count, "values behind the seal");
        Expect.Equal(ending, (await t.RecordAsync(record.Id)).Ending, "the ending");
        var version = (await t.OwnerAsync(owner)).Version;
        await t.Store.EndSubjectAsync(t.SubjectEnding(owner, version, at.AddHours(2)), t.Cancel);
        Expect.Equal(at.AddHours(2), (await t.OwnerAsync(owner)).NotBefore, "the not-before");
        await t.PurgeAllAsync(at.AddDays(2));
        Expect.True(await t.FindAsync(record.Id) is null, "no session", "one");
    }

    private static ContractRule Rule(string name, Func<Trial, Task> body) => new("time", name, body);
}
