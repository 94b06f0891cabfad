namespace Sojourn.Tests.Validation;

[Requirement("ASVS-16.2.2")]
public sealed class ClockTests
{
    private readonly EngineHarness _right = EngineHarness.Create();

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task Clock_OneNodeAnHourOff_EitherWay_NoMassEnd_NoReplay(int hours)
    {
        var (old, sessions) = await ManyAsync();
        var wrong = await NodeOffByAsync(TimeSpan.FromHours(hours));

        Assert.Equal((0, 0), await wrong.Engine.Sweeper.SweepAsync(CancellationToken.None));
        foreach (var token in sessions.Append(old))
        {
            Assert.True((await Assert.ThrowsAsync<SessionStoreException>(() => wrong.PresentAsync(token))).IsTransient);
        }

        await Assert.ThrowsAsync<SessionStoreException>(() => wrong.SignInAsync());
        foreach (var token in sessions)
        {
            await _right.ExpectAsync(SessionOutcome.Active, token);
            Assert.Equal(0, await _right.CountAsync(token.Id, SessionEventKind.Ended));
        }
    }

    [Theory]
    [InlineData(6)]
    [InlineData(-6)]
    public async Task A_node_a_few_seconds_off_serves_and_ends_nothing_by_time_or_replay(int seconds)
    {
        var (old, sessions) = await ManyAsync();
        var wrong = await NodeOffByAsync(TimeSpan.FromSeconds(seconds));

        await wrong.ExpectAsync(SessionOutcome.Superseded, old); // row 14
        wrong.Pass(TimeSpan.FromHours(2)); // long past every deadline by its clock
        await wrong.ExpectAsync(SessionOutcome.Active, sessions[1]);
        Assert.Equal((0, 0), await wrong.Engine.Sweeper.SweepAsync(CancellationToken.None));
        await wrong.Manager.RevokeAsync(sessions[2].Id, SessionEndReason.RevokedByAdministrator); // on purpose it ends
        await wrong.ExpectAsync(SessionOutcome.Ended, sessions[2], SessionEndReason.RevokedByAdministrator);
        await wrong.Manager.RevokeEverybodyAsync(); // a counter, no time
        await wrong.ExpectAsync(SessionOutcome.Ended, sessions[3], SessionEndReason.Everybody);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(-5)]
    public async Task Five_seconds_are_trusted(int seconds)
    {
        var wrong = await NodeOffByAsync(TimeSpan.FromSeconds(seconds));

        Assert.True(wrong.Engine.Clock.IsTrusted);
    }

    [Fact]
    public async Task A_node_whose_clock_was_set_right_serves_again()
    {
        var token = await _right.ConfirmedAsync();
        var wrong = await NodeOffByAsync(TimeSpan.FromSeconds(31));
        await Assert.ThrowsAsync<SessionStoreException>(() => wrong.PresentAsync(token));

        wrong.Time.SetUtcNow(_right.Now);
        wrong.Store.ClockOffset = TimeSpan.Zero;
        await ProbeAsync(wrong);

        await wrong.ExpectAsync(SessionOutcome.Active, token);
    }

    [Fact]
    public void The_duration_of_the_probe_is_not_held_against_the_clock()
    {
        var clock = new SessionClock(new ManualTimeProvider());
        clock.Compare(new(TokenLab.Noon.AddSeconds(10)), TokenLab.Noon, TokenLab.Noon.AddSeconds(20));
        Assert.Equal(TimeSpan.Zero, clock.Skew);
        clock.Compare(new(TokenLab.Noon.AddSeconds(25)), TokenLab.Noon, TokenLab.Noon.AddSeconds(20));
        Assert.Equal(TimeSpan.FromSeconds(5), clock.Skew);
        clock.Compare(new(TokenLab.Noon.AddSeconds(-40)), TokenLab.Noon, TokenLab.Noon);
        Assert.False(clock.IsUsable);
        clock.Compare(default, TokenLab.Noon, TokenLab.Noon); // a store without a clock says nothing
        Assert.False(clock.IsUsable);
    }

    /// <summary>A replaced token that is old by now, and the sessions that run.</summary>
    private async Task<(SessionToken Old, List<SessionToken> Running)> ManyAsync()
    {
        var old = await _right.ConfirmedAsync();
        var sessions = new List<SessionToken> { await _right.RotateAsync(old) };
        _right.Pass(TimeSpan.FromMinutes(12));
        for (var i = 0; i < 20; i++)
        {
            sessions.Add(await _right.ConfirmedAsync($"user{i}"));
        }

        return (old, sessions);
    }

    private async Task<EngineHarness> NodeOffByAsync(TimeSpan offset)
    {
        var node = _right.AnotherNode(new(_right.Now + offset));
        node.Store.ClockOffset = -offset; // the store's clock is right
        await node.Engine.OpenAsync(CancellationToken.None);
        await ProbeAsync(node);
        return node;
    }

    private static async Task ProbeAsync(EngineHarness node)
    {
        var now = node.Engine.Clock.Now;
        node.Engine.Clock.Compare(await node.Engine.Store.ProbeAsync(1), now, now);
    }
}
