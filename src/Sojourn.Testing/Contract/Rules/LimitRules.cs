using Sojourn.Storage;

namespace Sojourn.Testing.Rules;

/// <summary>How many sessions an owner may have, and who must end first.</summary>
internal static class LimitRules
{
    public static IReadOnlyList<ContractRule> All { get; } =
    [
        Rule("A start beyond the limit is told that sessions must end first, and leaves nothing", async t =>
        {
            await t.StartedAsync(t.Creation(t.NewRecord(), limit: 2));
            await t.StartedAsync(t.Creation(t.NewRecord(), limit: 2));
            await ExpectRefusedAsync(t, t.Creation(t.NewRecord(), limit: 2, data: [new("cart", Make.Text("1"), 1)]), StartStatus.MustEndFirst);
        }),

        Rule("Victims that are named by the owner's version make room in the same step", async t =>
        {
            var oldest = await t.StartedAsync(t.Creation(t.NewRecord(), limit: 2));
            await t.WrittenAsync(oldest, Make.Set("cart", "1"));
            var kept = await t.StartedAsync(t.Creation(t.NewRecord(), limit: 2));
            var ending = Make.Ending(Trial.Noon, SessionEndReason.LimitReached);
            var version = (await t.OwnerAsync(t.Ada)).Version;
            var creation = t.Creation(t.NewRecord(), 2, null, version, new SessionEnd(oldest.Id, ending));
            var record = await t.StartedAsync(creation);
            Comparison.ExpectSame(oldest with { Ending = ending, Version = oldest.Version + 1 }, await t.RecordAsync(oldest.Id));
            Expect.Equal(0, (await t.DataAsync(oldest.Id)).Count, "values of the victim");
            var owner = await t.OwnerAsync(t.Ada);
            Expect.Equal(2, owner.ActiveCount, "active sessions");
            Expect.True(owner.Records.Select(each => each.Id).ToHashSet().SetEquals([kept.Id, record.Id]), "the kept and the new session", $"{owner.Records.Count} others");
            Expect.True(owner.Version > version, $"a version above {version}", $"{owner.Version}");
            Comparison.ExpectSame(creation.Events.Events, (await t.LogAsync())[^2..]);
        }),

        Rule("Victims that are named by an older version are refused, and none ends", async t =>
        {
            var victim = await t.StartedAsync();
            var version = (await t.OwnerAsync(t.Ada)).Version;
            await t.StartedAsync();
            await ExpectRefusedAsync(t, t.Creation(t.NewRecord(), 100, null, version, new SessionEnd(victim.Id, Make.Ending(Trial.Noon))), StartStatus.MustEndFirst);
            Comparison.ExpectSame(victim, await t.RecordAsync(victim.Id));
        }),

        Rule("Too few victims are refused, and none ends", async t =>
        {
            var (victim, _) = (await t.StartedAsync(), await t.StartedAsync());
            var version = (await t.OwnerAsync(t.Ada)).Version;
            await ExpectRefusedAsync(t, t.Creation(t.NewRecord(), 1, null, version, new SessionEnd(victim.Id, Make.Ending(Trial.Noon))), StartStatus.MustEndFirst);
            Comparison.ExpectSame(victim, await t.RecordAsync(victim.Id));
        }),

        Rule("Only active sessions of the same owner count", async t =>
        {
            await t.EndedAsync((await t.StartedAsync()).Id);
            await t.StartedAsync(t.NewRecord(new("bob", t.Shard)));
            await t.StartedAsync(t.NewRecord(t.Visitors));
            await t.StartedAsync(t.Creation(t.NewRecord(), limit: 1));
            Expect.Equal(StartStatus.MustEndFirst, (await t.Store.StartAsync(t.Creation(t.NewRecord(), limit: 1), t.Cancel)).Status, "the answer to the second");
        }),

        Rule("The visitors of a shard are counted together, and apart from those of other shards", async t =>
        {
            await t.StartedAsync(t.Creation(t.NewRecord(t.Visitors), limit: 1));
            Expect.Equal(StartStatus.MustEndFirst, (await t.Store.StartAsync(t.Creation(t.NewRecord(t.Visitors), limit: 1), t.Cancel)).Status, "the answer to the second visitor");
            await t.StartedAsync(t.Creation(t.NewRecord(new(null, (byte)(t.Shard + 1))), limit: 1));
            var owner = await t.OwnerAsync(t.Visitors);
            await t.StartedAsync(t.Creation(t.NewRecord(t.Visitors), 1, null, owner.Version, new SessionEnd(owner.Records[0].Id, Make.Ending(Trial.Noon))));
        }),

        Rule("An unconfirmed session of the same device and subject must end first", async t =>
        {
            var device = Make.Device();
            var waiting = await t.StartedAsync(t.NewRecord() with { Device = device, IsConfirmed = false });
            await ExpectRefusedAsync(t, t.Creation(t.NewRecord() with { Device = device }), StartStatus.MustEndFirst);
            await t.StartedAsync(t.NewRecord() with { Device = Make.Device() });
            await t.StartedAsync(t.NewRecord(new("bob", t.Shard)) with { Device = device });
            var version = (await t.OwnerAsync(t.Ada)).Version;
            var other = (await t.OwnerAsync(t.Ada)).Records.First(each => each.Id != waiting.Id);
            await ExpectRefusedAsync(t, t.Creation(t.NewRecord() with { Device = device }, 100, null, version, new SessionEnd(other.Id, Make.Ending(Trial.Noon))), StartStatus.MustEndFirst);
            await t.StartedAsync(t.Creation(t.NewRecord() with { Device = device }, 100, null, version, new SessionEnd(waiting.Id, Make.Ending(Trial.Noon))));
            Expect.True(!(await t.RecordAsync(waiting.Id)).IsActive, "the unconfirmed session to have ended", "an active one");
        }),

        Rule("A session of the same device that is confirmed, or has ended, need not end first", async t =>
        {
            var device = Make.Device();
            var confirmed = await t.StartedAsync(t.NewRecord() with { Device = device, IsConfirmed = false });
            await t.TouchAsync(new SessionTouch(confirmed.Id, Trial.Noon.AddSeconds(1)));
            var ended = await t.StartedAsync(t.NewRecord() with { Device = device, IsConfirmed = false });
            await t.EndedAsync(ended.Id);
            await t.StartedAsync(t.NewRecord() with { Device = device });
            Expect.True((await t.RecordAsync(confirmed.Id)).IsActive, "the confirmed session to go on", "an ended one");
        }),

        Rule("Unconfirmed sessions of unknown devices need not end first", async t =>
        {
            await t.StartedAsync(t.NewRecord() with { IsConfirmed = false });
            await t.StartedAsync(t.NewRecord() with { IsConfirmed = false });
        }),
    ];

    /// <summary>Expects a start to be refused and to leave no session, data, event or new version.</summary>
    internal static async Task ExpectRefusedAsync(Trial t, SessionCreation creation, StartStatus status)
    {
        var owner = new SessionOwner(creation.Record.Subject, creation.Record.Id.Shard);
        var before = await t.OwnerAsync(owner);
        var result = await t.Store.StartAsync(creation, t.Cancel);
        Expect.Equal(status, result.Status, "the answer");
        Expect.True(await t.FindAsync(creation.Record.Id) is null, "no session", "one");
        var after = await t.OwnerAsync(owner);
        Expect.Equal((before.Version, before.ActiveCount), (after.Version, after.ActiveCount), "the owner's version and active count");
        Expect.Equal(0, await t.TimesLoggedAsync(creation.Events.Events[0]), "events of the refused start");
    }

    private static ContractRule Rule(string name, Func<Trial, Task> body) => new("limits", name, body);
}
