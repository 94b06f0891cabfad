using Sojourn.Storage;
using static Sojourn.Tests.Storage.InMemorySamples;

namespace Sojourn.Tests.Storage;

public sealed class InMemoryOwnerTests
{
    private static readonly SessionOwner Ann = new("ann", 7);

    [Fact]
    public async Task A_forgotten_subject_that_comes_back_repeats_no_version()
    {
        var store = await OpenAsync();
        var seen = new HashSet<long>();
        for (var round = 0; round < 5; round++)
        {
            var session = await store.StartAsync(Record());
            Assert.True(seen.Add((await store.ListAsync(Ann, new(1), Token)).Version));
            await store.EndAsync(session.Id, default, AnEnding(keptFor: 0), EventBatch.None, Token);
            Assert.Null(await store.FindAsync(session.Id, default, Token));
            Assert.Equal(0, (await store.ListAsync(Ann, new(1), Token)).Version);
        }
    }

    [Fact]
    public void A_subject_that_nothing_is_left_of_is_forgotten()
    {
        var owners = new MemoryOwners();
        var session = new MemorySession(Record());
        var owner = owners.FindOrAdd("ann");
        owner.AddActive(session);
        owners.ForgetIfEmpty(owner);
        Assert.Equal(1, owners.Count);
        owner.RemoveActive(session);
        owner.AddEnded(session);
        owners.ForgetIfEmpty(owner);
        Assert.Equal(1, owners.Count);
        owner.RemoveEnded(session);
        owners.ForgetIfEmpty(owner);
        Assert.Equal(0, owners.Count);
    }

    [Fact]
    public async Task A_revocation_outlives_the_sessions_for_a_day()
    {
        var store = await OpenAsync();
        var session = await store.StartAsync(Record());
        var end = new SubjectEnd
        {
            Owner = Ann,
            Write = WriteId.Create(),
            OwnerVersion = (await store.ListAsync(Ann, new(1), Token)).Version,
            Ends = [new(session.Id, AnEnding(keptFor: 0))],
            NotBefore = Start.AddMinutes(1),
            Events = EventBatch.None,
        };
        Assert.Equal(new(EndSubjectStatus.Done, 1), await store.EndSubjectAsync(end, Token));
        Assert.Equal(new(EndSubjectStatus.Done, 1), await store.EndSubjectAsync(end, Token));

        await store.PurgeAsync(7, Start.AddDays(1).AddMinutes(1), 10, Token);
        Assert.Equal(StartStatus.BeforeNotBefore, (await store.StartAsync(Creation(Record()), Token)).Status);
        await store.PurgeAsync(7, Start.AddDays(1).AddMinutes(1).AddSeconds(1), 10, Token);
        Assert.Equal(0, (await store.ListAsync(Ann, new(1), Token)).Version);
    }

    [Fact]
    public async Task A_revocation_of_a_subject_that_was_never_seen_refuses_the_sign_in_on_its_way()
    {
        var store = await OpenAsync();
        var end = new SubjectEnd { Owner = Ann, Write = WriteId.Create(), OwnerVersion = 0, Ends = [], NotBefore = DateTimeOffset.MaxValue, Events = EventBatch.None };
        Assert.Equal(EndSubjectStatus.Done, (await store.EndSubjectAsync(end, Token)).Status);
        Assert.Equal(StartStatus.BeforeNotBefore, (await store.StartAsync(Creation(Record()), Token)).Status);
    }

    [Fact]
    public async Task A_victim_named_twice_or_of_somebody_else_ends_nobody()
    {
        var store = await OpenAsync();
        var ann = await store.StartAsync(Record());
        var bob = await store.StartAsync(Record("bob"));
        var version = (await store.ListAsync(Ann, new(1), Token)).Version;
        var creation = Creation(Record()) with { OwnerVersion = version };
        var twice = creation with { Victims = [new(ann.Id, AnEnding()), new(ann.Id, AnEnding())] };
        var other = creation with { Victims = [new(bob.Id, AnEnding())] };
        Assert.Equal(StartStatus.MustEndFirst, (await store.StartAsync(twice, Token)).Status);
        Assert.Equal(StartStatus.MustEndFirst, (await store.StartAsync(other, Token)).Status);
        Assert.Same(ann, (await store.FindAsync(ann.Id, default, Token))!.Value.Record);
        Assert.Same(bob, (await store.FindAsync(bob.Id, default, Token))!.Value.Record);
    }

    [Fact]
    public async Task Two_sign_ins_at_once_on_one_device_keep_one_unconfirmed_session()
    {
        var store = await OpenAsync();
        var device = new SessionDeviceId([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]);
        var first = await store.StartAsync(Record(isConfirmed: false) with { Device = device });
        var second = Creation(Record(isConfirmed: false) with { Device = device });
        Assert.Equal(StartStatus.MustEndFirst, (await store.StartAsync(second, Token)).Status);
        var version = (await store.ListAsync(Ann, new(1), Token)).Version;
        var named = second with { OwnerVersion = version, Victims = [new(first.Id, AnEnding(SessionEndReason.Replaced))] };
        Assert.Equal(StartStatus.Started, (await store.StartAsync(named, Token)).Status);
        Assert.Equal(1, (await store.ListAsync(Ann, new(1), Token)).ActiveCount);
    }

    [Fact]
    public async Task The_limit_holds_under_parallel_starts()
    {
        var store = await OpenAsync();
        var started = 0;
        await Parallel.ForAsync(0, 200, Token, async (_, _) =>
        {
            if ((await store.StartAsync(Creation(Record(), limit: 3), Token)).Status is StartStatus.Started)
            {
                Interlocked.Increment(ref started);
            }
        });
        Assert.Equal(3, started);
        Assert.Equal(3, (await store.ListAsync(Ann, new(10), Token)).ActiveCount);
    }
}
