namespace Sojourn.Tests.Rotation;

/// <summary>The rows of the rotation table that hand out and take up successors, as the pure table decides them.</summary>
public sealed class RotationTableTests
{
    private readonly RotationBench _bench = new();

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void Row01_Current_not_due_goes_on_without_a_step()
    {
        _bench.Now += TokenLab.Rules.Interval - TimeSpan.FromMilliseconds(1);

        Assert.Equal(new RotationDecision(SessionOutcome.Active), _bench.Present(_bench.Current));
        Assert.Equal(new RotationDecision(SessionOutcome.Active), _bench.Respond(_bench.Current, _bench.Token()));
        Assert.False(RotationTable.MayDeliver(_bench.State, _bench.Rules, _bench.Now));
    }

    [Fact]
    [Requirement("CSMCS-31")]
    public void Row02_Current_due_and_eligible_hands_out_a_successor()
    {
        _bench.With(retired: [RotationBench.Mark(_bench.Token(), _bench.Now)]);
        _bench.Now += TokenLab.Rules.Interval;
        var successor = _bench.Token();

        var decision = _bench.Respond(_bench.Current, successor);

        Assert.True(decision.SetsCookie);
        var next = decision.Next!;
        Assert.Equal([RotationBench.Mark(successor, _bench.Now)], next.Pending);
        Assert.Empty(next.Retired);
        Assert.Equal(1, next.Run);
        Assert.Equal(_bench.State.Epoch + 1, next.Epoch);
        Assert.Equal((_bench.State.Current, _bench.State.Since, _bench.State.Lineage), (next.Current, next.Since, next.Lineage));
        Assert.Null(decision.Finding);
    }

    [Fact]
    public void Row02_Claims_that_changed_elsewhere_make_it_due_at_once_and_keep_it_due_until_the_promotion()
    {
        _bench.With(rotateNow: true);

        var successor = _bench.Deliver();

        Assert.True(_bench.State.RotateNow);
        Assert.False(_bench.Present(successor).Next!.RotateNow);
    }

    [Fact]
    [Requirement("CSMCS-23")]
    public void Row02_Claims_that_changed_elsewhere_rotate_even_where_nothing_rotates_by_time()
    {
        _bench.Rules = TokenLab.Rules with { Interval = Timeout.InfiniteTimeSpan };
        _bench.Now += TimeSpan.FromDays(3);
        Assert.False(_bench.Respond(_bench.Current, _bench.Token()).SetsCookie);

        _bench.With(rotateNow: true);

        _bench.Deliver();
        _bench.Now += RotationRules.Spacing;
        Assert.True(_bench.Respond(_bench.Current, _bench.Token()).SetsCookie); // row 5 goes on, as it was lost
    }

    [Fact]
    public void Row03_Due_but_not_eligible_stays_due()
    {
        _bench.Now += TokenLab.Rules.Interval;

        Assert.Equal(new RotationDecision(SessionOutcome.Active), _bench.Respond(_bench.Current, _bench.Token(), isEligible: false));
        Assert.True(_bench.Respond(_bench.Current, _bench.Token()).SetsCookie);
    }

    [Fact]
    public void Row03_Due_but_a_token_was_retired_within_the_late_band_stays_due()
    {
        _bench.With(retired: [RotationBench.Mark(_bench.Token(), _bench.Now + TokenLab.Rules.Interval)]);
        _bench.Now += TokenLab.Rules.Interval + TokenLab.Rules.Late - Second;
        Assert.Equal(new RotationDecision(SessionOutcome.Active), _bench.Respond(_bench.Current, _bench.Token()));

        _bench.Now += Second;
        Assert.True(_bench.Respond(_bench.Current, _bench.Token()).SetsCookie);
    }

    [Fact]
    public void Row04_A_successor_younger_than_the_spacing_is_not_followed_by_another()
    {
        _bench.Now += TokenLab.Rules.Interval;
        _bench.Deliver();
        _bench.Now += RotationRules.Spacing - TimeSpan.FromMilliseconds(1);

        Assert.Equal(new RotationDecision(SessionOutcome.Active), _bench.Respond(_bench.Current, _bench.Token()));
        Assert.Equal(new RotationDecision(SessionOutcome.Active), _bench.Present(_bench.Current));
    }

