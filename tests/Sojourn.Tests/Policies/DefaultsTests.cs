namespace Sojourn.Tests.Policies;

/// <summary>The defaults of the design's table, and the presets.</summary>
public sealed class DefaultsTests
{
    private static readonly SessionPolicy Default = new();

    [Fact]
    [Requirement("NIST-AAL2")]
    public void Signed_in_60_minutes_idle_24_hours_in_all_a_new_token_every_15_minutes()
        => Expect(Default.SignedIn, TimeSpan.FromMinutes(60), TimeSpan.FromHours(24), TimeSpan.FromMinutes(15));

    [Fact]
    [Requirement("NIST-AAL1")]
    public void Remembered_14_days_idle_30_days_in_all_a_new_token_every_24_hours()
        => Expect(Default.Remembered!, TimeSpan.FromDays(14), TimeSpan.FromDays(30), TimeSpan.FromHours(24));

    [Fact]
    public void Anonymous_24_hours_idle_7_days_in_all_no_rotation()
        => Expect(Default.Anonymous, TimeSpan.FromHours(24), TimeSpan.FromDays(7), Timeout.InfiniteTimeSpan);

    [Fact]
    [Requirement("CSMCS-48")]
    public void Grace_late_band_touch_limit_and_history()
    {
        Assert.Equal(TimeSpan.FromSeconds(60), Default.Grace);
        Assert.Equal(TimeSpan.FromMinutes(10), RotationRules.Of(Default, Default.SignedIn, anonymous: false).Late);
        Assert.Equal(TimeSpan.FromMinutes(10), RotationRules.Of(Default, Default.Remembered!, anonymous: false).Late);
        Assert.Equal(TimeSpan.FromSeconds(60), Default.TouchInterval);
        Assert.Equal((100, SessionLimitBehavior.EndLeastRecentlyUsed), (Default.MaxSessions, Default.WhenFull));
        Assert.Equal(TimeSpan.FromDays(30), Default.History);
        Assert.Equal(TimeSpan.FromMinutes(10), Default.UnconfirmedTimeout);
        Assert.Equal(SessionReplayBehavior.End, Default.OnReplay);
        Assert.Equal((64 * 1024, 256 * 1024), (Default.MaxValueBytes, Default.MaxDataBytes));
    }

    [Fact]
    public void Options_of_the_engine()
    {
        var options = new SojournOptions();

        Assert.Equal(("default", "default"), (options.Tenant, SojournOptions.DefaultPolicyName));
        Assert.Equal((400, 50, 500, 65_536), (options.MaxVisitorsPerShard, options.StartsPerSubject, options.StartsPerAddress, options.MaxBufferedTouches));
        Assert.Equal((TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(1)), (options.StoreTimeout, options.FlushInterval, options.SweepInterval));
        Assert.Null(options.PolicyFor);
        Assert.Empty(options.Policies);
        Assert.True(new SojournOptionsValidator().Validate(null, options).Succeeded);
    }

    [Fact]
    [Requirement("NIST-AAL1")]
    [Requirement("NIST-AAL2")]
    [Requirement("NIST-AAL3")]
    [Requirement("CSMCS-29")]
    [Requirement("CSMCS-30")]
    public void The_presets_hold_the_numbers_of_their_names_and_are_valid()
    {
        Expect(SessionPolicy.NistAal1().SignedIn, TimeSpan.FromDays(14), TimeSpan.FromDays(30), TimeSpan.FromHours(24));
        Expect(SessionPolicy.NistAal2().SignedIn, TimeSpan.FromHours(1), TimeSpan.FromHours(24), TimeSpan.FromMinutes(15));
        Expect(SessionPolicy.NistAal3().SignedIn, TimeSpan.FromMinutes(15), TimeSpan.FromHours(12), TimeSpan.FromMinutes(15));
        Expect(SessionPolicy.OwaspHighValue().SignedIn, TimeSpan.FromMinutes(5), TimeSpan.FromHours(4), TimeSpan.FromMinutes(15));
        Expect(SessionPolicy.OwaspLowRisk().SignedIn, TimeSpan.FromMinutes(30), TimeSpan.FromHours(8), TimeSpan.FromMinutes(15));
        Assert.Equal(1, SessionPolicy.OwaspHighValue().MaxSessions);
        SessionPolicy[] strict = [SessionPolicy.NistAal2(), SessionPolicy.NistAal3(), SessionPolicy.OwaspHighValue(), SessionPolicy.OwaspLowRisk()];
        Assert.All(strict, policy => Assert.Null(policy.Remembered));
        foreach (var policy in strict.Append(SessionPolicy.NistAal1()))
        {
            Assert.Null(new SojournOptionsValidator().Validate(null, new() { DefaultPolicy = policy }).FailureMessage);
        }
    }

    private static void Expect(SessionTimeouts times, TimeSpan idle, TimeSpan absolute, TimeSpan rotation)
        => Assert.Equal((idle, absolute, rotation), (times.Idle, times.Absolute, times.Rotation));
}
