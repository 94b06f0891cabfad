using Sojourn.Storage;
using static Sojourn.Tests.Storage.InMemorySamples;

namespace Sojourn.Tests.Storage;

public sealed class InMemoryBoundsTests
{
    [Theory]
    [InlineData(nameof(InMemoryStoreOptions.MaxSessions), 0)]
    [InlineData(nameof(InMemoryStoreOptions.MaxAnonymousSessions), -1)]
    [InlineData(nameof(InMemoryStoreOptions.MaxDataBytes), -1)]
    [InlineData(nameof(InMemoryStoreOptions.MaxAnonymousDataBytes), -1)]
    [InlineData(nameof(InMemoryStoreOptions.MaxEvents), 0)]
    public void A_bound_out_of_its_range_is_named_with_the_range(string name, int value)
    {
        var options = new InMemoryStoreOptions();
        typeof(InMemoryStoreOptions).GetProperty(name)!.SetValue(options, Convert.ChangeType(value, typeof(InMemoryStoreOptions).GetProperty(name)!.PropertyType));
        var exception = Assert.Throws<ArgumentOutOfRangeException>(() => new InMemorySessionStore(options));
        Assert.Contains($"InMemoryStoreOptions.{name} is {value}; choose a value from", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_store_refuses_a_start_and_keeps_everybody()
    {
        var store = await OpenAsync(new() { MaxSessions = 2 });
        var ann = await store.StartAsync(Record("ann"));
        var bob = await store.StartAsync(Record("bob"));
        Assert.Equal(new StartResult(StartStatus.Full), await store.StartAsync(Creation(Record("eve")) with { Events = SomeEvents(Event(1)) }, Token));
        Assert.Equal(0, (await store.ListAsync(new("eve", 7), new(1), Token)).Version);
        Assert.Empty(await store.ReadAsync(7, 0, 10, Token));
        Assert.NotNull(await store.FindAsync(ann.Id, default, Token));
        Assert.NotNull(await store.FindAsync(bob.Id, default, Token));
    }

    [Fact]
    public async Task Visitors_and_people_signed_in_have_bounds_of_their_own()
    {
        var store = await OpenAsync(new() { MaxSessions = 1, MaxAnonymousSessions = 1, MaxDataBytes = 100, MaxAnonymousDataBytes = 100 });
        var visitor = await store.StartAsync(Record(null));
        Assert.Equal(StartStatus.Full, (await store.StartAsync(Creation(Record(null)), Token)).Status);
        Assert.Equal(DataStatus.Written, (await store.CommitDataAsync(Commit(visitor.Id, Set("cart", 96)), Token)).Status);
        Assert.Equal(DataStatus.Full, (await store.CommitDataAsync(Commit(visitor.Id, Set("more", 1)), Token)).Status);

        var ann = await store.StartAsync(Record("ann"));
        Assert.Equal(DataStatus.Written, (await store.CommitDataAsync(Commit(ann.Id, Set("cart", 96)), Token)).Status);
        Assert.Equal(StartStatus.Full, (await store.StartAsync(Creation(Record("bob")), Token)).Status);
    }

    [Fact]
    public async Task Ended_sessions_count_until_they_are_purged()
    {
        var store = await OpenAsync(new() { MaxSessions = 1 });
        var ann = await store.StartAsync(Record("ann"));
        await store.EndAsync(ann.Id, default, AnEnding(after: 60, keptFor: 3600), EventBatch.None, Token);
        Assert.Equal(StartStatus.Full, (await store.StartAsync(Creation(Record("bob")), Token)).Status);
        Assert.Equal(1, await store.PurgeAsync(7, Start.AddSeconds(3660), 10, Token));
        await store.StartAsync(Record("bob"));
    }

    [Fact]
    public async Task A_victim_that_is_not_kept_makes_room_for_the_newcomer_and_its_data()
    {
        var store = await OpenAsync(new() { MaxAnonymousSessions = 1, MaxAnonymousDataBytes = 10 });
        var old = await store.StartAsync(Record(null), new DataValue("cart", [1, 2, 3, 4, 5, 6], 0));
        var version = (await store.ListAsync(new(null, 7), new(1), Token)).Version;
        var creation = Creation(Record(null), limit: 1) with
        {
            OwnerVersion = version,
            Victims = [new(old.Id, AnEnding(SessionEndReason.LimitReached, keptFor: 0))],
            Data = [new DataValue("cart", [1, 2, 3, 4, 5, 6], 0)],
        };
        Assert.Equal(StartStatus.Started, (await store.StartAsync(creation, Token)).Status);
        Assert.Null(await store.FindAsync(old.Id, default, Token));
        Assert.Equal(StartStatus.Full, (await store.StartAsync(Creation(Record(null)), Token)).Status);
    }

    [Fact]
    public async Task A_full_start_with_victims_ends_nobody()
    {
        var store = await OpenAsync(new() { MaxSessions = 1 });
        var old = await store.StartAsync(Record());
        var version = (await store.ListAsync(new("ann", 7), new(1), Token)).Version;
        var creation = Creation(Record(), limit: 1) with { OwnerVersion = version, Victims = [new(old.Id, AnEnding())] };
        Assert.Equal(StartStatus.Full, (await store.StartAsync(creation, Token)).Status);
        Assert.True((await store.FindAsync(old.Id, default, Token))!.Value.Record.IsActive);
    }

    [Fact]
    public async Task Data_counts_keys_in_utf8_and_values_and_is_given_back()
    {
        var store = await OpenAsync(new() { MaxDataBytes = 10 });
        var ann = await store.StartAsync(Record());
        Assert.Equal(DataStatus.Written, (await store.CommitDataAsync(Commit(ann.Id, Set("é", 8)), Token)).Status);
        Assert.Equal(DataStatus.Full, (await store.CommitDataAsync(Commit(ann.Id, Set("a", 0)), Token)).Status);
        Assert.Equal(DataStatus.Written, (await store.CommitDataAsync(Commit(ann.Id, Set("é", 7), Set("a", 0)), Token)).Status);
        await store.EndAsync(ann.Id, default, AnEnding(), EventBatch.None, Token);
        var bob = await store.StartAsync(Record("bob"));
        Assert.Equal(DataStatus.Written, (await store.CommitDataAsync(Commit(bob.Id, Set("é", 8)), Token)).Status);
    }

    [Fact]
    public async Task Lapsed_values_make_room_in_a_full_store()
    {
        var store = await OpenAsync(new() { MaxDataBytes = 10 });
        var ann = await store.StartAsync(Record());
        await store.CommitDataAsync(Commit(ann.Id, Set("old", 7, Start.AddMinutes(-1))), Token);
        Assert.Equal(DataStatus.Written, (await store.CommitDataAsync(Commit(ann.Id, Set("new", 7)), Token)).Status);
    }

    [Fact]
    public async Task Taken_data_counts_for_as_long_as_its_answer_is_remembered()
    {
        var store = await OpenAsync(new() { MaxDataBytes = 10 });
        var ann = await store.StartAsync(Record());
        await store.CommitDataAsync(Commit(ann.Id, Set("note", 6)), Token);
        var take = new DataTake { Session = ann.Id, Lineage = 1, Write = WriteId.Create(), Key = "note", Now = Start };
        var taken = await store.TakeDataAsync(take, Token);
        Assert.Equal(taken, await store.TakeDataAsync(take, Token));
        Assert.Equal(DataStatus.Full, (await store.CommitDataAsync(Commit(ann.Id, Set("more", 6)), Token)).Status);

        await store.PurgeAsync(7, Start.AddMinutes(2), 10, Token);
        Assert.Equal(taken, await store.TakeDataAsync(take, Token));
        await store.PurgeAsync(7, Start.AddMinutes(2).AddSeconds(1), 10, Token);
        Assert.Null(await store.TakeDataAsync(take, Token));
        Assert.Equal(DataStatus.Written, (await store.CommitDataAsync(Commit(ann.Id, Set("more", 6)), Token)).Status);
    }

    [Fact]
    public async Task Room_is_counted_exactly_under_parallel_starts_and_ends()
    {
        const int Most = 500;
        var store = await OpenAsync(new() { MaxSessions = Most, MaxDataBytes = Most * 10 });
        await Parallel.ForAsync(0, 4, Token, async (worker, _) =>
        {
            for (var i = 0; i < 1000; i++)
            {
                var record = Record($"{worker}-{i % 10}", Id((byte)i));
                var result = await store.StartAsync(Creation(record) with { Data = [new DataValue("abcde", [1, 2, 3, 4, 5], 0)] }, Token);
                if (result.Status is StartStatus.Started && i % 3 != 0)
                {
                    await store.EndAsync(record.Id, default, AnEnding(keptFor: i % 2), EventBatch.None, Token);
                }
            }
        });
        for (var shard = 0; shard < 256; shard++)
        {
            await EndAllAsync(store, (byte)shard);
        }

        for (var i = 0; i < Most; i++)
        {
            await store.StartAsync(Record($"{i}"), new DataValue("abcde", [1, 2, 3, 4, 5], 0));
        }

        Assert.Equal(StartStatus.Full, (await store.StartAsync(Creation(Record("last")), Token)).Status);
    }

    private static async Task EndAllAsync(InMemorySessionStore store, byte shard)
    {
        foreach (var due in (await store.FindDueAsync(shard, new(Start.AddYears(1), Start, 10_000), Token)).Sessions)
        {
            await store.EndAsync(due.Record.Id, default, AnEnding(), EventBatch.None, Token);
        }

        await store.PurgeAsync(shard, Start.AddYears(1), 10_000, Token);
    }
}
