namespace Sojourn.Tests.Validation;

public sealed class SessionValidatorTests
{
    private readonly EngineHarness _node = EngineHarness.Create();

    [Fact]
    public async Task Validating_on_the_in_memory_store_allocates_nothing()
    {
        var node = EngineHarness.Create(bare: true);
        var token = await node.ConfirmedAsync();
        var visit = await node.VisitAsync();
        await node.ExpectAsync(SessionOutcome.Active, visit);
        Validate(1000);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var active = Validate(10_000);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal((20_000, 0L), (active, allocated));

        int Validate(int times)
        {
            var active = 0;
            for (var i = 0; i < times; i++)
            {
                active += Present(token) + Present(visit);
            }

            return active;
        }

        int Present(in SessionToken shown)
        {
            var task = node.Manager.ValidateAsync(shown);
            return task.IsCompletedSuccessfully && task.GetAwaiter().GetResult().IsActive ? 1 : 0;
        }
    }

    [Fact]
    public async Task An_ordinary_validation_reads_the_store_once_and_writes_nothing()
    {
        var old = await _node.ConfirmedAsync();
        var current = await _node.RotateAsync(old);
        var revoked = await _node.ConfirmedAsync("bob");
        await _node.Manager.RevokeAsync(revoked.Id, SessionEndReason.SignedOut);
        SessionToken[] shown = [current, old, revoked, TokenLab.New(), SessionToken.Create(current.Id, LineageKey.Create())];
        foreach (var token in shown)
        {
            _node.Store.ResetCalls();
            await _node.PresentAsync(token);

            Assert.Equal((1, 1), (_node.Store.Calls(StoreOperation.Find), _node.Store.TotalCalls));
        }
    }

    [Fact]
    public async Task It_writes_only_to_confirm_to_promote_and_to_record_an_expiry_or_a_replay()
    {
        var token = await _node.SignInAsync();
        await WritesAsync(token, StoreOperation.Touch);
        _node.Pass(EngineHarness.Interval);
        var successor = (await _node.RequestAsync(token))!.Value;
        await _node.Engine.Touches.FlushAsync(CancellationToken.None);
        await WritesAsync(successor, StoreOperation.Change);
        await WritesAsync(successor, null);
        _node.Pass(TimeSpan.FromMinutes(11));
        await WritesAsync(token, StoreOperation.End); // a replay

        var idle = await _node.ConfirmedAsync();
        _node.Pass(TimeSpan.FromHours(1));
        await WritesAsync(idle, StoreOperation.End);
    }

    [Theory]
    [InlineData(StoreFaultKind.FailBefore)]
    [InlineData(StoreFaultKind.FailAfter)]
    [Requirement("ASVS-16.5.3")]
    public async Task With_the_store_down_nobody_is_signed_in_or_out(StoreFaultKind kind)
    {
        var token = await _node.ConfirmedAsync();
        var record = await _node.RecordAsync(token);
        _node.Store.InjectAll(kind == StoreFaultKind.FailBefore ? StoreFault.FailBefore : StoreFault.FailAfter);
        for (var i = 0; i < 20; i++)
        {
            Assert.True((await Assert.ThrowsAsync<SessionStoreException>(() => _node.PresentAsync(token))).IsTransient);
            _node.Pass(TimeSpan.FromMilliseconds(300));
        }

        _node.Store.Clear();
        _node.Pass(TimeSpan.FromSeconds(1));
        Assert.Same(record, await _node.RecordAsync(token));
        await _node.ExpectAsync(SessionOutcome.Active, token);
    }

    [Fact]
    [Requirement("ASVS-16.5.3")]
    public async Task An_expiry_or_a_replay_that_cannot_be_recorded_is_not_told()
    {
        var old = await _node.ConfirmedAsync();
        var current = await _node.RotateAsync(old);
        _node.Pass(TimeSpan.FromMinutes(11));
        _node.Store.Inject(StoreOperation.End, StoreFault.FailBefore);
        await Assert.ThrowsAsync<SessionStoreException>(() => _node.PresentAsync(old));
        _node.Store.Clear();
        await _node.ExpectAsync(SessionOutcome.Active, current);

        _node.Pass(TimeSpan.FromHours(1));
        _node.Store.Inject(StoreOperation.End, StoreFault.FailBefore);
        await Assert.ThrowsAsync<SessionStoreException>(() => _node.PresentAsync(current));
    }

    [Fact]
    public async Task The_answer_prints_no_personal_data()
    {
        var token = await _node.ConfirmedAsync();
        Assert.Equal("Active", (await _node.PresentAsync(token)).ToString());
        Assert.Equal("alice", (await _node.PresentAsync(token)).Subject);
        await _node.Manager.RevokeAsync(token.Id, SessionEndReason.LimitReached);
        var ended = await _node.PresentAsync(token);
        Assert.Equal(("Ended(LimitReached)", null), (ended.ToString(), ended.Subject));
    }

    private async Task WritesAsync(SessionToken token, StoreOperation? expected)
    {
        _node.Store.ResetCalls();
        await _node.PresentAsync(token);
        StoreOperation[] writes = [StoreOperation.Touch, StoreOperation.Change, StoreOperation.End, StoreOperation.Start, StoreOperation.CommitData, StoreOperation.Append];
        Assert.Equal(expected is { } operation ? [operation] : [], writes.Where(each => _node.Store.Calls(each) > 0));
        Assert.InRange(_node.Store.TotalCalls, 1, 3);
    }
}
