namespace Sojourn.Tests.Rotation;

/// <summary>What a presented token is, and the rows of the rotation table that refuse, as the pure table decides them.</summary>
public sealed class PresentedTokenTests
{
    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);

    private readonly RotationBench _bench = new();
    private readonly SessionToken _old;

    public PresentedTokenTests()
    {
        _old = _bench.Token();
        _bench.With(retired: [RotationBench.Mark(_old, TokenLab.Noon)]);
    }

    [Theory]
    [InlineData(0, Presented.Grace)]
    [InlineData(60_000, Presented.Grace)]
    [InlineData(60_001, Presented.Late)]
    [InlineData(605_000, Presented.Late)]
    [InlineData(605_001, Presented.Old)]
    [InlineData(-5_000, Presented.Grace)]
    internal void A_retired_token_is_in_grace_for_60_seconds_late_for_10_minutes_and_the_tolerance_then_old(int milliseconds, Presented expected)
    {
        _bench.Now += TimeSpan.FromMilliseconds(milliseconds);

        Assert.Equal(expected, PresentedToken.Classify(_bench.State, _old, _bench.Rules, _bench.Now).Kind);
    }

    [Fact]
    public void A_token_whose_hash_is_gone_is_old_at_any_age_by_its_birthmark()
    {
        _bench.With();

        Assert.Equal(Presented.Old, PresentedToken.Classify(_bench.State, _old, _bench.Rules, _bench.Now).Kind);
        Assert.Equal(Presented.Old, PresentedToken.Classify(_bench.State, _old, _bench.Rules, _bench.Now + TimeSpan.FromDays(300)).Kind);
    }

    [Fact]
    [Requirement("CSMCS-21")]
    public void Dead_is_known_by_the_previous_key_and_everything_else_is_none()
    {
        Assert.Equal(Presented.Dead, Kind(_bench.DeadToken()));
        Assert.Equal(Presented.None, Kind(_bench.Stranger()));
        Assert.Equal(Presented.None, Kind(new SessionToken(_old.Id, new byte[SessionToken.SecretSize])));
        Assert.False(new PresentedToken(Presented.None, default).IsGenuine);
    }

    [Fact]
    public void Row10_Grace_serves_ordinary_requests_and_is_never_handed_a_successor()
    {
        _bench.Now += TimeSpan.FromSeconds(60);

        Assert.Equal(new RotationDecision(SessionOutcome.Active) { IsSuperseded = true }, _bench.Present(_old));
    }

    [Fact]
    public void Row10_Only_the_holder_of_the_current_token_is_handed_a_successor()
    {
        // Times under which a successor is due while every other kind of token is still known.
        _bench.Rules = new(TimeSpan.FromMinutes(5), Grace: TimeSpan.FromHours(1), Late: TimeSpan.FromSeconds(1), ReplayEnds: true);
        var pending = _bench.Token();
        _bench.With(pending: [RotationBench.Mark(pending, TokenLab.Noon)], retired: [RotationBench.Mark(_old, TokenLab.Noon)], run: 1);
        _bench.Now += TimeSpan.FromMinutes(6);

        Assert.True(_bench.Respond(_bench.Current, _bench.Token()).SetsCookie);
        foreach (var shown in new[] { pending, _old, _bench.Token(), _bench.DeadToken(), _bench.Stranger() })
        {
            Assert.Equal(new RotationDecision(SessionOutcome.Active), _bench.Respond(shown, _bench.Token()));
        }
    }

    [Fact]
    public void Row11_Late_is_refused_as_superseded_with_a_finding()
    {
        _bench.Now += TimeSpan.FromSeconds(60) + Millisecond;

        Assert.Equal(new RotationDecision(SessionOutcome.Superseded) { Finding = SessionFindings.LateToken }, _bench.Present(_old));
    }

    [Fact]
    [Requirement("ASVS-10.4.5")]
    public void Row12_Old_ends_the_session_as_a_replay()
    {
        _bench.Now += TimeSpan.FromSeconds(605) + Millisecond;

        Assert.Equal(new RotationDecision(SessionOutcome.Replayed) { EndsAsReplay = true, Finding = SessionFindings.ReplayedToken }, _bench.Present(_old));
    }

    [Fact]
    public void Row13_Old_is_only_refused_where_replay_does_not_end()
    {
        _bench.Now += TimeSpan.FromMinutes(11);
        _bench.Rules = TokenLab.Rules with { ReplayEnds = false };

        Assert.Equal(new RotationDecision(SessionOutcome.Superseded) { Finding = SessionFindings.ReplayedToken }, _bench.Present(_old));
    }

    [Fact]
    public void Row13_Anonymous_sessions_and_the_policy_Refuse_do_not_end_by_replay()
    {
        var policy = new SessionPolicy();
        Assert.True(RotationRules.Of(policy, policy.SignedIn, anonymous: false).ReplayEnds);
        Assert.False(RotationRules.Of(policy, policy.Anonymous, anonymous: true).ReplayEnds);

        policy.OnReplay = SessionReplayBehavior.Refuse;
        Assert.False(RotationRules.Of(policy, policy.SignedIn, anonymous: false).ReplayEnds);
    }

    [Fact]
    public void Row14_Old_with_a_clock_that_is_not_trusted_changes_nothing()
    {
        _bench.Now += TimeSpan.FromMinutes(11);
        _bench.ClockTrusted = false;

        Assert.Equal(new RotationDecision(SessionOutcome.Superseded), _bench.Present(_old));
    }

    [Fact]
    public void Row15_Dead_is_superseded_and_a_finding_once_it_is_older_than_a_minute()
    {
        var dead = _bench.DeadToken();
        _bench.Now += TimeSpan.FromSeconds(60);
        Assert.Equal(new RotationDecision(SessionOutcome.Superseded), _bench.Present(dead));

        _bench.Now += Millisecond;
        Assert.Equal(new RotationDecision(SessionOutcome.Superseded) { Finding = SessionFindings.DeadToken }, _bench.Present(dead));
    }

    [Fact]
    [Requirement("WSTG-SESS-03.b")]
    public void Row16_None_is_unknown_and_changes_nothing()
        => Assert.Equal(new RotationDecision(SessionOutcome.Unknown), _bench.Present(_bench.Stranger()));

    [Fact]
    [Requirement("ASVS-7.2.4")]
    [Requirement("WSTG-SESS-03.e")]
    public void Row17_A_change_of_privilege_replaces_token_and_lineage_and_keeps_nothing_of_the_old()
    {
        _bench.Now += TokenLab.Rules.Interval;
        var pending = _bench.Deliver();
        foreach (var shown in new[] { _bench.Current, pending })
        {
            var key = LineageKey.Create();
            var successor = SessionToken.Create(shown.Id, key);
            var decision = _bench.ChangePrivilege(shown, successor, key);

            var next = decision.Next!;
            Assert.True(decision.SetsCookie);
            Assert.Equal((TokenHash.Of(successor), _bench.Now, _bench.State.Epoch + 1, _bench.State.Lineage + 1), (next.Current, next.Since, next.Epoch, next.Lineage));
            Assert.Equal((key, _bench.State.Key), (next.Key, next.PreviousKey!.Value));
            Assert.True(next is { Pending.Length: 0, Retired.Length: 0, Run: 0, RotateNow: false });
            Assert.All([_bench.Current, pending], dead => Assert.Equal(Presented.Dead, PresentedToken.Classify(next, dead, _bench.Rules, _bench.Now).Kind));
        }
    }

    [Fact]
    public void Row18_A_change_of_privilege_with_a_replaced_or_strange_token_is_refused()
    {
        var key = LineageKey.Create();
        foreach (var seconds in new[] { 1, 61, 700 }) // grace, late, old
        {
            _bench.Now = TokenLab.Noon + TimeSpan.FromSeconds(seconds);
            Assert.Equal(new RotationDecision(SessionOutcome.Superseded), _bench.ChangePrivilege(_old, _bench.Token(), key));
        }

        Assert.Equal(new RotationDecision(SessionOutcome.Superseded), _bench.ChangePrivilege(_bench.DeadToken(), _bench.Token(), key));
        Assert.Equal(new RotationDecision(SessionOutcome.Unknown), _bench.ChangePrivilege(_bench.Stranger(), _bench.Token(), key));
    }

    [Fact]
    public void Row19_Claims_from_elsewhere_ask_for_a_rotation_and_leave_the_tokens()
    {
        var next = _bench.ChangeClaimsElsewhere().Next!;

        Assert.True(next.RotateNow);
        Assert.Equal(_bench.State.Epoch + 1, next.Epoch);
        Assert.Equal((_bench.State.Current, _bench.State.Lineage, _bench.State.Since), (next.Current, next.Lineage, next.Since));
        Assert.Equal(_bench.State.Retired, next.Retired);
    }

    [Fact]
    public void Row26_and_27_An_ended_session_answers_genuine_tokens_and_nobody_else()
    {
        _bench.IsActive = false;
        _bench.Now += TimeSpan.FromHours(1);
        SessionToken[] genuine = [_bench.Current, _old, _bench.Token(), _bench.DeadToken()];

        Assert.All(genuine, token => Assert.Equal(new RotationDecision(SessionOutcome.Ended), _bench.Present(token)));
        Assert.Equal(new RotationDecision(SessionOutcome.Unknown), _bench.Present(_bench.Stranger()));
        Assert.Null(_bench.Respond(_bench.Current, _bench.Token()).Next);
        Assert.Equal(SessionOutcome.Ended, _bench.ChangePrivilege(_bench.Current, _bench.Token(), LineageKey.Create()).Outcome);
        Assert.Equal(SessionOutcome.Unknown, _bench.ChangePrivilege(_bench.Stranger(), _bench.Token(), LineageKey.Create()).Outcome);
    }

    [Fact]
    public void The_late_band_is_10_minutes_and_never_more_than_the_interval_less_the_grace()
    {
        var policy = new SessionPolicy();
        Assert.Equal(TimeSpan.FromMinutes(10), RotationRules.Of(policy, policy.SignedIn, false).Late);

        policy.SignedIn.Rotation = TimeSpan.FromMinutes(5);
        Assert.Equal(TimeSpan.FromMinutes(4), RotationRules.Of(policy, policy.SignedIn, false).Late);

        policy.SignedIn.Rotation = Timeout.InfiniteTimeSpan;
        Assert.Equal(TimeSpan.FromMinutes(10), RotationRules.Of(policy, policy.SignedIn, false).Late);
    }

    private Presented Kind(SessionToken token) => PresentedToken.Classify(_bench.State, token, _bench.Rules, _bench.Now).Kind;
}
