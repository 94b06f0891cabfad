using FsCheck;
using FsCheck.Fluent;

namespace Sojourn.Tests.Policies;

/// <summary>The arithmetic of the two deadlines.</summary>
public sealed class SessionLifetimeTests
{
    private static readonly Arbitrary<(int GrantedIdle, int GrantedAbsolute, int PolicyIdle, int PolicyAbsolute, int Seen, int Now)> Cases =
        Gen.Choose(1, 5000).ArrayOf(6).Select(minutes => (minutes[0], minutes[1], minutes[2], minutes[3], minutes[4], minutes[5])).ToArbitrary();

    [Fact]
    [Requirement("ASVS-7.3.1")]
    [Requirement("ASVS-7.3.2")]
    public void What_was_granted_and_what_the_policy_says_now_are_both_limits() =>
        Prop.ForAll(Cases, each =>
        {
            var record = Granted(each.GrantedIdle, each.GrantedAbsolute);
            var times = Times(each.PolicyIdle, each.PolicyAbsolute);
            var reason = SessionLifetime.Judge(record, times, At(each.Seen), At(each.Now));

            var absolute = each.Now >= each.GrantedAbsolute || each.Now >= each.PolicyAbsolute;
            var idle = each.Now - each.Seen >= each.GrantedIdle || each.Now - each.Seen >= each.PolicyIdle;
            return reason == (absolute ? SessionEndReason.Absolute : idle ? SessionEndReason.Idle : SessionEndReason.None);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Shortening_applies_at_once_and_lengthening_does_not() =>
        Prop.ForAll(Cases, each =>
        {
            var record = Granted(each.GrantedIdle, each.GrantedAbsolute);
            var (granted, changed) = (Times(each.GrantedIdle, each.GrantedAbsolute), Times(each.PolicyIdle, each.PolicyAbsolute));
            var idle = SessionLifetime.IdleDeadline(record, changed, At(each.Seen)) - SessionLifetime.IdleDeadline(record, granted, At(each.Seen));
            var absolute = SessionLifetime.AbsoluteDeadline(record, changed) - SessionLifetime.AbsoluteDeadline(record, granted);
            return idle == TimeSpan.FromMinutes(Math.Min(0, each.PolicyIdle - each.GrantedIdle))
                && absolute == TimeSpan.FromMinutes(Math.Min(0, each.PolicyAbsolute - each.GrantedAbsolute));
        }).QuickCheckThrowOnFailure();

    [Fact]
    [Requirement("NIST-5.2-3")]
    public async Task Authenticating_again_resets_both_deadlines()
    {
        var node = EngineHarness.Create();
        var token = await node.ConfirmedAsync();
        for (var i = 0; i < 47; i++)
        {
            node.Pass(TimeSpan.FromMinutes(30));
            await node.ExpectAsync(SessionOutcome.Active, token);
        }

        token = (await node.Manager.StepUpAsync(token, ["pwd"]))!.Value;
        var session = await node.OpenAsync(token);
        Assert.Equal((node.Now.AddHours(24), node.Now.AddHours(1)), (session.AbsoluteExpiresAt, session.IdleExpiresAt));
        node.Pass(TimeSpan.FromMinutes(45)); // beyond the first 24 hours
        await node.ExpectAsync(SessionOutcome.Active, token);
    }

    [Fact]
    public async Task A_policy_that_is_shortened_ends_a_running_session_and_one_that_is_lengthened_does_not_prolong_it()
    {
        var node = EngineHarness.Create();
        var (first, second) = (await node.ConfirmedAsync("a"), await node.ConfirmedAsync("b"));
        var shorter = node.AnotherNode(configure: options => options.DefaultPolicy.SignedIn.Idle = TimeSpan.FromMinutes(10));
        var longer = node.AnotherNode(configure: options => options.DefaultPolicy.SignedIn.Idle = TimeSpan.FromHours(10));

        node.Pass(TimeSpan.FromMinutes(10));
        await shorter.ExpectAsync(SessionOutcome.Ended, first, SessionEndReason.Idle);
        node.Pass(TimeSpan.FromMinutes(50));
        await longer.ExpectAsync(SessionOutcome.Ended, second, SessionEndReason.Idle);
    }

    [Theory]
    [InlineData(60, 60, 60)]
    [InlineData(5, 60, 30)]
    [InlineData(60, 5, 5)]
    public void Touches_are_written_at_the_interval_and_at_least_ten_times_an_idle_timeout(int idleMinutes, int intervalSeconds, int expectedSeconds)
        => Assert.Equal(
            TimeSpan.FromSeconds(expectedSeconds),
            SessionLifetime.TouchInterval(new() { TouchInterval = TimeSpan.FromSeconds(intervalSeconds) }, TimeSpan.FromMinutes(idleMinutes)));

    private static DateTimeOffset At(int minutes) => TokenLab.Noon + TimeSpan.FromMinutes(minutes);

    private static SessionTimeouts Times(int idle, int absolute) => new(TimeSpan.FromMinutes(idle), TimeSpan.FromMinutes(absolute), Timeout.InfiniteTimeSpan);

    private static SessionRecord Granted(int idle, int absolute)
    {
        var token = TokenLab.New();
        return new()
        {
            Id = token.Id,
            Tenant = "default",
            Subject = "alice",
            Policy = "default",
            Token = TokenLab.State(token, LineageKey.Create()),
            StartedAt = TokenLab.Noon,
            AuthenticatedAt = TokenLab.Noon,
            LastSeenAt = TokenLab.Noon,
            IdleTimeout = TimeSpan.FromMinutes(idle),
            AbsoluteExpiresAt = At(absolute),
        };
    }
}
