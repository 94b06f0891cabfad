namespace Sojourn.Tests.Rotation;

/// <summary>The rows of the rotation table about deadlines, ends, absent sessions and faults.</summary>
public sealed class EndedRowTests
{
    private static readonly SessionKey<string> Note = new("note");

    private readonly EngineHarness _node = EngineHarness.Create();

    [Fact]
    [Requirement("ASVS-7.3.1")]
    [Requirement("WSTG-SESS-07.a")]
    [Requirement("NIST-5.2-2")]
    public async Task Row24_The_idle_deadline_ends_the_session_at_its_millisecond_and_not_before()
    {
        var token = await _node.ConfirmedAsync();
        foreach (var minutes in new[] { 5, 20, 59 }) // growing delays
        {
            _node.Pass(TimeSpan.FromMinutes(minutes));
            await _node.ExpectAsync(SessionOutcome.Active, token);
        }

        _node.Pass(TimeSpan.FromMinutes(60) - TimeSpan.FromMilliseconds(1));
        Assert.Equal(SessionOutcome.Active, (await _node.Manager.ValidateAsync(token, new(IsPassive: true))).Outcome);
        _node.Pass(TimeSpan.FromMilliseconds(1));
        await _node.ExpectAsync(SessionOutcome.Ended, token, SessionEndReason.Idle);
        Assert.Equal(SessionEndReason.Idle, (await _node.RecordAsync(token)).Ending!.Reason);
        Assert.Equal(1, await _node.CountAsync(token.Id, SessionEventKind.Ended));
    }

    [Fact]
    [Requirement("ASVS-7.3.2")]
    [Requirement("WSTG-SESS-07.b")]
    public async Task Row24_The_absolute_deadline_ends_the_session_however_active_it_is()
    {
        var token = await _node.ConfirmedAsync();
        for (var passed = TimeSpan.FromMinutes(30); passed < TimeSpan.FromHours(24); passed += TimeSpan.FromMinutes(30))
        {
            _node.Pass(TimeSpan.FromMinutes(30));
            await _node.ExpectAsync(SessionOutcome.Active, token);
        }

        _node.Pass(TimeSpan.FromMinutes(30));

        await _node.ExpectAsync(SessionOutcome.Ended, token, SessionEndReason.Absolute);
    }

    [Fact]
    public async Task Row24_An_expiry_that_loses_against_activity_of_another_node_is_decided_again()
    {
        var token = await _node.ConfirmedAsync();
        var other = _node.AnotherNode();
        _node.Pass(TimeSpan.FromMinutes(30));
        await other.ExpectAsync(SessionOutcome.Active, token); // in the other node's buffer
        _node.Pass(TimeSpan.FromMinutes(30));
        _node.Store.Inject(StoreOperation.End, StoreFault.Delay(TimeSpan.FromMilliseconds(1)), times: 1);

        var validating = _node.PresentAsync(token);
        await other.Engine.Touches.FlushAsync(CancellationToken.None);
        _node.Pass(TimeSpan.FromMilliseconds(1));

        Assert.Equal(SessionOutcome.Active, (await validating).Outcome);
        Assert.Equal(1, _node.Store.Calls(StoreOperation.End));
        Assert.Equal(0, await _node.CountAsync(token.Id, SessionEventKind.Ended));
    }

    [Theory]
    [InlineData(SessionEndReason.RevokedByAdministrator)]
    [InlineData(SessionEndReason.SubjectDisabled)]
    [InlineData(SessionEndReason.ReportedByOwner)]
    [Requirement("ASVS-7.4.1")]
    [Requirement("WSTG-SESS-06.a")]
    public async Task Row25_and_26_A_revoked_session_answers_every_genuine_token_with_the_reason(SessionEndReason reason)
    {
        var dead = await _node.ConfirmedAsync();
        var old = (await _node.Manager.StepUpAsync(dead, ["pwd"]))!.Value;
        var current = await _node.RotateAsync(old);

        Assert.True(await _node.Manager.RevokeAsync(current.Id, reason, "root"));
        Assert.False(await _node.Manager.RevokeAsync(current.Id, reason, "root"));

        foreach (var token in new[] { current, old, dead })
        {
            await _node.ExpectAsync(SessionOutcome.Ended, token, reason);
        }

        _node.Pass(TimeSpan.FromHours(30));
        await _node.ExpectAsync(SessionOutcome.Ended, old, reason); // late by days, and still no replay
    }

    [Fact]
    [Requirement("ASVS-7.4.5")]
    public async Task Row25_A_newer_shard_epoch_ends_the_session_when_it_is_seen()
    {
        var (alice, visit) = (await _node.ConfirmedAsync(), await _node.VisitAsync());

        await _node.Manager.RevokeEverybodyAsync("root");

        await _node.ExpectAsync(SessionOutcome.Ended, alice, SessionEndReason.Everybody);
        await _node.ExpectAsync(SessionOutcome.Ended, visit, SessionEndReason.Everybody);
        Assert.Equal(SessionEndReason.Everybody, (await _node.RecordAsync(alice)).Ending!.Reason);
        await _node.ConfirmedAsync(); // a new one starts under the new epoch
    }

