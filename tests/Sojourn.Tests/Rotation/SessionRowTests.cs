namespace Sojourn.Tests.Rotation;

/// <summary>The rows of the rotation table about privilege, sign-in, data and sign-out of an active session.</summary>
public sealed class SessionRowTests
{
    private static readonly SessionKey<string> Note = new("note");

    private readonly EngineHarness _node = EngineHarness.Create();

    [Fact]
    [Requirement("ASVS-7.2.4")]
    [Requirement("WSTG-SESS-03.e")]
    [Requirement("CSMCS-23")]
    public async Task Row17_A_step_up_kills_the_old_token_in_the_same_step()
    {
        var old = await _node.ConfirmedAsync();
        _node.Pass(EngineHarness.Interval);
        var pending = (await _node.RequestAsync(old))!.Value;

        var fresh = (await _node.Manager.StepUpAsync(old, ["otp"], "aal2"))!.Value;

        Assert.Equal(old.Id, fresh.Id);
        await _node.ExpectAsync(SessionOutcome.Superseded, old);
        await _node.ExpectAsync(SessionOutcome.Superseded, pending);
        var session = (await _node.ExpectAsync(SessionOutcome.Active, fresh)).Session!;
        Assert.Equal(("aal2", _node.Now), (session.Acr, session.AuthenticatedAt));
        Assert.Equal([new("otp", _node.Now)], session.Methods);
        Assert.Equal(1, await _node.CountAsync(old.Id, SessionEventKind.SteppedUp));
    }

    [Fact]
    public async Task Row17_A_successor_that_was_never_presented_steps_up_too()
    {
        var old = await _node.ConfirmedAsync();
        _node.Pass(EngineHarness.Interval);
        var pending = (await _node.RequestAsync(old))!.Value;

        var fresh = (await _node.Manager.StepUpAsync(pending, ["pwd"]))!.Value;

        await _node.ExpectAsync(SessionOutcome.Active, fresh);
        await _node.ExpectAsync(SessionOutcome.Superseded, pending);
    }

