namespace Sojourn.Tests.Data;

/// <summary>The session of a request: what it is, and when it may be changed.</summary>
public sealed class SessionTests
{
    private static readonly SessionKey<string> Note = new("note");
    private static readonly SessionKey<string> Local = new("local") { SurvivesSignIn = false };

    private readonly EngineHarness _node = EngineHarness.Create();

    [Fact]
    public void A_session_that_nothing_opened_names_the_cure()
    {
        var session = new RequestSession(_node.Engine).Session;

        Assert.False(session.Request.IsOpen);
        Assert.Contains("app.UseSojourn()", Assert.Throws<InvalidOperationException>(() => session.IsSignedIn).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => session.State);
        Assert.Throws<InvalidOperationException>(() => session.Set(Note, "x"));
    }

    [Fact]
    public async Task It_says_what_it_is_in_each_state()
    {
        var none = _node.OpenWithout();
        Assert.Equal((SessionState.None, null, null, null, false), (none.State, none.Id, none.Subject, none.EndReason, none.IsSignedIn));
        Assert.Equal((null, null, null, null, 0), (none.Policy, none.StartedAt, none.LastSeenAt, none.Device, none.Methods.Length));
        Assert.Equal(CancellationToken.None, none.Ended);

        var visit = await _node.OpenAsync(await _node.VisitAsync());
        Assert.Equal((SessionState.Anonymous, null, false, null), (visit.State, visit.Subject, visit.IsSignedIn, visit.AuthenticatedAt));

        var token = await _node.StartedAsync(new() { Subject = "alice", Methods = ["pwd"], Acr = "aal1" });
        var alice = await _node.OpenAsync(token);
        Assert.Equal((SessionState.SignedIn, "alice", true, token.Id, "default", "aal1"), (alice.State, alice.Subject, alice.IsSignedIn, alice.Id!.Value, alice.Policy, alice.Acr));
        Assert.Equal((_node.Now, _node.Now, _node.Now), (alice.StartedAt, alice.AuthenticatedAt, alice.LastSeenAt));
        Assert.Equal((_node.Now.AddHours(1), _node.Now.AddDays(1)), (alice.IdleExpiresAt, alice.AbsoluteExpiresAt));
        Assert.Equal("pwd", Assert.Single(alice.Methods).Name);

        await _node.Manager.RevokeAsync(token.Id, SessionEndReason.ReportedByOwner);
        var ended = await _node.OpenAsync(token);
        Assert.Equal((SessionState.Ended, SessionEndReason.ReportedByOwner, null, null), (ended.State, ended.EndReason, ended.Subject, ended.Id));
    }

    [Fact]
    public async Task Its_last_activity_and_idle_deadline_count_this_request()
    {
        var token = await _node.ConfirmedAsync();
        _node.Pass(TimeSpan.FromMinutes(10));
        var session = await _node.OpenAsync(token);

        Assert.Equal((_node.Now, _node.Now.AddHours(1)), (session.LastSeenAt, session.IdleExpiresAt));
    }

