namespace Sojourn.Tests.Rotation;

/// <summary>The rows of the rotation table whose answer depends on what the store does.</summary>
public sealed class RotationStoreRowTests
{
    private readonly EngineHarness _node = EngineHarness.Create();

    [Fact]
    public async Task Row06_A_delivery_that_loses_hands_out_nothing_and_the_request_goes_on()
    {
        var token = await _node.ConfirmedAsync();
        _node.Pass(EngineHarness.Interval);
        var first = await _node.PresentAsync(token);
        var second = await _node.PresentAsync(token);

        Assert.NotNull(await _node.Engine.Rotator.DeliverAsync(first, isEligible: true));
        Assert.Null(await _node.Engine.Rotator.DeliverAsync(second, isEligible: true));
        await _node.ExpectAsync(SessionOutcome.Active, token);
        Assert.Single((await _node.RecordAsync(token)).Token.Pending);
    }

    [Theory]
    [InlineData(StoreFaultKind.FailBefore)]
    [InlineData(StoreFaultKind.FailAfter)]
    [Requirement("ASVS-16.5.2")]
    public async Task Row06_A_delivery_that_the_store_fails_hands_out_nothing_and_the_request_goes_on(StoreFaultKind kind)
    {
        var token = await _node.ConfirmedAsync();
        _node.Pass(EngineHarness.Interval);
        _node.Store.Inject(StoreOperation.Change, kind == StoreFaultKind.FailBefore ? StoreFault.FailBefore : StoreFault.FailAfter);

        Assert.Null(await _node.RequestAsync(token));
        _node.Store.Clear();
        Assert.Contains(_node.Logged, line => line.Id == 3);
        await _node.ExpectAsync(SessionOutcome.Active, token);
        if (kind == StoreFaultKind.FailAfter)
        {
            _node.Pass(RotationRules.Spacing); // it was stored: as good as lost on the way
        }

        var successor = await _node.RequestAsync(token);
        await _node.ExpectAsync(SessionOutcome.Active, successor!.Value);
    }

    [Fact]
    [Requirement("CSMCS-44")]
    public async Task Row07_A_promotion_writes_its_event_with_the_epoch_after_it()
    {
        var token = await _node.RotateAsync(await _node.ConfirmedAsync());

        var rotated = Assert.Single(await _node.EventsAsync(token.Id), each => each.Kind == SessionEventKind.Rotated);
        Assert.Equal((await _node.RecordAsync(token)).Token.Epoch, rotated.Epoch);
    }

    [Fact]
    public async Task Row08_Two_requests_that_present_a_successor_at_once_both_go_on_and_one_event_is_written()
    {
        for (var round = 0; round < 100; round++)
        {
            var token = await _node.ConfirmedAsync($"user{round}");
            _node.Pass(EngineHarness.Interval);
            var successor = (await _node.RequestAsync(token))!.Value;

            await Threads.RunAsync(3, _ => _node.ExpectAsync(SessionOutcome.Active, successor));

            Assert.Equal(1, await _node.CountAsync(token.Id, SessionEventKind.Rotated));
        }
    }

    [Theory]
    [InlineData(StoreFaultKind.FailBefore)]
    [InlineData(StoreFaultKind.FailAfter)]
    [Requirement("ASVS-16.5.2")]
    public async Task Row09_A_promotion_that_the_store_cannot_write_is_tried_again_and_written_once(StoreFaultKind kind)
    {
        var token = await _node.ConfirmedAsync();
        _node.Pass(EngineHarness.Interval);
        var successor = (await _node.RequestAsync(token))!.Value;
        _node.Store.Inject(StoreOperation.Change, kind == StoreFaultKind.FailBefore ? StoreFault.FailBefore : StoreFault.FailAfter);

        var validation = await _node.ExpectAsync(SessionOutcome.Active, successor);
        Assert.False(validation.IsSuperseded);
        Assert.Null(await _node.Engine.Rotator.DeliverAsync(validation, isEligible: true));
        _node.Store.Clear();
        _node.Pass(TimeSpan.FromSeconds(2)); // past the breaker

        await _node.ExpectAsync(SessionOutcome.Active, successor);
        Assert.Equal(TokenHash.Of(successor), (await _node.RecordAsync(token)).Token.Current);
        Assert.Equal(1, await _node.CountAsync(token.Id, SessionEventKind.Rotated));
        Assert.Contains(_node.Logged, line => line.Id == 2);
    }