    [Fact]
    public async Task Row17_A_step_up_after_the_response_started_throws_before_the_step()
    {
        var token = await _node.ConfirmedAsync();
        var session = await _node.OpenAsync(token);
        session.Request.Host = new StartedResponse();

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await session.StepUpAsync("pwd"));
        await _node.ExpectAsync(SessionOutcome.Active, token);
        Assert.Equal(1, (await _node.RecordAsync(token)).Token.Lineage);
    }

    [Fact]
    public async Task Row18_A_step_up_with_a_replaced_token_is_refused_as_superseded()
    {
        var old = await _node.ConfirmedAsync();
        var current = await _node.RotateAsync(old);
        var graced = await _node.OpenAsync(old);
        var refused = await Assert.ThrowsAsync<SessionRefusedException>(async () => await graced.StepUpAsync("pwd"));
        Assert.Equal(SessionRefusal.Superseded, refused.Refusal);

        _node.Pass(TimeSpan.FromMinutes(2));
        Assert.Null(await _node.Manager.StepUpAsync(old, ["pwd"]));
        var late = await _node.OpenAsync(old);
        Assert.Equal(SessionRefusal.Superseded, (await Assert.ThrowsAsync<SessionRefusedException>(async () => await late.StepUpAsync("pwd"))).Refusal);
        await _node.ExpectAsync(SessionOutcome.Active, current);
    }

    [Fact]
    [Requirement("ASVS-8.3.2")]
    public async Task Row19_Claims_changed_elsewhere_apply_at_once_and_rotate_at_the_next_response()
    {
        var token = await _node.ConfirmedAsync();
        var before = await _node.RecordAsync(token);

        Assert.True(await _node.Manager.ReplaceClaimsAsync(token.Id, new(new System.Security.Claims.ClaimsIdentity([new("role", "admin")])), "root"));

        var record = (await _node.ExpectAsync(SessionOutcome.Active, token)).Record!;
        Assert.Equal("admin", ClaimsReader.Read(record.Claims, record.Subject)[0].Claims[0].Value);
        Assert.Equal(before.Version + 1, record.Version);
        Assert.Equal(before.AuthenticatedAt, record.AuthenticatedAt);
        var successor = await _node.RequestAsync(token);
        await _node.ExpectAsync(SessionOutcome.Active, successor!.Value);
        Assert.False((await _node.RecordAsync(token)).Token.RotateNow);
    }

    [Fact]
    [Requirement("WSTG-SESS-03.a")]
    public async Task Row20_A_sign_in_ends_the_visit_and_makes_another_session()
    {
        var visit = await _node.VisitAsync();

        var token = await _node.SignInAsync("alice", visit);

        Assert.NotEqual(visit.Id, token.Id);
        await _node.ExpectAsync(SessionOutcome.Ended, visit, SessionEndReason.SignedIn);
        await _node.ExpectAsync(SessionOutcome.Active, token);
    }

    [Fact]
    [Requirement("WSTG-SESS-03.a")]
    [Requirement("WSTG-SESS-03.d")]
    public async Task Row21_A_sign_in_as_anyone_ends_the_session_whose_current_token_is_shown()
    {
        var alice = await _node.ConfirmedAsync();
        var bob = await _node.SignInAsync("bob", alice);
        await _node.ExpectAsync(SessionOutcome.Ended, alice, SessionEndReason.Replaced);
        var again = await _node.SignInAsync("bob", bob);
        await _node.ExpectAsync(SessionOutcome.Ended, bob, SessionEndReason.Replaced);
        await _node.ExpectAsync(SessionOutcome.Active, again);
    }

    [Theory]
    [InlineData(30)]
    [InlineData(300)]
    public async Task Row21_A_replaced_token_ends_the_session_only_for_its_own_subject(int seconds)
    {
        var old = await _node.ConfirmedAsync();
        var current = await _node.RotateAsync(old);
        _node.Pass(TimeSpan.FromSeconds(seconds)); // grace, late

        await _node.SignInAsync("bob", old);
        await _node.ExpectAsync(SessionOutcome.Active, current);
        await _node.SignInAsync("alice", old);
        await _node.ExpectAsync(SessionOutcome.Ended, current, SessionEndReason.Replaced);
    }

    [Fact]
    [Requirement("CSMCS-21")]
    public async Task Row21_A_token_that_was_never_issued_ends_nothing()
    {
        var alice = await _node.ConfirmedAsync();

        await _node.SignInAsync("alice", SessionToken.Create(alice.Id, LineageKey.Create()));

        await _node.ExpectAsync(SessionOutcome.Active, alice);
    }

    [Fact]
    public async Task Row22_Data_of_a_request_from_an_older_lineage_is_refused_and_nothing_is_written()
    {
        var token = await _node.ConfirmedAsync();
        var request = await _node.OpenAsync(token);
        request.Set(Note, "stale");
        var fresh = (await _node.Manager.StepUpAsync(token, ["pwd"]))!.Value;

        Assert.Equal(SessionRefusal.Superseded, (await Assert.ThrowsAsync<SessionRefusedException>(async () => await request.CommitAsync())).Refusal);
        Assert.Equal(SessionRefusal.Superseded, (await Assert.ThrowsAsync<SessionRefusedException>(async () => await request.UpdateAsync(Note, _ => "stale"))).Refusal);
        Assert.Null(await (await _node.OpenAsync(fresh)).GetAsync(Note));
    }

    [Fact]
    public async Task Row23_Data_of_a_request_whose_token_was_retired_meanwhile_is_written()
    {
        var token = await _node.ConfirmedAsync();
        var request = await _node.OpenAsync(token);
        request.Set(Note, "kept");
        var current = await _node.RotateAsync(token);

        await request.CommitAsync();

        Assert.Equal("kept", await (await _node.OpenAsync(current)).GetAsync(Note));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(30)]
    [InlineData(300)]
    [Requirement("NIST-5.1-10")]
    [Requirement("WSTG-SESS-06.a")]
    public async Task Row33_Signing_out_ends_the_session_with_a_current_graced_or_late_token(int seconds)
    {
        var old = await _node.ConfirmedAsync();
        var current = await _node.RotateAsync(old);
        _node.Pass(TimeSpan.FromSeconds(seconds));
        var session = await _node.OpenAsync(seconds == 0 ? current : old);

        await session.EndAsync();

        Assert.True(session.Request.ForgetsCookie);
        Assert.Equal((SessionState.Ended, SessionEndReason.SignedOut), (session.State, session.EndReason!.Value));
        await _node.ExpectAsync(SessionOutcome.Ended, current, SessionEndReason.SignedOut);
        await _node.ExpectAsync(SessionOutcome.Ended, old, SessionEndReason.SignedOut);
        Assert.Equal(1, await _node.CountAsync(old.Id, SessionEventKind.Ended));
    }

    [Fact]
    public async Task Row33_Signing_out_with_a_successor_that_is_first_seen_ends_the_session()
    {
        var token = await _node.ConfirmedAsync();
        _node.Pass(EngineHarness.Interval);
        var session = await _node.OpenAsync((await _node.RequestAsync(token))!.Value);

        await session.EndAsync();

        await _node.ExpectAsync(SessionOutcome.Ended, token, SessionEndReason.SignedOut);
    }

    [Fact]
    [Requirement("ASVS-16.5.3")]
    public async Task Row33_Signing_out_while_the_store_is_down_fails_and_still_forgets_the_cookie()
    {
        var token = await _node.ConfirmedAsync();
        var session = await _node.OpenAsync(token);
        _node.Store.InjectAll(StoreFault.FailBefore);

        await Assert.ThrowsAsync<SessionStoreException>(async () => await session.EndAsync());

        Assert.True(session.Request.ForgetsCookie);
        _node.Store.Clear();
        await _node.ExpectAsync(SessionOutcome.Active, token);
    }
}
