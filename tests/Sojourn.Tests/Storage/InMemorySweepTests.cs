using Sojourn.Storage;
using static Sojourn.Tests.Storage.InMemorySamples;

namespace Sojourn.Tests.Storage;

public sealed class InMemorySweepTests
{
    private static readonly DateTimeOffset Evening = Start.AddHours(9);

    [Fact]
    public async Task Two_sweepers_at_once_get_different_sessions_and_none_is_left_out()
    {
        var store = await OpenAsync();
        await StartManyAsync(store, 10);
        var pages = new List<SessionId[]>();
        for (var call = 0; call < 5; call++)
        {
            pages.Add([.. (await store.FindDueAsync(7, new(Evening, Start, 2), Token)).Sessions.Select(due => due.Record.Id)]);
        }

        Assert.Equal(10, pages.SelectMany(page => page).Distinct().Count());
        Assert.Equal(pages[0], (await store.FindDueAsync(7, new(Evening, Start, 2), Token)).Sessions.Select(due => due.Record.Id));
    }

    [Fact]
    public async Task Sessions_that_nobody_ends_hold_up_no_others()
    {
        var store = await OpenAsync();
        var stuck = await StartManyAsync(store, 5);
        await store.FindDueAsync(7, new(Evening, Start, 5), Token);
        var late = await store.StartAsync(Record("late", startedAfter: 60));
        var found = new HashSet<SessionId>();
        for (var call = 1; call <= 6; call++)
        {
            found.UnionWith((await store.FindDueAsync(7, new(Evening.AddSeconds(call), Start, 1), Token)).Sessions.Select(due => due.Record.Id));
        }

        Assert.Equal([late.Id, .. stuck], found);
    }

    [Fact]
    public async Task A_call_examines_no_more_than_its_limit()
    {
        var store = await OpenAsync();
        var touched = await StartManyAsync(store, 5);
        await store.TouchAsync([.. touched.Select(id => new SessionTouch(id, Start.AddMinutes(50)))], Token);
        var due = await store.StartAsync(Record("due", startedAfter: 60));
        var query = new DueQuery(Start.AddMinutes(65), Start, 3);
        Assert.Empty((await store.FindDueAsync(7, query, Token)).Sessions);
        Assert.Equal(due.Id, Assert.Single((await store.FindDueAsync(7, query, Token)).Sessions).Record.Id);
        Assert.Equal(6, (await store.FindDueAsync(7, new(Start.AddMinutes(110), Start, 10), Token)).Sessions.Count);
    }

    [Fact]
    public async Task An_unconfirmed_session_is_due_when_its_time_is_over_whenever_it_was_looked_at_before()
    {
        var store = await OpenAsync();
        var open = await store.StartAsync(Record("ann", isConfirmed: false));
        var confirmed = await store.StartAsync(Record("bob", isConfirmed: false));
        await store.TouchAsync([new(confirmed.Id, Start)], Token);
        Assert.Empty((await store.FindDueAsync(7, new(Start.AddMinutes(1), DateTimeOffset.MinValue, 10), Token)).Sessions);
        Assert.Empty((await store.FindDueAsync(7, new(Start.AddMinutes(10), Start, 10), Token)).Sessions);
        var due = (await store.FindDueAsync(7, new(Start.AddMinutes(11), Start.AddSeconds(1), 10), Token)).Sessions;
        Assert.Equal(open.Id, Assert.Single(due).Record.Id);
    }

    [Fact]
    public async Task The_end_of_a_shard_makes_all_that_started_before_due_and_none_that_starts_after()
    {
        var store = await OpenAsync();
        var old = await StartManyAsync(store, 4);
        await store.EndShardAsync(7, WriteId.Create(), SessionEndReason.Everybody, EventBatch.None, Token);
        var young = await store.StartAsync(Record("young"));
        Assert.Equal(1, young.ShardEpoch);
        var due = (await store.FindDueAsync(7, new(Start, Start, 10), Token)).Sessions;
        Assert.Equal(old.Order(), due.Select(each => each.Record.Id).Order());
        Assert.All(due, each => Assert.Equal((1, SessionEndReason.Everybody), (each.ShardEpoch, each.ShardEndReason)));
        Assert.Equal(1, (await store.ListAsync(new("s0", 7), new(10), Token)).ActiveCount);
    }

    [Fact]
    public async Task A_deadline_that_is_brought_forward_is_found_in_time()
    {
        var store = await OpenAsync();
        var ann = await store.StartAsync(Record());
        var change = new RecordChange { Token = NewToken(2), AbsoluteExpiresAt = Start.AddMinutes(5) };
        await store.ChangeAsync(ann.Id, new(1, 1), change, EventBatch.None, Token);
        Assert.Single((await store.FindDueAsync(7, new(Start.AddMinutes(5), Start, 10), Token)).Sessions);
    }

    [Fact]
    public async Task Sealed_data_goes_first_and_the_record_when_nobody_needs_it()
    {
        var store = await OpenAsync();
        var visitor = await store.StartAsync(Record(null), new DataValue("cart", [1], 0));
        var ending = AnEnding(SessionEndReason.SignedIn) with { KeepDataUntil = Start.AddMinutes(6), Heir = "ann" };
        await store.EndAsync(visitor.Id, default, ending, EventBatch.None, Token);
        Assert.Single((await store.FindAsync(visitor.Id, new(AllData: true), Token))!.Value.Data);
        Assert.Equal(0, await store.PurgeAsync(7, Start.AddMinutes(6).AddMilliseconds(-1), 10, Token));
        Assert.Equal(1, await store.PurgeAsync(7, Start.AddMinutes(6), 10, Token));
        Assert.Empty((await store.FindAsync(visitor.Id, new(AllData: true), Token))!.Value.Data);
        Assert.Equal(1, await store.PurgeAsync(7, ending.KeepUntil, 10, Token));
        Assert.Null(await store.FindAsync(visitor.Id, default, Token));
    }

    [Fact]
    public async Task Of_a_subject_the_200_sessions_that_ended_last_are_kept()
    {
        var store = await OpenAsync();
        var ids = await StartManyAsync(store, 205, _ => "ann");
        for (var i = 0; i < ids.Count; i++)
        {
            await store.EndAsync(ids[^(i + 1)], default, AnEnding(after: i), EventBatch.None, Token);
        }

        var kept = await store.ListAsync(new("ann", 7), new(1000, Ended: true), Token);
        Assert.Equal(ids.Take(200).Reverse(), kept.Records.Select(record => record.Id));
    }

    private static async Task<List<SessionId>> StartManyAsync(InMemorySessionStore store, int count, Func<int, string>? subject = null)
    {
        var ids = new List<SessionId>();
        for (var i = 0; i < count; i++)
        {
            ids.Add((await store.StartAsync(Record(subject?.Invoke(i) ?? $"s{i}", startedAfter: i))).Id);
        }

        return ids;
    }
}
