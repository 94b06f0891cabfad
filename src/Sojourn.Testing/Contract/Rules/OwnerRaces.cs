using Sojourn.Storage;

namespace Sojourn.Testing.Rules;

/// <summary>Starts of one subject at the same time, and against the end of all its sessions.</summary>
internal static class OwnerRaces
{
    public static IReadOnlyList<ContractRule> All { get; } =
    [
        Rule("A start whose authentication began before a revocation of its subject never survives it", async t =>
        {
            await Race.RunAsync(t, async i =>
                {
                    var round = new Round(t, Trial.OwnerOf(i));
                    await t.StartedAsync(t.NewRecord(round.Owner));
                    return round;
                },
                async round =>
                {
                    var owner = await t.OwnerAsync(round.Owner);
                    Expect.Equal((0, 0), (owner.Records.Count, owner.ActiveCount), "survivors");
                    Expect.Equal(Trial.Noon.AddMinutes(1), owner.NotBefore, "the not-before");
                    Expect.True(round.FirstStatus is StartStatus.Started or StartStatus.BeforeNotBefore, "Started or BeforeNotBefore", $"{round.FirstStatus}");
                    return round.FirstStatus == StartStatus.Started ? 0 : 1;
                },
                async round => round.FirstStatus = (await t.Store.StartAsync(t.Creation(round.First), t.Cancel)).Status,
                round => t.RevokeSubjectAsync(round.Owner, Trial.Noon.AddMinutes(1)));
        }),

        Rule("The limit is never exceeded by starts at the same time", async t =>
        {
            await Race.RunAsync(t, async i =>
                {
                    var round = new Round(t, Trial.OwnerOf(i));
                    await t.StartedAsync(t.NewRecord(round.Owner, Trial.Noon.AddMinutes(-1)));
                    return round;
                },
                async round =>
                {
                    Expect.Equal((StartStatus.Started, StartStatus.Started), (round.FirstStatus, round.SecondStatus), "the answers in the end");
                    var owner = await t.OwnerAsync(round.Owner);
                    Expect.Equal((1, 1), (owner.Records.Count, owner.ActiveCount), "active sessions at a limit of 1");
                    Expect.Equal(2, (await t.OwnerAsync(round.Owner, ended: true)).Records.Count, "sessions that had to go");
                    return owner.Records[0].Id == round.First.Id ? 1 : 0;
                },
                async round => round.FirstStatus = await t.StartWithinLimitAsync(round.First, 1),
                async round => round.SecondStatus = await t.StartWithinLimitAsync(round.Second, 1));
        }),

        Rule("Of two starts at the same time that need the last place one gets it", async t =>
        {
            await Race.RunAsync(t, i => new ValueTask<Round>(new Round(t, Trial.OwnerOf(i))),
                async round =>
                {
                    Expect.Sequence([StartStatus.Started, StartStatus.MustEndFirst], new[] { round.FirstStatus, round.SecondStatus }.Order(), "the two answers");
                    var first = round.FirstStatus == StartStatus.Started;
                    Expect.Sequence([first ? round.First.Id : round.Second.Id], (await t.OwnerAsync(round.Owner)).Records.Select(each => each.Id), "the sessions");
                    return first ? 0 : 1;
                },
                async round => round.FirstStatus = (await t.Store.StartAsync(t.Creation(round.First, limit: 1), t.Cancel)).Status,
                async round => round.SecondStatus = (await t.Store.StartAsync(t.Creation(round.Second, limit: 1), t.Cancel)).Status);
        }),

        Rule("A sign-in that is submitted twice leaves one unconfirmed session of its device", async t =>
        {
            await Race.RunAsync(t, i => new ValueTask<Round>(new Round(t, Trial.OwnerOf(i), Make.Device())),
                async round =>
                {
                    Expect.Equal((StartStatus.Started, StartStatus.Started), (round.FirstStatus, round.SecondStatus), "the answers in the end");
                    var owner = await t.OwnerAsync(round.Owner);
                    Expect.Equal(1, owner.Records.Count, "active sessions of the device");
                    return owner.Records[0].Id == round.First.Id ? 1 : 0;
                },
                async round => round.FirstStatus = await t.StartWithinLimitAsync(round.First, 100),
                async round => round.SecondStatus = await t.StartWithinLimitAsync(round.Second, 100));
        }),

        Rule("The end of a subject that races another start ends what it named or nothing", async t =>
        {
            await Race.RunAsync(t, async i =>
                {
                    var round = new Round(t, Trial.OwnerOf(i));
                    var record = await t.StartedAsync(t.NewRecord(round.Owner));
                    round.Ending = t.SubjectEnding(round.Owner, (await t.OwnerAsync(round.Owner)).Version, null, new SessionEnd(record.Id, Make.Ending(Trial.Noon)));
                    return round;
                },
                async round =>
                {
                    Expect.Equal(StartStatus.Started, round.FirstStatus, "the answer to the start");
                    var done = round.Ended.Status == EndSubjectStatus.Done;
                    Expect.Equal(done ? 1 : 2, (await t.OwnerAsync(round.Owner)).ActiveCount, "active sessions");
                    Expect.Equal(!done, (await t.RecordAsync(round.Ending!.Ends[0].Id)).IsActive, "whether the named session is active");
                    return done ? 1 : 0;
                },
                async round => round.FirstStatus = (await t.Store.StartAsync(t.Creation(round.First), t.Cancel)).Status,
                async round => round.Ended = await t.Store.EndSubjectAsync(round.Ending!, t.Cancel));
        }),

        Rule("A start that races the end of its shard belongs to one side of it", async t =>
        {
            await Race.RunAsync(t, i => new ValueTask<Round>(new Round(t, Trial.OwnerOf(i))),
                async round =>
                {
                    Expect.Equal(StartStatus.Started, round.FirstStatus, "the answer to the start");
                    var found = await t.FoundAsync(round.First.Id);
                    Expect.Equal(round.Shard.Epoch, found.ShardEpoch, "the epoch of the shard");
                    Expect.True(found.Record.ShardEpoch == found.ShardEpoch || found.Record.ShardEpoch == found.ShardEpoch - 1, "the epoch before or after", $"{found.Record.ShardEpoch}");
                    return found.Record.ShardEpoch < found.ShardEpoch ? 0 : 1;
                },
                async round => round.FirstStatus = (await t.Store.StartAsync(t.Creation(round.First), t.Cancel)).Status,
                async round => round.Shard = await t.Store.EndShardAsync(
                    round.Owner.Shard, WriteId.Create(), SessionEndReason.Everybody, t.Events.ShardEnded(round.Owner.Shard, Trial.Noon), t.Cancel));
        }),
    ];

    private static ContractRule Rule(string name, Func<Trial, Task> body) => new("races", name, body);

    private sealed class Round(Trial t, SessionOwner owner, SessionDeviceId device = default)
    {
        public SessionOwner Owner { get; } = owner;

        public SessionRecord First { get; } = t.NewRecord(owner) with { Device = device, IsConfirmed = device.IsUnknown };

        public SessionRecord Second { get; } = t.NewRecord(owner) with { Device = device, IsConfirmed = device.IsUnknown };

        public StartStatus FirstStatus { get; set; }

        public StartStatus SecondStatus { get; set; }

        public SubjectEnd? Ending { get; set; }

        public EndSubjectResult Ended { get; set; }

        public ShardEndResult Shard { get; set; }
    }
}
