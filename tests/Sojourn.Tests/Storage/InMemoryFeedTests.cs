using System.Collections.Concurrent;
using Sojourn.Storage;
using static Sojourn.Tests.Storage.InMemorySamples;

namespace Sojourn.Tests.Storage;

public sealed class InMemoryFeedTests
{
    [Fact]
    public async Task What_changed_is_on_the_feed_before_the_call_returns()
    {
        var store = await OpenAsync();
        var ann = await store.StartAsync(Record());
        var bob = await store.StartAsync(Record("bob"));
        var heard = new List<FeedMessage>();
        using var subscription = store.Feed.Subscribe(heard.Add);

        await store.ChangeAsync(ann.Id, new(1, 1), new() { Token = NewToken(epoch: 2, lineage: 2), Announce = true }, EventBatch.None, Token);
        await store.ChangeAsync(ann.Id, new(2, 2), new() { Token = NewToken(epoch: 3, lineage: 2) }, EventBatch.None, Token);
        Assert.Equal([new(FeedMessageKind.Changed, ann.Id)], heard);

        await store.EndAsync(bob.Id, default, AnEnding(SessionEndReason.Idle), EventBatch.None, Token);
        Assert.Equal(new(FeedMessageKind.Ended, bob.Id, SessionEndReason.Idle), heard[^1]);

        await store.EndShardAsync(7, WriteId.Create(), SessionEndReason.Everybody, EventBatch.None, Token);
        Assert.Equal(new(FeedMessageKind.ShardEnded, Reason: SessionEndReason.Everybody, Shard: 7), heard[^1]);

        await store.ProbeAsync(42, Token);
        Assert.Equal(new(FeedMessageKind.Probe, Nonce: 42), heard[^1]);
        Assert.Equal(4, heard.Count);
    }

    [Fact]
    public async Task A_subscriber_sees_the_change_and_may_read_the_store()
    {
        var store = await OpenAsync();
        var ann = await store.StartAsync(Record());
        SessionRecord? seen = null;
        using var subscription = store.Feed.Subscribe(message => seen = Read(store, message.Session));
        await store.EndAsync(ann.Id, default, AnEnding(), EventBatch.None, Token);
        Assert.False(seen!.IsActive);
    }

    [Fact]
    public async Task Starts_touches_data_and_repeated_ends_are_not_on_the_feed()
    {
        var store = await OpenAsync();
        var ending = AnEnding();
        var heard = new List<FeedMessageKind>();
        using var subscription = store.Feed.Subscribe(message => heard.Add(message.Kind));
        var ann = await store.StartAsync(Record());
        await store.TouchAsync([new(ann.Id, Start.AddMinutes(1))], Token);
        await store.CommitDataAsync(Commit(ann.Id, Set("cart", 1)), Token);
        await store.EndAsync(ann.Id, default, ending, EventBatch.None, Token);
        await store.EndAsync(ann.Id, default, ending, EventBatch.None, Token);
        Assert.Equal([FeedMessageKind.Ended], heard);
    }

    [Fact]
    public async Task A_disposed_subscription_hears_nothing_more()
    {
        var store = await OpenAsync();
        var (first, second) = (0, 0);
        var subscription = store.Feed.Subscribe(_ => first++);
        using var other = store.Feed.Subscribe(_ => second++);
        await store.ProbeAsync(1, Token);
        subscription.Dispose();
        subscription.Dispose();
        await store.ProbeAsync(2, Token);
        Assert.Equal((1, 2), (first, second));
    }

    [Fact]
    public async Task A_subscriber_that_throws_keeps_the_message_from_nobody_and_undoes_nothing()
    {
        var store = await OpenAsync();
        var ann = await store.StartAsync(Record());
        var heard = 0;
        using var faulty = store.Feed.Subscribe(_ => throw new InvalidOperationException("Subscriber."));
        using var other = store.Feed.Subscribe(_ => heard++);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await store.EndAsync(ann.Id, default, AnEnding(), EventBatch.None, Token));
        Assert.Equal(1, heard);
        Assert.False(Read(store, ann.Id)!.IsActive);
    }

    [Fact]
    public async Task Messages_of_one_session_come_in_the_order_of_its_changes()
    {
        var store = await OpenAsync();
        var heard = new ConcurrentDictionary<SessionId, List<FeedMessageKind>>();
        using var subscription = store.Feed.Subscribe(message => heard.GetOrAdd(message.Session, _ => []).Add(message.Kind));
        for (var round = 0; round < 200; round++)
        {
            var id = (await store.StartAsync(Record())).Id;
            await Task.WhenAll(
                Task.Run(() => ChangeUntilEndedAsync(store, id), Token),
                Task.Run(() => ChangeUntilEndedAsync(store, id), Token),
                Task.Run(async () => await store.EndAsync(id, default, AnEnding(), EventBatch.None, Token), Token));
            Assert.Equal(FeedMessageKind.Ended, heard[id][^1]);
            Assert.Single(heard[id], kind => kind is FeedMessageKind.Ended);
        }
    }

    private static async Task ChangeUntilEndedAsync(InMemorySessionStore store, SessionId id)
    {
        for (var stamp = new TokenStamp(1, 1); ;)
        {
            var change = new RecordChange { Token = NewToken(stamp.Epoch + 1), Announce = true };
            var result = await store.ChangeAsync(id, stamp, change, EventBatch.None, Token);
            if (result.Status is ChangeStatus.Ended)
            {
                return;
            }

            stamp = result.Record!.Token.Stamp;
        }
    }

    private static SessionRecord? Read(InMemorySessionStore store, SessionId id)
    {
        var found = store.FindAsync(id, default).AsTask();
        return found.GetAwaiter().GetResult()?.Record;
    }
}