    [Fact]
    public async Task Row10_Grace_is_active_and_superseded_and_refuses_privilege()
    {
        var old = await _node.ConfirmedAsync();
        await _node.RotateAsync(old);

        Assert.True((await _node.ExpectAsync(SessionOutcome.Active, old)).IsSuperseded);
        Assert.Null(await _node.RequestAsync(old));
        Assert.Null(await _node.Manager.StepUpAsync(old, ["pwd"]));
        Assert.Null(await _node.Manager.RotateAsync(old));
        Assert.True((await _node.OpenAsync(old)).IsSuperseded);
    }

    [Fact]
    public async Task Row11_Late_is_superseded_and_found_and_ends_nothing()
    {
        var old = await _node.ConfirmedAsync();
        var current = await _node.RotateAsync(old);
        _node.Pass(TimeSpan.FromSeconds(61));

        for (var i = 0; i < 3; i++)
        {
            await _node.ExpectAsync(SessionOutcome.Superseded, old);
        }

        Assert.Equal([SessionFindings.LateToken], await _node.FindingsAsync(old.Id)); // one a minute
        await _node.ExpectAsync(SessionOutcome.Active, current);
    }

    [Fact]
    [Requirement("ASVS-10.4.5")]
    [Requirement("NIST-5.3-2")]
    [Requirement("CSMCS-47")]
    public async Task Row12_Old_ends_the_session_for_everybody_with_one_event_that_names_the_finding()
    {
        var old = await _node.ConfirmedAsync();
        var current = await _node.RotateAsync(old);
        _node.Pass(TimeSpan.FromMinutes(11));

        await _node.ExpectAsync(SessionOutcome.Replayed, old, SessionEndReason.TokenReplay);
        await _node.ExpectAsync(SessionOutcome.Ended, current, SessionEndReason.TokenReplay);
        await _node.ExpectAsync(SessionOutcome.Ended, old, SessionEndReason.TokenReplay);
        var end = Assert.Single(await _node.EventsAsync(old.Id), each => each.Kind == SessionEventKind.Ended);
        Assert.Equal((SessionEndReason.TokenReplay, "finding=ReplayedToken"), (end.Reason, end.Detail));
    }

    [Fact]
    public async Task Row13_Where_the_policy_refuses_replays_the_session_goes_on()
    {
        _node.Policy.OnReplay = SessionReplayBehavior.Refuse;
        var old = await _node.ConfirmedAsync();
        var current = await _node.RotateAsync(old);
        _node.Pass(TimeSpan.FromMinutes(11));

        await _node.ExpectAsync(SessionOutcome.Superseded, old);
        await _node.ExpectAsync(SessionOutcome.Active, current);
        Assert.Equal([SessionFindings.ReplayedToken], await _node.FindingsAsync(old.Id));
    }

    [Fact]
    public async Task Row13_An_anonymous_session_is_not_ended_by_a_replay()
    {
        var old = await _node.VisitAsync();
        await _node.ExpectAsync(SessionOutcome.Active, old);
        var current = (await _node.Manager.RotateAsync(old))!.Value;
        await _node.ExpectAsync(SessionOutcome.Active, current);
        _node.Pass(TimeSpan.FromHours(1));

        await _node.ExpectAsync(SessionOutcome.Superseded, old);
        await _node.ExpectAsync(SessionOutcome.Active, current);
    }

    [Fact]
    public async Task Row15_Dead_is_superseded_forever_and_ends_nothing()
    {
        var dead = await _node.ConfirmedAsync();
        var current = (await _node.Manager.StepUpAsync(dead, ["pwd"]))!.Value;
        await _node.ExpectAsync(SessionOutcome.Superseded, dead);
        Assert.Empty(await _node.FindingsAsync(dead.Id));

        _node.Pass(TimeSpan.FromMinutes(30));

        await _node.ExpectAsync(SessionOutcome.Superseded, dead);
        await _node.ExpectAsync(SessionOutcome.Active, current);
        Assert.Equal([SessionFindings.DeadToken], await _node.FindingsAsync(dead.Id));
    }
}
