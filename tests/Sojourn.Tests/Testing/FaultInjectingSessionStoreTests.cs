using Sojourn.Storage;
using Sojourn.Testing;

namespace Sojourn.Tests.Testing;

public sealed class FaultInjectingSessionStoreTests : IAsyncDisposable
{
    private static readonly SessionOwner Ada = new("ada", 7);

    private readonly ManualTimeProvider _clock = new(Trial.Noon);
    private readonly EventSource _events = new();
    private readonly FaultInjectingSessionStore _store;

    public FaultInjectingSessionStoreTests() => _store = new(new InMemorySessionStore(new InMemoryStoreOptions()), _clock);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task Without_an_order_it_keeps_the_contract_and_counts()
    {
        await using var fixture = new InMemoryFixture(inner => new FaultInjectingSessionStore(inner, _clock), rounds: 500);
        foreach (var rule in SessionStoreContract.Rules.Where(rule => rule.Capability is "starting" or "changing" or "data" or "events" or "sweeping"))
        {
            await rule.RunAsync(fixture, Cancel);
        }
    }

    [Fact]
    public async Task A_fault_before_the_call_never_reaches_the_store()
    {
        var creation = await OpenAsync();
        _store.Inject(StoreOperation.Start, StoreFault.FailBefore);
        var fault = await Assert.ThrowsAsync<SessionStoreException>(() => _store.StartAsync(creation, Cancel).AsTask());
        Assert.Equal(("Start", true, false), (fault.Operation, fault.IsTransient, fault.InDoubt));
        Assert.Null(await _store.FindAsync(creation.Record.Id, default, Cancel));
        Assert.Equal((1, 1, 1, 3), (_store.Calls(StoreOperation.Open), _store.Calls(StoreOperation.Start), _store.Calls(StoreOperation.Find), _store.TotalCalls));
    }

    [Fact]
    public async Task A_fault_after_the_call_leaves_its_effect_and_can_be_repeated()
    {
        var creation = await OpenAsync();
        _store.Inject(StoreOperation.Start, StoreFault.FailAfter, times: 1);
        var fault = await Assert.ThrowsAsync<SessionStoreException>(() => _store.StartAsync(creation, Cancel).AsTask());
        Assert.Equal((true, true), (fault.IsTransient, fault.InDoubt));
        Assert.NotNull(await _store.FindAsync(creation.Record.Id, default, Cancel));
        Assert.Equal(StartStatus.Started, (await _store.StartAsync(creation, Cancel)).Status);
        Assert.Single(await _store.ReadAsync(7, 0, 10, Cancel));
    }

