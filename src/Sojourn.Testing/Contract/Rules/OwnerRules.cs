using Sojourn.Storage;

namespace Sojourn.Testing.Rules;

/// <summary>The owner's version, count and not-before.</summary>
internal static class OwnerRules
{
    public static IReadOnlyList<ContractRule> All { get; } =
    [
        Rule("The owner's version grows with every start and every end, and with nothing that is refused", async t =>
        {
            long last = 0;
            async Task ExpectGrownAsync(bool grown, string what)
            {
                var version = (await t.OwnerAsync(t.Ada)).Version;
                Expect.True(grown ? version > last : version == last, $"a version {(grown ? "above" : "of")} {last} {what}", $"{version}");
                last = version;
            }

            var record = await t.StartedAsync();
            await ExpectGrownAsync(true, "after a start");
            var second = await t.StartedAsync();
            await ExpectGrownAsync(true, "after a second start");
            await t.Store.StartAsync(t.Creation(t.NewRecord(), limit: 1), t.Cancel);
            await ExpectGrownAsync(false, "after a refused start");
            await t.EndedAsync(record.Id);
            await ExpectGrownAsync(true, "after an end");
            await t.EndAsync(record.Id, Make.Ending(Trial.Noon));
            await t.EndAsync(second.Id, Make.Ending(Trial.Noon), new(LastSeenAt: Trial.Noon.AddHours(-1)));
            await ExpectGrownAsync(false, "after ends that came late or whose guard did not hold");
        }),

        Rule("A start is refused when its authentication began before the subject's not-before, and not at it", async t =>
        {
            await RevokeAsync(t, t.Ada, Trial.Noon);
            await LimitRules.ExpectRefusedAsync(t, t.Creation(t.NewRecord()) with { AuthenticationBegan = Trial.Noon.AddMilliseconds(-1) }, StartStatus.BeforeNotBefore);
            await t.StartedAsync(t.Creation(t.NewRecord()) with { AuthenticationBegan = Trial.Noon });
            await t.StartedAsync(t.Creation(t.NewRecord()) with { AuthenticationBegan = Trial.Noon.AddMilliseconds(1) });
        }),

        Rule("A not-before moves only forward", async t =>
        {
            await RevokeAsync(t, t.Ada, Trial.Noon);
            await RevokeAsync(t, t.Ada, Trial.Noon.AddHours(-1));
            Expect.Equal(Trial.Noon, (await t.OwnerAsync(t.Ada)).NotBefore, "the not-before after an earlier one");
            await RevokeAsync(t, t.Ada, null);
            Expect.Equal(Trial.Noon, (await t.OwnerAsync(t.Ada)).NotBefore, "the not-before after none");
            await RevokeAsync(t, t.Ada, Trial.Noon.AddHours(1));
            Expect.Equal(Trial.Noon.AddHours(1), (await t.OwnerAsync(t.Ada)).NotBefore, "the not-before after a later one");
        }),

        Rule("A not-before holds for a subject that never had a session, and for no other", async t =>
        {
            await RevokeAsync(t, t.Ada, Trial.Noon.AddHours(1));
            Expect.Equal(Trial.Noon.AddHours(1), (await t.OwnerAsync(t.Ada)).NotBefore, "the not-before");
            Expect.Equal(StartStatus.BeforeNotBefore, (await t.Store.StartAsync(t.Creation(t.NewRecord()), t.Cancel)).Status, "the answer to the subject");
            await t.StartedAsync(t.NewRecord(new("bob", t.Shard)));
            await t.StartedAsync(t.NewRecord(t.Visitors));
        }),

        Rule("A not-before ends nobody who is not named", async t =>
        {
            var record = await t.StartedAsync();
            await RevokeAsync(t, t.Ada, Trial.Noon.AddDays(1));
            Comparison.ExpectSame(record, await t.RecordAsync(record.Id));
        }),

        Rule("A not-before outlives all sessions of its subject", async t =>
        {
            var record = await t.StartedAsync();
            await RevokeAsync(t, t.Ada, Trial.Noon.AddDays(1));
            await t.EndedAsync(record.Id, Make.Ending(Trial.Noon) with { KeepUntil = Trial.Noon.AddMinutes(1) });
            await t.PurgeAllAsync(Trial.Noon.AddHours(1));
            Expect.Equal(StartStatus.BeforeNotBefore, (await t.Store.StartAsync(t.Creation(t.NewRecord()), t.Cancel)).Status, "the answer to a start from before");
        }),
    ];

    private static async Task RevokeAsync(Trial t, SessionOwner owner, DateTimeOffset? notBefore)
    {
        var ending = t.SubjectEnding(owner, (await t.OwnerAsync(owner)).Version, notBefore);
        Expect.Equal(EndSubjectStatus.Done, (await t.Store.EndSubjectAsync(ending, t.Cancel)).Status, "the answer to the end of a subject");
    }

    private static ContractRule Rule(string name, Func<Trial, Task> body) => new("limits", name, body);
}
