namespace Sojourn.Tests.CarryOver;

public sealed class CarryOverTests
{
    private static readonly SessionKey<string> Cart = new("cart");
    private static readonly SessionKey<string> Coupon = new("coupon");
    private static readonly SessionKey<string> Csrf = new("csrf") { SurvivesSignIn = false };
    private static readonly SessionKey<string> Hint = new("hint") { Lifetime = TimeSpan.FromMinutes(2) };

    private readonly EngineHarness _node = EngineHarness.Create();

    [Fact]
    [Requirement("WSTG-SESS-03.a")]
    public async Task What_the_visitor_had_comes_along_and_the_visit_keeps_nothing()
    {
        var visit = await VisitWithAsync((Cart, "3 apples"), (Coupon, "TEN"));

        var token = await _node.SignInAsync("alice", visit);

        Assert.Equal("3 apples", await GetAsync(token, Cart));
        Assert.Equal("TEN", await GetAsync(token, Coupon));
        await _node.ExpectAsync(SessionOutcome.Ended, visit, SessionEndReason.SignedIn);
        Assert.Null(await GetAsync(visit, Cart));
    }

    [Fact]
    [Requirement("WSTG-SESS-08.a")]
    public async Task Keys_that_do_not_survive_a_sign_in_stay_behind()
    {
        var visit = await VisitWithAsync((Csrf, "secret"), (Cart, "kept"));
        var token = await _node.SignInAsync("alice", visit);

        Assert.Null(await GetAsync(token, Csrf));
        Assert.Equal("kept", await GetAsync(token, Cart));

        await SetAsync(token, Csrf, "signed in");
        Assert.Null(await GetAsync(await _node.SignInAsync("alice", token), Csrf));
    }

    [Fact]
    public async Task Values_that_lapsed_stay_behind_and_others_keep_their_end()
    {
        var visit = await VisitWithAsync((Hint, "soon gone"));
        _node.Pass(TimeSpan.FromMinutes(1));
        var token = await _node.SignInAsync("alice", visit);
        Assert.Equal("soon gone", await GetAsync(token, Hint));

        _node.Pass(TimeSpan.FromMinutes(1));
        Assert.Null(await GetAsync(token, Hint));
        Assert.Null(await GetAsync(await _node.SignInAsync("alice", token), Hint));
    }

    [Fact]
    [Requirement("WSTG-SESS-08.a")]
    public async Task Nothing_passes_from_one_subject_to_another()
    {
        var alice = await _node.ConfirmedAsync("alice");
        await SetAsync(alice, Cart, "alice's");

        var bob = await _node.SignInAsync("bob", alice);

        Assert.Null(await GetAsync(bob, Cart));
        await _node.ExpectAsync(SessionOutcome.Ended, alice, SessionEndReason.Replaced);
    }

    [Fact]
    public async Task The_same_subject_takes_over_and_wins_against_the_visit()
    {
        var alice = await _node.ConfirmedAsync("alice");
        await SetAsync(alice, Cart, "hers");
        var visit = await VisitWithAsync((Cart, "the visitor's"), (Coupon, "TEN"));

        var token = await _node.SignInAsync("alice", alice, visit);

        Assert.Equal("hers", await GetAsync(token, Cart));
        Assert.Equal("TEN", await GetAsync(token, Coupon));
    }

    [Fact]
    public async Task A_sealed_cart_is_for_its_heir_only()
    {
        var visit = await VisitWithAsync((Cart, "3 apples"));
        await _node.SignInAsync("alice", visit);

        Assert.Null(await GetAsync(await _node.SignInAsync("mallory", visit), Cart));
        Assert.Equal("3 apples", await GetAsync(await _node.SignInAsync("alice", visit), Cart));
    }

    [Fact]
    public async Task A_sealed_cart_waits_for_five_minutes()
    {
        var visit = await VisitWithAsync((Cart, "3 apples"));
        await _node.SignInAsync("alice", visit);

        _node.Pass(SessionEnder.SealFor - TimeSpan.FromMilliseconds(1));
        Assert.NotNull(await GetAsync(await _node.SignInAsync("alice", visit), Cart));
        _node.Pass(TimeSpan.FromMilliseconds(1));
        Assert.Null(await GetAsync(await _node.SignInAsync("alice", visit), Cart));

        await _node.Engine.Sweeper.SweepAsync(CancellationToken.None);
        Assert.Null(await _node.FindAsync(visit.Id)); // nothing of a visit is kept as history
    }

