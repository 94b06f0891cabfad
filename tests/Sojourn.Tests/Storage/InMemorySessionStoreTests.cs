using Sojourn.Storage;
using static Sojourn.Tests.Storage.InMemorySamples;

namespace Sojourn.Tests.Storage;

/// <summary>What is special to the in-memory store; what every store promises is in the contract suite.</summary>
public sealed class InMemorySessionStoreTests
{
    [Fact]
    public async Task Every_call_has_completed_when_it_returns()
    {
        var store = await OpenAsync();
        var record = Record();
        var calls = new Dictionary<string, bool>
        {
            ["Start"] = store.StartAsync(Creation(record), Token).AsTask().IsCompletedSuccessfully,
            ["Find"] = store.FindAsync(record.Id, new(AllData: true), Token).AsTask().IsCompletedSuccessfully,
            ["List"] = store.ListAsync(new("ann", 7), new(10), Token).AsTask().IsCompletedSuccessfully,
            ["Touch"] = store.TouchAsync([new(record.Id, Start)], Token).AsTask().IsCompletedSuccessfully,
            ["Commit"] = store.CommitDataAsync(Commit(record.Id, Set("cart", 1)), Token).AsTask().IsCompletedSuccessfully,
            ["FindDue"] = store.FindDueAsync(7, new(Start, Start, 10), Token).AsTask().IsCompletedSuccessfully,
            ["End"] = store.EndAsync(record.Id, default, AnEnding(), EventBatch.None, Token).AsTask().IsCompletedSuccessfully,
            ["EndShard"] = store.EndShardAsync(7, WriteId.Create(), SessionEndReason.Everybody, EventBatch.None, Token).AsTask().IsCompletedSuccessfully,
            ["Purge"] = store.PurgeAsync(7, Start, 10, Token).AsTask().IsCompletedSuccessfully,
            ["Append"] = store.AppendAsync(SomeEvents(Event(1)), Token).AsTask().IsCompletedSuccessfully,
            ["Read"] = store.ReadAsync(7, 0, 10, Token).AsTask().IsCompletedSuccessfully,
            ["Probe"] = store.ProbeAsync(1, Token).AsTask().IsCompletedSuccessfully,
        };
        Assert.DoesNotContain(calls, call => !call.Value);
    }

    [Fact]
    public async Task A_cancelled_token_stops_a_call_before_it_changes_anything()
    {
        var store = await OpenAsync();
        var record = await store.StartAsync(Record());
        var cancelled = new CancellationToken(canceled: true);
        var heard = 0;
        using var subscription = store.Feed.Subscribe(_ => heard++);

        await Assert.ThrowsAsync<OperationCanceledException>(async () => await store.StartAsync(Creation(Record("bob")), cancelled));
        await Assert.ThrowsAsync<OperationCanceledException>(async () => await store.EndAsync(record.Id, default, AnEnding(), EventBatch.None, cancelled));
        await Assert.ThrowsAsync<OperationCanceledException>(async () => await store.TouchAsync([new(record.Id, Start.AddMinutes(1))], cancelled));
        await Assert.ThrowsAsync<OperationCanceledException>(async () => await store.AppendAsync(SomeEvents(Event(1)), cancelled));

        Assert.Same(record, (await store.FindAsync(record.Id, default, Token))!.Value.Record);
        Assert.Equal(0, (await store.ListAsync(new("bob", 7), new(10), Token)).ActiveCount);
        Assert.Empty(await store.ReadAsync(7, 0, 10, Token));
        Assert.Equal(0, heard);
    }

    [Fact]
    public async Task What_is_found_is_the_stored_record_itself()
    {
        var store = await OpenAsync();
        var record = await store.StartAsync(Record());
        var first = await store.FindAsync(record.Id, default, Token);
        Assert.Same(record, first!.Value.Record);
        Assert.Empty(first.Value.Data);
    }

    [Fact]
    public async Task A_store_that_is_not_open_says_so()
    {
        var store = new InMemorySessionStore(new());
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(async () => await store.FindAsync(Id(), default, Token));
        Assert.Contains("OpenAsync", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Opening_again_gives_the_same_identity_and_another_tenant_is_refused()
    {
        var store = await OpenAsync();
        var first = await store.OpenAsync(new("default", Start), Token);
        var second = await store.OpenAsync(new("default", Start), Token);
        Assert.Equal(first.StoreId, second.StoreId);
        Assert.Equal(32, first.DeploymentKey.Length);
        Assert.False(first.HasClock);
        var exception = await Assert.ThrowsAsync<SessionStoreException>(async () => await store.OpenAsync(new("other", Start), Token));
        Assert.False(exception.IsTransient);
    }

    [Fact]
    public async Task A_disposed_store_refuses_calls()
    {
        var store = await OpenAsync();
        await store.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.FindAsync(Id(), default, Token));
    }

    [Fact]
    public async Task Sessions_share_user_agents_that_came_in_different_strings()
    {
        var store = await OpenAsync();
        var first = await store.StartAsync(Record("ann") with { Client = new(address: null, new string('x', 40)) });
        var second = await store.StartAsync(Record("bob") with { Client = new(address: null, new string('x', 40)) });
        Assert.Same(first.Client.UserAgent, second.Client.UserAgent);
    }

    [Fact]
    public async Task An_id_that_is_taken_by_another_token_is_a_fault()
    {
        var store = await OpenAsync();
        var record = await store.StartAsync(Record());
        await Assert.ThrowsAsync<SessionStoreException>(async () => await store.StartAsync(Creation(Record(id: record.Id)), Token));
        Assert.Same(record, (await store.FindAsync(record.Id, default, Token))!.Value.Record);
    }

    [Fact]
    public async Task A_start_that_is_repeated_after_a_rotation_is_still_a_success()
    {
        var store = await OpenAsync();
        var creation = Creation(Record());
        await store.StartAsync(creation, Token);
        var next = new TokenState
        {
            Epoch = 2,
            Lineage = 1,
            Key = creation.Record.Token.Key,
            Current = NewToken().Current,
            Since = Start,
            Retired = [new(creation.Record.Token.Current, Start)],
        };
        await store.ChangeAsync(creation.Record.Id, new(1, 1), new() { Token = next }, EventBatch.None, Token);
        var repeated = await store.StartAsync(creation, Token);
        Assert.Equal(StartStatus.Started, repeated.Status);
        Assert.Equal(2, repeated.Record!.Token.Epoch);
    }
}