    [Fact]
    public async Task Row27_A_stranger_learns_nothing_of_an_ended_session()
    {
        var token = await _node.ConfirmedAsync();
        await _node.Manager.RevokeAsync(token.Id, SessionEndReason.ReportedByOwner);

        var validation = await _node.ExpectAsync(SessionOutcome.Unknown, SessionToken.Create(token.Id, LineageKey.Create()));

        Assert.Null(validation.Session);
        Assert.Null(validation.Subject);
    }

    [Fact]
    [Requirement("WSTG-SESS-07.d")]
    [Requirement("ASVS-7.4.1")]
    public async Task Row28_Nothing_that_comes_late_brings_an_ended_session_back()
    {
        var token = await _node.ConfirmedAsync();
        _node.Pass(EngineHarness.Interval);
        var due = await _node.PresentAsync(token); // leaves a touch in the buffer
        var successor = (await _node.RequestAsync(token))!.Value;
        var request = await _node.OpenAsync(token);
        request.Set(Note, "late");
        await _node.Manager.RevokeAsync(token.Id, SessionEndReason.RevokedByAdministrator);
        var ended = await _node.RecordAsync(token);

        await _node.Engine.Touches.FlushAsync(CancellationToken.None);
        Assert.Null(await _node.Engine.Rotator.DeliverAsync(due, isEligible: true, onDemand: true));
        await _node.ExpectAsync(SessionOutcome.Ended, successor, SessionEndReason.RevokedByAdministrator);
        Assert.Null(await _node.Manager.StepUpAsync(token, ["pwd"]));
        Assert.False(await _node.Manager.ReplaceClaimsAsync(token.Id, new()));
        var refused = await Assert.ThrowsAsync<SessionRefusedException>(async () => await request.CommitAsync());
        Assert.Equal((SessionRefusal.Ended, SessionEndReason.RevokedByAdministrator), (refused.Refusal, refused.EndReason));

        Assert.Same(ended, await _node.RecordAsync(token));
    }

    [Fact]
    [Requirement("WSTG-SESS-03.b")]
    [Requirement("CSMCS-21")]
    public async Task Row29_A_session_that_does_not_exist_is_unknown_and_never_made()
    {
        var forced = TokenLab.New();
        await _node.ExpectAsync(SessionOutcome.Unknown, forced);

        Assert.Null(await _node.Manager.RotateAsync(forced));
        Assert.Null(await _node.Manager.StepUpAsync(forced, ["pwd"]));
        Assert.False(await _node.Manager.RevokeAsync(forced.Id, SessionEndReason.SignedOut));
        Assert.False(await _node.Manager.ReplaceClaimsAsync(forced.Id, new()));
        Assert.NotEqual(forced.Id, (await _node.SignInAsync("alice", forced)).Id);
        await _node.Memory.TouchAsync([new(forced.Id, _node.Now)]);

        Assert.Null(await _node.Manager.FindAsync(forced.Id));
        await _node.ExpectAsync(SessionOutcome.Unknown, forced);
    }

    [Fact]
    [Requirement("ASVS-16.5.3")]
    [Requirement("ASVS-16.5.2")]
    public async Task Row30_A_failing_read_is_a_fault_and_neither_signed_in_nor_signed_out()
    {
        var token = await _node.ConfirmedAsync();
        _node.Store.InjectAll(StoreFault.FailBefore);

        var fault = await Assert.ThrowsAsync<SessionStoreException>(() => _node.PresentAsync(token));

        Assert.True(fault.IsTransient);
        _node.Store.Clear();
        await _node.ExpectAsync(SessionOutcome.Active, token);
    }

    [Fact]
    public async Task Row30_An_answer_about_another_session_is_a_fault()
    {
        var (alice, bob) = (await _node.ConfirmedAsync("alice"), await _node.ConfirmedAsync("bob"));
        var answer = await _node.Memory.FindAsync(alice.Id, default);
        var crossed = StoreProxy.Over(_node.Memory, (method, _) => method == nameof(ISessionStore.FindAsync) ? new ValueTask<SessionSnapshot?>(answer) : null);
        var engine = new SessionEngine(_node.Options, crossed, _node.Time, _node);

        var fault = await Assert.ThrowsAsync<SessionStoreException>(async () => await engine.Validator.ValidateAsync(bob, default, default));

        Assert.False(fault.IsTransient);
        Assert.Contains("another session", fault.Message, StringComparison.Ordinal);
    }
}