    [Fact]
    [Requirement("CSMCS-21")]
    public async Task A_cart_is_not_claimed_by_its_public_handle()
    {
        var visit = await VisitWithAsync((Cart, "3 apples"));

        var thief = await _node.SignInAsync("mallory", SessionToken.Create(visit.Id, LineageKey.Create()));

        Assert.Null(await GetAsync(thief, Cart));
        await _node.ExpectAsync(SessionOutcome.Active, visit);
        Assert.Equal("3 apples", await GetAsync(visit, Cart));
    }

    [Fact]
    [Requirement("WSTG-SESS-07.d")]
    public async Task A_visit_whose_time_is_over_hands_over_nothing()
    {
        var visit = await VisitWithAsync((Cart, "3 apples"));
        _node.Pass(_node.Policy.Anonymous.Idle);

        var token = await _node.SignInAsync("alice", visit);

        Assert.Null(await GetAsync(token, Cart));
        Assert.NotEqual(SessionOutcome.Active, (await _node.PresentAsync(visit)).Outcome);
    }

    [Fact]
    [Requirement("WSTG-SESS-07.d")]
    [Requirement("ASVS-7.4.5")]
    public async Task A_session_that_is_over_by_time_or_by_epoch_hands_over_nothing_to_its_subject()
    {
        var idle = await _node.ConfirmedAsync();
        await SetAsync(idle, Cart, "old");
        _node.Pass(_node.Policy.SignedIn.Idle);
        Assert.Null(await GetAsync(await _node.SignInAsync("alice", idle), Cart));
        await _node.ExpectAsync(SessionOutcome.Ended, idle, SessionEndReason.Idle);

        var revoked = await _node.ConfirmedAsync();
        await SetAsync(revoked, Cart, "old");
        await _node.Manager.RevokeEverybodyAsync();
        Assert.Null(await GetAsync(await _node.SignInAsync("alice", revoked), Cart));
        await _node.ExpectAsync(SessionOutcome.Ended, revoked, SessionEndReason.Everybody);
    }

    [Fact]
    public async Task SignIn_DoubleSubmit_BothSessionsHaveTheCart_OneUnconfirmedEnds()
    {
        var device = SessionDeviceId.OfCookie([1, 2, 3]);
        for (var round = 0; round < 50; round++)
        {
            var visit = await VisitWithAsync((Cart, "3 apples"));
            var start = new SessionStart { Subject = $"user{round}", Device = device, Shown = [visit] };
            var tokens = new SessionToken[2];

            await Threads.RunAsync(2, async number => tokens[number] = await _node.StartedAsync(start));

            // The browser keeps one of the two cookies; the other session was never seen and makes room.
            var outcomes = new[] { await _node.PresentAsync(tokens[0]), await _node.PresentAsync(tokens[1]) };
            Assert.Equal([SessionOutcome.Active, SessionOutcome.Ended], outcomes.Select(each => each.Outcome).Order());
            Assert.Equal(SessionEndReason.Replaced, outcomes.Max(each => each.EndReason));
            Assert.Equal("3 apples", await GetAsync(tokens[outcomes[0].IsActive ? 0 : 1], Cart));
            Assert.NotEqual(SessionOutcome.Active, (await _node.PresentAsync(visit)).Outcome);
        }
    }

    [Fact]
    public async Task SignIn_DoubleSubmit_without_a_device_gives_both_sessions_the_cart()
    {
        var visit = await VisitWithAsync((Cart, "3 apples"));
        var tokens = new SessionToken[4];

        await Threads.RunAsync(4, async number => tokens[number] = await _node.SignInAsync("alice", visit));

        foreach (var token in tokens)
        {
            Assert.Equal("3 apples", await GetAsync(token, Cart));
        }
    }

    private async Task<SessionToken> VisitWithAsync(params (SessionKey<string> Key, string Value)[] values)
    {
        var visit = await _node.VisitAsync();
        foreach (var (key, value) in values)
        {
            await SetAsync(visit, key, value);
        }

        return visit;
    }

    private async Task SetAsync(SessionToken token, SessionKey<string> key, string value)
    {
        var session = await _node.OpenAsync(token);
        session.Set(key, value);
        await session.CommitAsync();
    }

    private async Task<string?> GetAsync(SessionToken token, SessionKey<string> key) => await (await _node.OpenAsync(token)).GetAsync(key);
}
