namespace Sojourn.Tests.Storage;

[Requirement("ASVS-16.5.2")]
public sealed class GuardedSessionStoreTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    private readonly EngineHarness _node = EngineHarness.Create();

    [Fact]
    public async Task A_read_that_hangs_fails_after_the_time_limit_and_says_what_to_do()
    {
        var token = await _node.ConfirmedAsync();
        _node.Store.Inject(StoreOperation.Find, StoreFault.Hang, times: 1);
        var validating = _node.PresentAsync(token);
        _node.Pass(Limit - TimeSpan.FromMilliseconds(1));
        Assert.False(validating.IsCompleted);
        _node.Pass(TimeSpan.FromMilliseconds(1));

        var fault = await Assert.ThrowsAsync<SessionStoreException>(() => validating);
        Assert.Equal(("Find", true), (fault.Operation, fault.IsTransient));
        Assert.Contains("within 1 s", fault.Message, StringComparison.Ordinal);
        await _node.ExpectAsync(SessionOutcome.Active, token);
        Assert.Equal(0, _node.Time.PendingTimers);
    }

    [Fact]
    public async Task A_write_in_doubt_is_repeated_until_it_is_known_and_has_one_event()
    {
        var token = await _node.ConfirmedAsync();
        foreach (var operation in new[] { StoreOperation.Change, StoreOperation.End })
        {
            _node.Store.Inject(operation, StoreFault.FailAfter, times: 2);
        }

        token = (await _node.Manager.StepUpAsync(token, ["pwd"]))!.Value;
        Assert.True(await _node.Manager.RevokeAsync(token.Id, SessionEndReason.SignedOut));

        Assert.Equal((3, 3), (_node.Store.Calls(StoreOperation.Change), _node.Store.Calls(StoreOperation.End)));
        Assert.Equal(1, await _node.CountAsync(token.Id, SessionEventKind.SteppedUp));
        Assert.Equal(1, await _node.CountAsync(token.Id, SessionEventKind.Ended));
    }

    [Fact]
    public async Task A_subjects_revocation_in_doubt_happens_once()
    {
        var token = await _node.ConfirmedAsync();
        await _node.ConfirmedAsync();
        _node.Store.Inject(StoreOperation.EndSubject, StoreFault.FailAfter, times: 2);

        Assert.Equal(2, await _node.Manager.RevokeSubjectAsync("alice", SessionEndReason.SubjectDisabled));

        Assert.Single(await _node.ShardEventsAsync(token.Id.Shard), each => each.Kind == SessionEventKind.SubjectRevoked);
        Assert.Equal(1, await _node.CountAsync(token.Id, SessionEventKind.Ended));
    }

    [Fact]
    public async Task A_write_that_stays_in_doubt_says_so_after_three_tries()
    {
        var token = await _node.ConfirmedAsync();
        _node.Store.Inject(StoreOperation.End, StoreFault.FailAfter);

        var fault = await Assert.ThrowsAsync<SessionStoreException>(async () => await _node.Manager.RevokeAsync(token.Id, SessionEndReason.SignedOut));

        Assert.Equal((true, true, 3), (fault.InDoubt, fault.IsTransient, _node.Store.Calls(StoreOperation.End)));
    }

    [Fact]
    public async Task A_write_whose_repetition_finds_the_store_closed_stays_in_doubt()
    {
        var token = await _node.ConfirmedAsync();
        _node.Store.Inject(StoreOperation.Find, StoreFault.FailBefore, times: 4);
        for (var i = 0; i < 4; i++)
        {
            await Assert.ThrowsAsync<SessionStoreException>(() => _node.PresentAsync(token)); // one more opens the breaker
        }

        _node.Store.Inject(StoreOperation.End, StoreFault.FailAfter, times: 1);
        var record = await _node.RecordAsync(token);
        var fault = await Assert.ThrowsAsync<SessionStoreException>(async () => await _node.Engine.Ender.EndAsync(record, SessionEndReason.SignedOut));

        Assert.True(fault.InDoubt); // it was done: to say "nothing happened" would be a lie
        Assert.False((await _node.RecordAsync(token)).IsActive);
    }

    [Fact]
    public async Task A_write_that_hangs_is_tried_three_times_and_its_caller_cannot_cancel_half_of_it()
    {
        var token = await _node.ConfirmedAsync();
        _node.Store.Inject(StoreOperation.End, StoreFault.Hang, times: 2);
        using var cancel = new CancellationTokenSource();
        var revoking = _node.Manager.RevokeAsync(token.Id, SessionEndReason.SignedOut, cancellationToken: cancel.Token).AsTask();
        await cancel.CancelAsync();
        while (!revoking.IsCompleted)
        {
            _node.Pass(Limit / 4);
            await Task.Yield();
        }

        Assert.True(await revoking);
        Assert.Equal(3, _node.Store.Calls(StoreOperation.End));
    }

    [Fact]
    public async Task A_caller_that_gave_up_before_gets_nothing_done()
    {
        var token = await _node.ConfirmedAsync();
        using var cancel = new CancellationTokenSource();
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await _node.Manager.RevokeAsync(token.Id, SessionEndReason.SignedOut, cancellationToken: cancel.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await _node.Manager.StartAsync(new() { Subject = "bob" }, cancel.Token));
        await _node.ExpectAsync(SessionOutcome.Active, token);
        Assert.Empty((await _node.Manager.ListAsync("bob")).Sessions);
    }

    [Fact]
    public async Task After_five_faults_the_store_is_left_alone_for_a_second()
    {
        var token = await _node.ConfirmedAsync();
        _node.Store.Inject(StoreOperation.Find, StoreFault.FailBefore);
        for (var i = 0; i < 5; i++)
        {
            await Assert.ThrowsAsync<SessionStoreException>(() => _node.PresentAsync(token));
        }

        _node.Store.Clear();
        _node.Store.ResetCalls();
        var fault = await Assert.ThrowsAsync<SessionStoreException>(() => _node.PresentAsync(token));
        Assert.Equal((true, false, 0), (fault.IsTransient, fault.InDoubt, _node.Store.TotalCalls));
        _node.Pass(TimeSpan.FromSeconds(1) - TimeSpan.FromMilliseconds(1));
        await Assert.ThrowsAsync<SessionStoreException>(() => _node.PresentAsync(token));
        _node.Pass(TimeSpan.FromMilliseconds(1));
        await _node.ExpectAsync(SessionOutcome.Active, token);
    }

    [Fact]
    public async Task A_store_that_works_and_refuses_calls_is_asked_again()
    {
        var token = await _node.ConfirmedAsync();
        _node.Store.Inject(StoreOperation.Start, StoreFault.Refuse); // a full disk
        for (var i = 0; i < 10; i++)
        {
            await Assert.ThrowsAsync<SessionStoreException>(async () => await _node.Manager.StartAsync(new() { Subject = "bob" }, TestContext.Current.CancellationToken));
        }

        await _node.ExpectAsync(SessionOutcome.Active, token);
    }

    [Fact]
    public async Task Faults_with_an_answer_between_them_do_not_add_up()
    {
        var token = await _node.ConfirmedAsync();
        for (var i = 0; i < 20; i++)
        {
            _node.Store.Inject(StoreOperation.Find, StoreFault.FailBefore, times: 4);
            for (var fault = 0; fault < 4; fault++)
            {
                await Assert.ThrowsAsync<SessionStoreException>(() => _node.PresentAsync(token));
            }

            await _node.ExpectAsync(SessionOutcome.Active, token);
        }
    }

    [Fact]
    public async Task An_engine_whose_store_is_down_at_first_opens_it_later_and_once()
    {
        var later = _node.AnotherNode();
        later.Store.Inject(StoreOperation.Open, StoreFault.FailBefore, times: 2);
        await Assert.ThrowsAsync<SessionStoreException>(() => later.SignInAsync());
        await Assert.ThrowsAsync<SessionStoreException>(() => later.PresentAsync(TokenLab.New()));
        Assert.False(later.Engine.IsOpen);

        await Threads.RunAsync(4, _ => later.SignInAsync());

        Assert.True(later.Engine.IsOpen);
        Assert.Equal(3, later.Store.Calls(StoreOperation.Open));
    }
}
