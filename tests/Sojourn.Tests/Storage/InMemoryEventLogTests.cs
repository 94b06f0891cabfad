using Sojourn.Storage;
using static Sojourn.Tests.Storage.InMemorySamples;

namespace Sojourn.Tests.Storage;

public sealed class InMemoryEventLogTests
{
    [Fact]
    public async Task The_log_is_a_window_over_the_last_events_of_all_shards()
    {
        var store = await OpenAsync(new() { MaxEvents = 300 });
        for (var number = 1; number <= 1000; number++)
        {
            await store.AppendAsync(SomeEvents(Event(number, (byte)(number % 3))), Token);
        }

        var kept = new List<long>();
        for (var shard = 0; shard < 3; shard++)
        {
            var events = await store.ReadAsync((byte)shard, 0, 1000, Token);
            Assert.Equal(events.OrderBy(each => each.Position), events);
            Assert.Equal(events.OrderBy(each => each.Event.Number), events);
            kept.AddRange(events.Select(each => each.Event.Number));
        }

        Assert.Equal(Enumerable.Range(701, 300).Select(number => (long)number), kept.Order());
    }

    [Fact]
    public async Task A_shard_whose_events_were_all_dropped_begins_again_behind_the_old_positions()
    {
        var store = await OpenAsync(new() { MaxEvents = 2 });
        await store.AppendAsync(SomeEvents(Event(1, 1)), Token);
        var old = Assert.Single(await store.ReadAsync(1, 0, 10, Token)).Position;
        await store.AppendAsync(SomeEvents(Event(2, 2), Event(3, 2)), Token);
        Assert.Empty(await store.ReadAsync(1, 0, 10, Token));
        await store.AppendAsync(SomeEvents(Event(4, 1)), Token);
        Assert.Equal(4, Assert.Single(await store.ReadAsync(1, old, 10, Token)).Event.Number);
        Assert.Equal(3, Assert.Single(await store.ReadAsync(2, 0, 10, Token)).Event.Number);
    }

    [Fact]
    public async Task Reading_goes_on_behind_a_position()
    {
        var store = await OpenAsync();
        await store.AppendAsync(SomeEvents([.. Enumerable.Range(1, 5).Select(number => Event(number))]), Token);
        var first = await store.ReadAsync(7, 0, 2, Token);
        var second = await store.ReadAsync(7, first[^1].Position, 2, Token);
        var third = await store.ReadAsync(7, second[^1].Position, 2, Token);
        Assert.Equal([1, 2, 3, 4, 5], first.Concat(second).Concat(third).Select(each => each.Event.Number));
        Assert.Empty(await store.ReadAsync(7, third[^1].Position, 2, Token));
    }

    [Fact]
    public async Task A_repeated_batch_is_stored_once()
    {
        var store = await OpenAsync();
        var (writer, other) = (WriteId.Create(), WriteId.Create());
        await store.AppendAsync(SomeEvents(Event(1, writer: writer), Event(2, writer: writer)), Token);
        await store.AppendAsync(SomeEvents(Event(1, writer: writer), Event(2, writer: writer)), Token);
        await store.AppendAsync(SomeEvents(Event(1, writer: other)), Token);
        var events = await store.ReadAsync(7, 0, 10, Token);
        Assert.Equal([(writer, 1), (writer, 2), (other, 1)], events.Select(each => (each.Event.Writer, each.Event.Number)));
    }

    [Fact]
    public async Task A_refused_change_writes_no_event()
    {
        var store = await OpenAsync();
        var ann = await store.StartAsync(Record());
        await store.EndAsync(ann.Id, new(Token: new(9, 9)), AnEnding(), SomeEvents(Event(1)), Token);
        await store.ChangeAsync(ann.Id, new(9, 9), new() { Token = NewToken(10) }, SomeEvents(Event(2)), Token);
        await store.StartAsync(Creation(Record(), limit: 1) with { Events = SomeEvents(Event(3)) }, Token);
        Assert.Empty(await store.ReadAsync(7, 0, 10, Token));
    }
}
