using System.Security.Claims;
using Sojourn.Storage;

namespace Sojourn.Tests.StepUp;

/// <summary>Changes of credentials, rights and accounts by their names.</summary>
public sealed class NamedChangesTests
{
    private readonly EngineHarness _node = EngineHarness.Create();

    [Theory, InlineData(true), InlineData(false), Requirement("ASVS-7.4.3"), Requirement("WSTG-SESS-03.e")]
    public async Task Changed_credentials_change_the_token_and_end_the_others_if_that_is_wanted(bool endOthers)
    {
        var (own, other, stranger) = (await _node.ConfirmedAsync(), await _node.ConfirmedAsync(), await _node.ConfirmedAsync("bob"));
        var began = _node.Now;
        _node.Pass(TimeSpan.FromMinutes(1));
        var before = await _node.RecordAsync(own);
        var session = await _node.OpenAsync(own);

        Assert.Equal(endOthers ? 1 : 0, await session.CredentialsChangedAsync(endOthers));

        await _node.ExpectAsync(SessionOutcome.Superseded, own);
        var record = (await _node.ExpectAsync(SessionOutcome.Active, session.Request.Delivery!.Token)).Record!;
        Assert.Equal((before.AuthenticatedAt, before.Assurance), (record.AuthenticatedAt, record.Assurance)); // a new password is no proof of who set it
        Assert.Equal(1, await _node.CountAsync(own.Id, SessionEventKind.CredentialsChanged));
        await _node.ExpectAsync(SessionOutcome.Active, stranger);
        var late = await _node.Manager.StartAsync(new() { Subject = "alice", AuthenticationBegan = began });
        if (endOthers)
        {
            await _node.ExpectAsync(SessionOutcome.Ended, other, SessionEndReason.CredentialsChanged);
            Assert.Equal(SessionStartOutcome.RevokedMeanwhile, late.Outcome);
        }
        else
        {
            await _node.ExpectAsync(SessionOutcome.Active, other);
            Assert.Equal(SessionStartOutcome.Started, late.Outcome);
        }
    }

    [Fact]
    public async Task Others_that_could_not_be_ended_are_ended_when_it_is_repeated()
    {
        var (own, other) = (await _node.ConfirmedAsync(), await _node.ConfirmedAsync());
        var session = await _node.OpenAsync(own);
        _node.Store.Inject(StoreOperation.EndSubject, StoreFault.FailBefore);
        await Assert.ThrowsAsync<SessionStoreException>(async () => await session.CredentialsChangedAsync(endOthers: true));
        _node.Store.Clear();
        _node.Pass(TimeSpan.FromSeconds(2));

        Assert.Equal(1, await session.CredentialsChangedAsync(endOthers: true));
        await _node.ExpectAsync(SessionOutcome.Active, session.Request.Delivery!.Token);
        await _node.ExpectAsync(SessionOutcome.Ended, other, SessionEndReason.CredentialsChanged);
    }

    [Fact]
    public async Task A_replaced_token_a_visitor_and_a_stranger_change_nothing()
    {
        var old = await _node.ConfirmedAsync();
        var other = await _node.ConfirmedAsync();
        var late = await _node.OpenAsync(old);
        var fresh = (await _node.Manager.StepUpAsync(old, ["pwd"]))!.Value;

        Assert.Equal(SessionRefusal.Superseded, (await Assert.ThrowsAsync<SessionRefusedException>(async () => await late.CredentialsChangedAsync(endOthers: true))).Refusal);
        var visit = await _node.OpenAsync(await _node.VisitAsync());
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await visit.CredentialsChangedAsync(endOthers: true));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await _node.OpenWithout().CredentialsChangedAsync(endOthers: true));
        await _node.ExpectAsync(SessionOutcome.Active, fresh);
        await _node.ExpectAsync(SessionOutcome.Active, other);
    }

    [Fact, Requirement("ASVS-8.3.2")]
    public async Task Refreshed_claims_apply_at_once_in_all_of_a_subject_s_sessions()
    {
        var (first, second, stranger) = (await _node.ConfirmedAsync(), await _node.ConfirmedAsync(), await _node.ConfirmedAsync("bob"));

        Assert.Equal(2, await _node.Manager.RefreshClaimsAsync("alice", WithReader, actor: "root"));

        foreach (var token in new[] { first, second })
        {
            var record = (await _node.ExpectAsync(SessionOutcome.Active, token)).Record!;
            Assert.Equal("reader", ClaimsReader.Read(record.Claims, "alice")[0].Claims[^1].Value);
            Assert.NotNull(await _node.RequestAsync(token)); // and the token changes with the next answer
            Assert.Equal(1, await _node.CountAsync(token.Id, SessionEventKind.ClaimsChanged));
        }

        Assert.Equal(0, await _node.CountAsync(stranger.Id, SessionEventKind.ClaimsChanged));
        Assert.Equal(0, await _node.Manager.RefreshClaimsAsync("nobody", WithReader));
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await _node.Manager.RefreshClaimsAsync(null!, WithReader));
    }

    [Fact, Requirement("ASVS-8.3.2")]
    public async Task What_only_a_session_knows_stays_and_rights_that_change_meanwhile_win()
    {
        var token = (await _node.Manager.StartAsync(new() { Subject = "alice", Principal = new(new ClaimsIdentity([new("sub", "alice"), new("idp", "north")], "test")) })).Token!.Value;
        var role = "editor";
        await _node.Manager.RefreshClaimsAsync("alice", async (present, ct) =>
        {
            var refreshed = await WithAsync(present, role);
            if (role == "editor")
            {
                role = "reader"; // the person lost it while the first attempt had it in hand
                await _node.Manager.RefreshClaimsAsync("alice", (each, _) => WithAsync(each, role), cancellationToken: ct);
            }

            return refreshed;
        });

        var record = (await _node.ExpectAsync(SessionOutcome.Active, token)).Record!;
        var claims = ClaimsReader.Read(record.Claims, "alice")[0].Claims;
        Assert.Equal("north", claims.Single(claim => claim.Type == "idp").Value);
        Assert.Equal(["reader"], claims.Where(claim => claim.Type == "role").Select(claim => claim.Value));
    }

    private static ValueTask<ClaimsPrincipal> WithReader(ClaimsPrincipal present, CancellationToken cancellationToken) => WithAsync(present, "reader");

    private static ValueTask<ClaimsPrincipal> WithAsync(ClaimsPrincipal present, string role)
    {
        var identity = present.Identity is ClaimsIdentity own ? new ClaimsIdentity(own.Claims.Where(claim => claim.Type != "role"), "test") : new ClaimsIdentity([new("sub", "alice")], "test");
        identity.AddClaim(new("role", role));
        return new(new ClaimsPrincipal(identity));
    }

    [Fact, Requirement("ASVS-7.4.2")]
    public async Task A_disabled_subject_has_no_session_left_and_no_sign_in_under_way()
    {
        var (first, second) = (await _node.ConfirmedAsync(), await _node.ConfirmedAsync());
        var began = _node.Now;
        _node.Pass(TimeSpan.FromSeconds(1));

        Assert.Equal(2, await _node.Manager.DisableSubjectAsync("alice", actor: "root"));

        await _node.ExpectAsync(SessionOutcome.Ended, first, SessionEndReason.SubjectDisabled);
        await _node.ExpectAsync(SessionOutcome.Ended, second, SessionEndReason.SubjectDisabled);
        Assert.Equal(SessionStartOutcome.RevokedMeanwhile, (await _node.Manager.StartAsync(new() { Subject = "alice", AuthenticationBegan = began })).Outcome);
    }
}