    [Fact]
    public async Task A_hanging_call_ends_when_it_is_cancelled_and_not_before()
    {
        var creation = await OpenAsync();
        _store.Inject(StoreOperation.Find, StoreFault.Hang);
        using var source = new CancellationTokenSource(TimeSpan.FromSeconds(1), _clock);
        var call = _store.FindAsync(creation.Record.Id, default, source.Token).AsTask();
        _store.Clear();
        Assert.False(call.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Null(await _store.FindAsync(creation.Record.Id, default, Cancel));
    }

    [Fact]
    public async Task A_slow_call_reaches_the_store_when_its_time_has_come()
    {
        var creation = await OpenAsync();
        _store.Inject(StoreOperation.Start, StoreFault.Delay(TimeSpan.FromSeconds(3)), times: 1);
        var call = _store.StartAsync(creation, Cancel).AsTask();
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Null(await _store.FindAsync(creation.Record.Id, default, Cancel));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(StartStatus.Started, (await call).Status);
    }

    [Fact]
    public async Task Orders_are_served_in_turn_as_often_as_ordered()
    {
        await OpenAsync();
        _store.Inject(StoreOperation.List, StoreFault.FailBefore, times: 2);
        _store.Inject(StoreOperation.List, StoreFault.FailAfter, times: 1);
        List<bool?> doubts = [];
        for (var i = 0; i < 4; i++)
        {
            doubts.Add(await DoubtAsync(() => _store.ListAsync(Ada, new(10), Cancel).AsTask()));
        }

        Assert.Equal([false, false, true, null], doubts);
        Assert.Throws<ArgumentOutOfRangeException>(() => _store.Inject(StoreOperation.List, StoreFault.Hang, times: 0));
    }

    [Fact]
    public async Task A_fault_for_all_operations_meets_each_until_it_is_cleared()
    {
        var creation = await OpenAsync();
        var (id, record) = (creation.Record.Id, creation.Record);
        _store.InjectAll(StoreFault.FailBefore);
        _store.ResetCalls();
        Func<Task>[] calls =
        [
            () => _store.OpenAsync(new("shop", Trial.Noon), Cancel).AsTask(), () => _store.ProbeAsync(1, Cancel).AsTask(), () => _store.FindAsync(id, default, Cancel).AsTask(),
            () => _store.ListAsync(Ada, new(10), Cancel).AsTask(), () => _store.StartAsync(creation, Cancel).AsTask(),
            () => _store.ChangeAsync(id, record.Token.Stamp, new() { Token = record.Token }, EventBatch.None, Cancel).AsTask(),
            () => _store.EndAsync(id, default, Make.Ending(Trial.Noon), EventBatch.None, Cancel).AsTask(),
            () => _store.EndSubjectAsync(new() { Owner = Ada, Write = WriteId.Create(), OwnerVersion = 0, Ends = [], Events = EventBatch.None }, Cancel).AsTask(),
            () => _store.EndShardAsync(7, WriteId.Create(), SessionEndReason.Everybody, EventBatch.None, Cancel).AsTask(), () => _store.TouchAsync([], Cancel).AsTask(),
            () => _store.CommitDataAsync(Make.Commit(record), Cancel).AsTask(), () => _store.TakeDataAsync(Make.Take(record, "a"), Cancel).AsTask(),
            () => _store.FindDueAsync(7, default, Cancel).AsTask(), () => _store.PurgeAsync(7, Trial.Noon, 1, Cancel).AsTask(),
            () => _store.AppendAsync(EventBatch.None, Cancel).AsTask(), () => _store.ReadAsync(7, 0, 1, Cancel).AsTask(),
        ];
        foreach (var (call, operation) in calls.Zip(Enum.GetValues<StoreOperation>()))
        {
            Assert.Equal($"{operation}", (await Assert.ThrowsAsync<SessionStoreException>(call)).Operation);
            Assert.Equal(1, _store.Calls(operation));
        }

        _store.Clear(StoreOperation.Find);
        Assert.False(await DoubtAsync(calls[2]));
        _store.Clear();
        Assert.Null(await DoubtAsync(calls[2]));
    }

    [Fact]
    public async Task A_clock_offset_shows_in_probes_and_makes_a_store_have_a_clock()
    {
        Assert.Null(_store.ClockOffset);
        Assert.False((await _store.OpenAsync(new("shop", Trial.Noon), Cancel)).HasClock);
        Assert.Null((await _store.ProbeAsync(1, Cancel)).StoreTime);
        _store.ClockOffset = TimeSpan.FromSeconds(-31);
        Assert.True((await _store.OpenAsync(new("shop", Trial.Noon), Cancel)).HasClock);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(Trial.Noon.AddSeconds(-30), (await _store.ProbeAsync(2, Cancel)).StoreTime);
        _store.ClockOffset = null;
        Assert.Null((await _store.ProbeAsync(3, Cancel)).StoreTime);
    }

    [Fact]
    public async Task The_feed_is_the_inner_stores()
    {
        var creation = await OpenAsync();
        await _store.StartAsync(creation, Cancel);
        List<FeedMessage> told = [];
        using var subscription = _store.Feed.Subscribe(told.Add);
        await _store.EndAsync(creation.Record.Id, default, Make.Ending(Trial.Noon), EventBatch.None, Cancel);
        Assert.Equal(creation.Record.Id, Assert.Single(told).Session);
    }

    private async Task<SessionCreation> OpenAsync()
    {
        await _store.OpenAsync(new("shop", Trial.Noon), Cancel);
        var record = Make.Record("shop", Ada, Trial.Noon);
        return new() { Record = record, AuthenticationBegan = Trial.Noon, Limit = 10, Events = EventSource.Batch(_events.Started(record)) };
    }

    /// <summary>Whether a call failed in doubt; null when it did not fail.</summary>
    private static async Task<bool?> DoubtAsync(Func<Task> call)
    {
        try
        {
            await call();
            return null;
        }
        catch (SessionStoreException fault)
        {
            return fault.InDoubt;
        }
    }
}
