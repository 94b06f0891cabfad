using System.Security.Claims;

namespace Sojourn.Tests.StepUp;

public sealed class PrivilegeChangerTests
{
    private readonly EngineHarness _node = EngineHarness.Create();

    [Fact]
    [Requirement("ASVS-6.8.4")]
    public async Task Methods_add_up_each_name_once_with_its_latest_time_and_the_context_class_stays_unless_given()
    {
        var token = await _node.StartedAsync(new() { Subject = "alice", Methods = ["pwd"], Acr = "aal1" });
        _node.Pass(TimeSpan.FromMinutes(1));
        token = (await _node.Manager.StepUpAsync(token, ["otp"]))!.Value;
        _node.Pass(TimeSpan.FromMinutes(1));
        token = (await _node.Manager.StepUpAsync(token, ["pwd"], "aal2"))!.Value;

        var session = (await _node.PresentAsync(token)).Session!;
        Assert.Equal("aal2", session.Acr);
        Assert.Equal([new("otp", _node.Now.AddMinutes(-1)), new("pwd", _node.Now)], session.Methods.OrderBy(method => method.Name));
        Assert.Equal((_node.Now, _node.Now.AddMinutes(-2)), (session.AuthenticatedAt, session.StartedAt));
    }

    [Fact]
    [Requirement("CSMCS-23")]
    [Requirement("WSTG-SESS-03.e")]
    public async Task Claims_changed_in_the_sessions_own_request_change_the_token_and_not_the_authentication()
    {
        var token = await _node.StartedAsync(new() { Subject = "alice", Methods = ["pwd"] });
        var before = await _node.RecordAsync(token);
        _node.Pass(TimeSpan.FromMinutes(1));
        var session = await _node.OpenAsync(token);

        await session.Request.ChangeClaimsAsync(ClaimsPacker.Pack(new(new ClaimsIdentity([new("role", "admin")])), "alice"));

        await _node.ExpectAsync(SessionOutcome.Superseded, token);
        var record = (await _node.ExpectAsync(SessionOutcome.Active, session.Request.Delivery!.Token)).Record!;
        Assert.Equal("admin", ClaimsReader.Read(record.Claims, "alice")[0].Claims[0].Value);
        Assert.Equal((before.AuthenticatedAt, before.AbsoluteExpiresAt, before.Assurance), (record.AuthenticatedAt, record.AbsoluteExpiresAt, record.Assurance));
        Assert.Equal(1, await _node.CountAsync(token.Id, SessionEventKind.ClaimsChanged));
    }

    [Fact]
    public async Task An_anonymous_session_cannot_step_up()
    {
        var visit = await _node.VisitAsync();

        Assert.Null(await _node.Manager.StepUpAsync(visit, ["pwd"]));

        Assert.Null((await _node.RecordAsync(visit)).AuthenticatedAt);
        await _node.ExpectAsync(SessionOutcome.Active, visit);
        var session = await _node.OpenAsync(visit);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await session.StepUpAsync("pwd"));
    }

    [Fact]
    [Requirement("ASVS-7.3.1")]
    public async Task A_session_that_has_expired_or_was_revoked_with_everybody_cannot_step_up()
    {
        var (idle, revoked) = (await _node.ConfirmedAsync(), await _node.ConfirmedAsync("bob"));
        await _node.Manager.RevokeEverybodyAsync();
        Assert.Null(await _node.Manager.StepUpAsync(revoked, ["pwd"]));
        _node.Pass(TimeSpan.FromHours(1));
        Assert.Null(await _node.Manager.StepUpAsync(idle, ["pwd"]));

        await _node.ExpectAsync(SessionOutcome.Ended, revoked, SessionEndReason.Everybody);
    }

    [Fact]
    [Requirement("ASVS-15.4.2")]
    public async Task Of_simultaneous_step_ups_with_one_token_one_wins_and_the_others_are_superseded()
    {
        for (var round = 0; round < 50; round++)
        {
            var token = await _node.ConfirmedAsync($"user{round}");
            var fresh = new SessionToken?[4];

            await Threads.RunAsync(4, async number => fresh[number] = await _node.Manager.StepUpAsync(token, ["pwd"]));

            await _node.ExpectAsync(SessionOutcome.Active, Assert.Single(fresh, each => each is not null)!.Value);
            Assert.Equal(1, await _node.CountAsync(token.Id, SessionEventKind.SteppedUp));
        }
    }

    [Fact]
    [Requirement("ASVS-15.4.2")]
    public async Task Simultaneous_changes_of_claims_from_elsewhere_all_happen()
    {
        var token = await _node.ConfirmedAsync();

        await Threads.RunAsync(4, async number =>
        {
            for (var i = 0; i < 10; i++)
            {
                Assert.True(await _node.Manager.ReplaceClaimsAsync(token.Id, new(new ClaimsIdentity([new("role", $"{number}.{i}")]))));
            }
        });

        Assert.Equal(40, await _node.CountAsync(token.Id, SessionEventKind.ClaimsChanged));
        Assert.Equal(41, (await _node.RecordAsync(token)).Token.Epoch);
    }

    [Fact]
    [Requirement("NIST-5.2-6")]
    public async Task A_failing_store_changes_nothing_and_says_so()
    {
        var token = await _node.ConfirmedAsync();
        _node.Store.Inject(StoreOperation.Change, StoreFault.FailBefore);
        await Assert.ThrowsAsync<SessionStoreException>(async () => await _node.Manager.StepUpAsync(token, ["pwd"]));
        _node.Store.Clear();

        await _node.ExpectAsync(SessionOutcome.Active, token);
        Assert.Equal(1, (await _node.RecordAsync(token)).Token.Lineage);
    }
}
