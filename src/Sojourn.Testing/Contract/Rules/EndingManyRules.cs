using Sojourn.Storage;

namespace Sojourn.Testing.Rules;

/// <summary>Ending a subject's sessions, and everybody's in a shard.</summary>
internal static class EndingManyRules
{
    public static IReadOnlyList<ContractRule> All { get; } =
    [
        Rule("The end of a subject ends the named sessions, each in its own way, and no other", async t =>
        {
            var (first, second, spared) = (await t.StartedAsync(), await t.StartedAsync(), await t.StartedAsync());
            await t.WrittenAsync(first, Make.Set("cart", "1"));
            var (one, two) = (Make.Ending(Trial.Noon, SessionEndReason.SignedOutEverywhere), Make.Ending(Trial.Noon.AddSeconds(1), SessionEndReason.ReportedByOwner));
            var version = (await t.OwnerAsync(t.Ada)).Version;
            var result = await t.Store.EndSubjectAsync(t.SubjectEnding(t.Ada, version, null, new(first.Id, one), new(second.Id, two)), t.Cancel);
            Expect.Equal(new EndSubjectResult(EndSubjectStatus.Done, 2), result, "the answer");
            Comparison.ExpectSame(first with { Ending = one, Version = first.Version + 1 }, await t.RecordAsync(first.Id));
            Comparison.ExpectSame(second with { Ending = two, Version = second.Version + 1 }, await t.RecordAsync(second.Id));
            Comparison.ExpectSame(spared, await t.RecordAsync(spared.Id));
            Expect.Equal(0, (await t.DataAsync(first.Id)).Count, "values of an ended session");
            var owner = await t.OwnerAsync(t.Ada);
            Expect.Equal((1, null), (owner.ActiveCount, owner.NotBefore), "active sessions and not-before");
            Expect.True(owner.Version > version, $"a version above {version}", $"{owner.Version}");
        }),

        Rule("The end of a subject from an older version is lost and does nothing", async t =>
        {
            var record = await t.StartedAsync();
            var version = (await t.OwnerAsync(t.Ada)).Version;
            await t.StartedAsync();
            var ending = t.SubjectEnding(t.Ada, version, Trial.Noon.AddDays(1), new SessionEnd(record.Id, Make.Ending(Trial.Noon)));
            var result = await t.Store.EndSubjectAsync(ending, t.Cancel);
            Expect.Equal(EndSubjectStatus.Lost, result.Status, "the answer");
            Comparison.ExpectSame(record, await t.RecordAsync(record.Id));
            Expect.Equal(null, (await t.OwnerAsync(t.Ada)).NotBefore, "the not-before");
            Expect.Equal(0, await t.TimesLoggedAsync(ending.Events.Events[0]), "events of the lost call");
        }),

        Rule("A thousand sessions of a subject end in one step", async t =>
        {
            List<SessionEnd> ends = [];
            for (var i = 0; i < 1000; i++)
            {
                ends.Add(new((await t.StartedAsync(t.NewRecord(t.Ada, Trial.Noon.AddMilliseconds(i)))).Id, Make.Ending(Trial.Noon.AddMinutes(1))));
            }

            var result = await t.Store.EndSubjectAsync(t.SubjectEnding(t.Ada, (await t.OwnerAsync(t.Ada)).Version, Trial.Noon, [.. ends]), t.Cancel);
            Expect.Equal(new EndSubjectResult(EndSubjectStatus.Done, 1000), result, "the answer");
            Expect.Equal(0, (await t.OwnerAsync(t.Ada)).ActiveCount, "active sessions");
        }),

        Rule("The end of a shard raises its epoch by one for each write, and only its own", async t =>
        {
            var other = (byte)(t.Shard + 1);
            var (record, elsewhere) = (await t.StartedAsync(), await t.StartedAsync(t.NewRecord(new("bob", other))));
            var (one, two) = (WriteId.Create(), WriteId.Create());
            var first = await EndShardAsync(t, one, SessionEndReason.Everybody);
            Expect.Equal(new ShardEndResult(record.ShardEpoch + 1, true), first, "the first answer");
            Expect.Equal(new ShardEndResult(first.Epoch, false), await EndShardAsync(t, one, SessionEndReason.Everybody), "the answer to the same write");
            Expect.Equal(new ShardEndResult(first.Epoch + 1, true), await EndShardAsync(t, two, SessionEndReason.Restored), "the answer to another write");
            var untouched = await t.FoundAsync(elsewhere.Id);
            Expect.Equal(untouched.Record.ShardEpoch, untouched.ShardEpoch, "the epoch of another shard");
        }),

        Rule("One write raises a shard's epoch only once, even if another write came between", async t =>
        {
            var (one, two) = (WriteId.Create(), WriteId.Create());
            await EndShardAsync(t, one, SessionEndReason.Everybody);
            var second = await EndShardAsync(t, two, SessionEndReason.Restored);
            var record = await t.StartedAsync();
            Expect.Equal(new ShardEndResult(second.Epoch, false), await EndShardAsync(t, one, SessionEndReason.Everybody), "the answer to the first write once more");
            Expect.Equal(record.ShardEpoch, (await t.FoundAsync(record.Id)).ShardEpoch, "the epoch of the shard, beside that of a session started since");
        }),

        Rule("Every session that started before the end of its shard is told from those that started after", async t =>
        {
            var before = await t.StartedAsync();
            await EndShardAsync(t, WriteId.Create(), SessionEndReason.Everybody);
            var after = await t.StartedAsync();
            await EndShardAsync(t, WriteId.Create(), SessionEndReason.Restored);
            var last = await t.StartedAsync();
            foreach (var (id, ended) in new[] { (before.Id, true), (after.Id, true), (last.Id, false) })
            {
                var found = await t.FoundAsync(id);
                Expect.Equal(ended, found.Record.ShardEpoch < found.ShardEpoch, "whether the record's epoch is below the shard's");
                Expect.Equal(SessionEndReason.Restored, found.ShardEndReason, "the reason of the last end");
            }
        }),
    ];

    private static ValueTask<ShardEndResult> EndShardAsync(Trial t, WriteId write, SessionEndReason reason)
        => t.Store.EndShardAsync(t.Shard, write, reason, t.Events.ShardEnded(t.Shard, Trial.Noon), t.Cancel);

    private static ContractRule Rule(string name, Func<Trial, Task> body) => new("ending", name, body);
}
