using Sojourn.Storage;
using Sojourn.Testing;

namespace Sojourn.Tests.Testing;

/// <summary>Rules that cannot fail prove nothing: each store here is wrong in one way, and the rule against it must see that.</summary>
[Collection(RunAlone.Name)]
public sealed class BrokenStoreTests
{
    private static readonly (Func<ISessionStore, ISessionStore> Break, string Rule)[] Cases =
    [
        (inner => new ResurrectsOnTouch(inner), "A late touch does not bring an ended session back, or change it"),
        (inner => new RevivesBehindDeadline(inner), "A late touch after the stored deadline does not revive a session"),
        (inner => new RevivesBehindDeadline(inner), "A touch counts at the stored deadline and not behind it, idle or absolute"),
        (inner => new UpsertsOnChange(inner), "A change of a session that does not exist inserts nothing"),
        (inner => new ComparesLineageOnly(inner), "Of two changes from one state exactly one wins, and the other is told what won"),
        (inner => new ComparesLineageOnly(inner), "Of two rotations at the same time one is done, and the other is told what won"),
        (inner => new RemembersAuthentication(inner), "A change that forgets when the person authenticated leaves no time, until another one says a new one"),
        (inner => new LosesToTouches(inner), "Touches and data writes never make a change lose, and a change loses none of them"),
        (inner => new LosesToTouches(inner), "A touch that races a rotation is kept, and so is the rotation"),
        (inner => new ChecksThenEnds(inner), "Of two ends at the same time one ends the session, and the other is told how"),
        (inner => new ReadsInTwoSteps(inner), "A reader never sees half of what one step writes"),
        (inner => new MixesUpReplies(inner), "Every found record repeats the id that was asked for"),
        (inner => new SharesItsLists(inner), "Nobody can write to a store through what it returned"),
        (inner => new HasAClock(inner), "A whole life in 1999 goes as it does today"),
        (inner => new IgnoresLimit(inner), "A start beyond the limit is told that sessions must end first, and leaves nothing"),
        (inner => new CountsThenStarts(inner), "Of two starts at the same time that need the last place one gets it"),
        (inner => new IgnoresOwnerVersion(inner), "The limit is never exceeded by starts at the same time"),
        (inner => new IgnoresOwnerVersion(inner), "Victims that are named by an older version are refused, and none ends"),
        (inner => new IgnoresNotBefore(inner), "A start is refused when its authentication began before the subject's not-before, and not at it"),
        (inner => new ChecksNotBeforeThenStarts(inner), "A start whose authentication began before a revocation of its subject never survives it"),
        (inner => new StartsInTwoSteps(inner), "A start that is cancelled leaves the whole of it or nothing, and can be repeated"),
        (inner => new PagesByOffset(inner), "A list that is read while sessions end has each survivor exactly once"),
        (inner => new FindsDueOnlyOnce(inner), "A session that a sweep found and nobody ended is found again later"),
        (inner => new IgnoresSetIf(inner), "A SetIf writes only over the version that it expects"),
        (inner => new ComparesThenSets(inner), "Two updates of one key at the same time both count"),
        (inner => new ComparesThenSets(inner), "Of two updates that expect one version one is written, and the other meets a conflict"),
        (inner => new IgnoresWriteIds(inner), "A data commit that is repeated gives the same answer, happens once and writes its events once"),
        (inner => new IgnoresWriteIds(inner), "A take that is repeated gives the same answer, happens once and writes its events once"),
        (inner => new IgnoresWriteIds(inner), "An end that is repeated gives the same answer, happens once and writes its events once"),
        (inner => new IgnoresWriteIds(inner), "The end of a subject that is repeated gives the same answer, happens once and writes its events once"),
        (inner => new IgnoresWriteIds(inner), "The end of a shard that is repeated gives the same answer, happens once and writes its events once"),
        (inner => new ReadsThenRemoves(inner), "Of two takes of one key at the same time one gets the value"),
        (inner => new KeepsDataOfEnded(inner), "A revocation that races a data write stays, and leaves no data"),
        (inner => new ForgetsEvents(inner), "Events are in the log with their change, in the order of the changes"),
        (inner => new WritesEventsApart(inner), "What is refused, lost, late or missing leaves no event"),
        (inner => new WritesEventsAfterwards(inner), "Events of changes that race are in the log in the order of the changes"),
        (inner => new RepeatsEvents(inner), "An appended event is unique by writer and number"),
        (inner => new TellsNobody(inner), "Every end of a session is told, with its reason, however it came about"),
    ];

    public static TheoryData<int, string, string> Breaks =>
        [.. Cases.Select((each, i) => new TheoryDataRow<int, string, string>(i, each.Break(new InMemorySessionStore(new InMemoryStoreOptions())).GetType().Name, each.Rule))];

    [Theory, MemberData(nameof(Breaks))]
    public async Task A_rule_fails_on_a_store_that_breaks_it(int index, string store, string rule)
    {
        // A race that is lost only now and then may need several runs on a busy machine.
        ContractViolationException? violation = null;
        for (var run = 0; run < 20 && violation is null; run++)
        {
            await using var fixture = new InMemoryFixture(Cases[index].Break);
            var seen = await Record.ExceptionAsync(() => Named(rule).RunAsync(fixture, TestContext.Current.CancellationToken));
            Assert.True(seen is null or ContractViolationException, $"{store} should break the rule, not fail: {seen}");
            violation = seen as ContractViolationException is { } found && !found.Message.Contains("never ran both ways", StringComparison.Ordinal) ? found : null;
        }

        Assert.True(violation is not null, $"The rule \"{rule}\" held on {store} in 20 runs.");
        Assert.True(violation.InnerException is null, $"{store} should fail an expectation, not throw: {violation.InnerException}");
        Assert.StartsWith(rule, violation.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_that_forgets_the_tenant_mixes_them_up()
    {
        await using var fixture = new OneStoreFixture();
        await Assert.ThrowsAsync<ContractViolationException>(
            () => Named("The same session id in two tenants is two sessions").RunAsync(fixture, TestContext.Current.CancellationToken));
    }

    private static ContractRule Named(string name) => SessionStoreContract.Rules.Single(rule => rule.Name == name);

    private sealed class OneStoreFixture : SessionStoreFixture
    {
        private readonly ForgetsTheTenant _store = new(new InMemorySessionStore(new InMemoryStoreOptions()));

        protected override ValueTask<ISessionStore> CreateStoreAsync(string tenant, CancellationToken cancellationToken) => new(_store);
    }
}
