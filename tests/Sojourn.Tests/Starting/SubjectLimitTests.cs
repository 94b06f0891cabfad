namespace Sojourn.Tests.Starting;

/// <summary>The pure choice of sessions that make room.</summary>
public sealed class SubjectLimitTests
{
    private static readonly TimeSpan Lag = TimeSpan.FromSeconds(65);
    private static readonly SessionDeviceId Phone = SessionDeviceId.OfCookie([1]);

    private readonly List<SessionRecord> _active = [];

    [Fact]
    public void Below_the_limit_nobody_goes()
    {
        Add(10);

        Assert.Empty(Choose(limit: 2)!);
    }

    [Fact]
    [Requirement("CSMCS-48")]
    public void The_one_idle_for_longest_goes_first()
    {
        var (recent, idle, idler) = (Add(300, seen: 1), Add(200, seen: 20), Add(100, seen: 30));

        Assert.Equal([idler], Ids(Choose(limit: 3)));
        Assert.Equal([idler, idle], Ids(Choose(limit: 2)));
        Assert.Equal([idler, idle, recent], Ids(Choose(limit: 1)));
        Assert.All(Choose(limit: 1)!, victim => Assert.Equal(SessionEndReason.LimitReached, victim.Reason));
    }

    [Fact]
    public void Where_a_touch_may_still_be_on_its_way_the_oldest_start_decides()
    {
        var (younger, older) = (Add(100, seen: 1), Add(200, seen: 0.5));

        Assert.Equal([older], Ids(Choose(limit: 2)));
        Assert.Equal([older, younger], Ids(Choose(limit: 1)));
    }

    [Fact]
    public void EndOldest_goes_by_the_start_alone()
    {
        var (older, _) = (Add(200, seen: 1), Add(100, seen: 30));

        Assert.Equal([older], Ids(Choose(limit: 2, SessionLimitBehavior.EndOldest)));
    }

    [Theory]
    [InlineData(SessionLimitBehavior.EndLeastRecentlyUsed)]
    [InlineData(SessionLimitBehavior.EndOldest)]
    [InlineData(SessionLimitBehavior.Refuse)]
    public void Sessions_that_were_never_confirmed_go_before_all_others(SessionLimitBehavior behavior)
    {
        Add(300, seen: 50);
        var unconfirmed = Add(1, isConfirmed: false);

        Assert.Equal([unconfirmed], Ids(Choose(limit: 2, behavior)));
    }

    [Fact]
    [Requirement("CSMCS-48")]
    public void Refuse_refuses_when_too_few_are_unconfirmed()
    {
        Add(300, seen: 50);
        Add(200, seen: 40);
        Add(1, isConfirmed: false);

        Assert.Single(Choose(limit: 3, SessionLimitBehavior.Refuse)!);
        Assert.Null(Choose(limit: 2, SessionLimitBehavior.Refuse));
    }

    [Fact]
    public void An_unconfirmed_session_of_the_same_device_is_replaced_even_below_the_limit()
    {
        var same = Add(1, isConfirmed: false, device: Phone);
        Add(1, isConfirmed: false, device: SessionDeviceId.OfCookie([2]));
        Add(1, isConfirmed: false);
        Add(1, device: Phone);

        var victim = Assert.Single(Choose(limit: 100, device: Phone)!);

        Assert.Equal((same, SessionEndReason.Replaced), (victim.Record.Id, victim.Reason));
    }

    [Fact]
    public void An_unknown_device_is_nobodys_same_device()
    {
        Add(1, isConfirmed: false);

        Assert.Empty(Choose(limit: 100)!);
    }

    [Fact]
    public void What_has_expired_makes_room_under_its_own_reason_once_no_touch_can_come()
    {
        var idle = Add(200, seen: 62);
        var absolute = Add(60 * 25, seen: 1, absoluteHours: 24);
        Add(61, seen: 60.5);

        var victims = Choose(limit: 2, SessionLimitBehavior.Refuse)!;

        Assert.Equal([(idle, SessionEndReason.Idle), (absolute, SessionEndReason.Absolute)], victims.Select(victim => (victim.Record.Id, victim.Reason)));
    }

    private SessionId Add(double startedMinutesAgo, double seen = 1, bool isConfirmed = true, SessionDeviceId device = default, double absoluteHours = 48)
    {
        var token = TokenLab.New();
        var started = TokenLab.Noon - TimeSpan.FromMinutes(startedMinutesAgo);
        _active.Add(new()
        {
            Id = token.Id,
            Tenant = "default",
            Subject = "alice",
            Policy = "default",
            Token = TokenLab.State(token, LineageKey.Create()),
            StartedAt = started,
            LastSeenAt = isConfirmed ? TokenLab.Noon - TimeSpan.FromMinutes(seen) : started,
            IdleTimeout = TimeSpan.FromHours(1),
            AbsoluteExpiresAt = started + TimeSpan.FromHours(absoluteHours),
            IsConfirmed = isConfirmed,
            Device = device,
        });
        return token.Id;
    }

    private List<(SessionRecord Record, SessionEndReason Reason)>? Choose(int limit, SessionLimitBehavior behavior = SessionLimitBehavior.EndLeastRecentlyUsed, SessionDeviceId device = default)
        => SubjectLimit.Choose(_active, _active.Count, limit, behavior, device, TokenLab.Noon, _ => Lag);

    private static IEnumerable<SessionId> Ids(List<(SessionRecord Record, SessionEndReason Reason)>? victims) => victims!.Select(victim => victim.Record.Id);
}