    [Fact]
    public void Row05_After_the_spacing_another_random_successor_is_added_and_a_fourth_retires_the_oldest()
    {
        _bench.Now += TokenLab.Rules.Interval;
        var delivered = new List<SessionToken> { _bench.Deliver() };
        for (var i = 0; i < 3; i++)
        {
            _bench.Now += RotationRules.Spacing;
            delivered.Add(_bench.Deliver());
        }

        Assert.Equal(delivered.Skip(1).Select(TokenHashOf), _bench.State.Pending.Select(pending => pending.Hash));
        Assert.Equal([RotationBench.Mark(delivered[0], _bench.Now)], _bench.State.Retired);
        Assert.Equal(4, _bench.State.Run);
        Assert.Equal(TokenHash.Of(_bench.Current), _bench.State.Current);
    }

    [Fact]
    public void Row05_Not_eligible_adds_nothing()
    {
        _bench.Now += TokenLab.Rules.Interval;
        _bench.Deliver();
        _bench.Now += RotationRules.Spacing;

        Assert.Equal(new RotationDecision(SessionOutcome.Active), _bench.Respond(_bench.Current, _bench.Token(), isEligible: false));
    }

    [Fact]
    [Requirement("CSMCS-42")]
    public void Row05_The_sixth_delivery_is_a_finding_and_the_last()
    {
        _bench.Now += TokenLab.Rules.Interval;
        for (var run = 1; run <= RotationRules.MaxRun; run++)
        {
            var decision = _bench.Respond(_bench.Current, _bench.Token());
            Assert.Equal(run == 6 ? SessionFindings.RotationStalled : null, decision.Finding);
            Assert.Equal(run, decision.Next!.Run);
            _bench.State = decision.Next;
            _bench.Now += RotationRules.Spacing;
        }

        _bench.Now += TimeSpan.FromHours(5);
        Assert.Equal(new RotationDecision(SessionOutcome.Active), _bench.Respond(_bench.Current, _bench.Token()));
        Assert.Equal(SessionOutcome.Active, _bench.Present(_bench.Current).Outcome);
    }

    [Fact]
    [Requirement("CSMCS-31")]
    public void Row07_A_presented_successor_becomes_current_and_all_others_retire()
    {
        _bench.Now += TokenLab.Rules.Interval;
        var first = _bench.Deliver();
        _bench.Now += RotationRules.Spacing;
        var second = _bench.Deliver();
        _bench.Now += Second;

        var decision = _bench.Present(first);

        var next = decision.Next!;
        Assert.Equal(new RotationDecision(SessionOutcome.Active) { Next = next }, decision);
        Assert.Equal((TokenHash.Of(first), _bench.Now), (next.Current, next.Since));
        Assert.Equal([TokenHash.Of(second), TokenHash.Of(_bench.Current)], next.Retired.Select(mark => mark.Hash));
        Assert.All(next.Retired, mark => Assert.Equal(_bench.Now, mark.At));
        Assert.Empty(next.Pending);
        Assert.Equal((0, false, _bench.State.Epoch + 1, _bench.State.Lineage), (next.Run, next.RotateNow, next.Epoch, next.Lineage));
        Assert.Equal(_bench.State.Key, next.Key);
    }

    [Fact]
    public void Row07_A_sixth_retired_token_pushes_out_the_oldest()
    {
        _bench.Now += TokenLab.Rules.Interval;
        var delivered = new List<SessionToken>();
        for (var run = 0; run < RotationRules.MaxRun; run++)
        {
            delivered.Add(_bench.Deliver());
            _bench.Now += RotationRules.Spacing;
        }

        var next = _bench.Present(delivered[^1]).Next!;

        Assert.Equal([.. delivered[1..5].Select(TokenHashOf), TokenHash.Of(_bench.Current)], next.Retired.Select(mark => mark.Hash));
        _bench.State = next;
        Assert.Equal(SessionOutcome.Replayed, _bench.Present(delivered[0]).Outcome); // its hash is gone, its birthmark is not
    }

    private static TokenHash TokenHashOf(SessionToken token) => TokenHash.Of(token);
}