    [Fact]
    public async Task After_the_response_started_only_writing_at_once_is_left()
    {
        var session = await _node.OpenAsync(await _node.ConfirmedAsync());
        session.Request.Host = new StartedResponse();

        Assert.Contains("UpdateAsync", Assert.Throws<InvalidOperationException>(() => session.Set(Note, "x")).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => session.Remove(Note));
        Assert.Equal("x", await session.UpdateAsync(Note, _ => "x"));

        var none = _node.OpenWithout();
        none.Request.Host = new StartedResponse();
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await none.UpdateAsync(Note, _ => "x"));
    }

    [Fact]
    public async Task Data_of_a_visitor_starts_a_session_at_the_commit_with_all_that_was_set()
    {
        var session = _node.OpenWithout();
        session.Set(Note, "cart");
        session.Set(Local, "only here");
        Assert.Equal(SessionState.None, session.State);

        await session.CommitAsync();

        Assert.Equal((SessionState.Anonymous, DeliveryKind.Visit), (session.State, session.Request.Delivery!.Kind));
        var next = await _node.OpenAsync(session.Request.Delivery.Token);
        Assert.Equal(("cart", "only here"), (await next.GetAsync(Note), await next.GetAsync(Local)));
    }

    [Fact]
    public async Task An_update_of_a_visitor_starts_a_session_at_once_and_keeps_what_was_set_before()
    {
        var session = _node.OpenWithout();
        session.Set(Local, "only here");

        await session.UpdateAsync(Note, _ => "cart");
        await session.CommitAsync();

        var next = await _node.OpenAsync(session.Request.Delivery!.Token);
        Assert.Equal(("cart", "only here"), (await next.GetAsync(Note), await next.GetAsync(Local)));
    }

    [Fact]
    [Requirement("ASVS-7.6.2")]
    public async Task Reading_starts_no_session()
    {
        var session = _node.OpenWithout();
        Assert.Null(await session.GetAsync(Note));
        await session.CommitAsync();

        Assert.Equal((SessionState.None, null), (session.State, session.Request.Delivery));
        Assert.Equal(0, _node.Store.TotalCalls);
    }

    [Fact]
    public async Task A_visitor_that_is_throttled_is_refused_with_nothing_written()
    {
        var node = EngineHarness.Create(options => options.StartsPerAddress = 1);
        for (var i = 0; i < 2; i++)
        {
            var session = node.OpenWithout();
            session.Request.Client = new(System.Net.IPAddress.Parse("192.0.2.1"), null);
            session.Set(Note, "cart");
            if (i == 0)
            {
                await session.CommitAsync();
                continue;
            }

            Assert.Equal(SessionRefusal.TooMany, (await Assert.ThrowsAsync<SessionRefusedException>(async () => await session.CommitAsync())).Refusal);
        }
    }

    [Fact]
    [Requirement("WSTG-SESS-08.a")]
    public async Task A_sign_in_within_the_request_takes_pending_data_along_but_never_to_another_subject()
    {
        var session = _node.OpenWithout();
        session.Set(Note, "cart");
        session.Set(Local, "stays behind");
        session.Request.Adopt(await _node.Manager.StartAsync(new() { Subject = "alice" }));
        await session.CommitAsync();
        Assert.Equal(("cart", null), (await session.GetAsync(Note), await session.GetAsync(Local)));
        Assert.Equal(("alice", DeliveryKind.SignIn), (session.Subject, session.Request.Delivery!.Kind));

        session.Set(Note, "alice's");
        session.Request.Adopt(await _node.Manager.StartAsync(new() { Subject = "bob" }));
        await session.CommitAsync();
        Assert.Null(await session.GetAsync(Note));
    }

    [Fact]
    [Requirement("ASVS-7.2.4")]
    public async Task A_step_up_within_the_request_goes_on_under_the_new_token()
    {
        var token = await _node.ConfirmedAsync();
        var session = await _node.OpenAsync(token);
        await session.StepUpAsync("otp");
        session.Set(Note, "written in the new lineage");
        await session.CommitAsync();

        Assert.Equal((DeliveryKind.Privilege, token.Id), (session.Request.Delivery!.Kind, session.Request.Delivery.Token.Id));
        await _node.ExpectAsync(SessionOutcome.Superseded, token);
        await session.StepUpAsync("otp"); // with the token that is not even sent yet
        await _node.ExpectAsync(SessionOutcome.Active, session.Request.Delivery.Token);
        Assert.Equal("written in the new lineage", await session.GetAsync(Note));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await _node.OpenWithout().StepUpAsync("otp"));
    }

    [Fact]
    public async Task Forgetting_the_cookie_withdraws_a_delivery_and_leaves_the_session()
    {
        var token = await _node.ConfirmedAsync();
        var session = await _node.OpenAsync(token);
        session.Request.Deliver(token);
        session.ForgetCookie();

        Assert.Equal((true, null), (session.Request.ForgetsCookie, session.Request.Delivery));
        await _node.ExpectAsync(SessionOutcome.Active, token);
        session.Request.Adopt(await _node.Manager.StartAsync(new() { Subject = "alice" }));
        Assert.False(session.Request.ForgetsCookie);
    }

    [Fact]
    public async Task Ending_twice_and_ending_nothing_is_fine()
    {
        var session = await _node.OpenAsync(await _node.ConfirmedAsync());
        session.Set(Note, "dropped");
        await session.EndAsync();
        await session.EndAsync();
        Assert.False(session.Request.HasChanges);

        var none = _node.OpenWithout();
        await none.EndAsync();
        Assert.True(none.Request.ForgetsCookie);
    }
}
