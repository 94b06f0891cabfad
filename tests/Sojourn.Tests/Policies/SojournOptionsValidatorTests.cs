namespace Sojourn.Tests.Policies;

/// <summary>Every range: both ends are good, one step beyond names the setting and the rule.</summary>
public sealed class SojournOptionsValidatorTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(400);

    private delegate void Setting<in T>(SojournOptions options, T value);

    [Fact]
    public void Numbers_of_the_engine()
    {
        Range("MaxVisitorsPerShard", 1, 100_000, (options, value) => options.MaxVisitorsPerShard = value);
        Range("StartsPerSubject", 0, 1_000_000, (options, value) => options.StartsPerSubject = value);
        Range("StartsPerAddress", 0, 1_000_000, (options, value) => options.StartsPerAddress = value);
        Range("MaxBufferedTouches", 1, 100_000_000, (options, value) => options.MaxBufferedTouches = value);
    }

    [Fact]
    public void Times_of_the_engine()
    {
        Range("StoreTimeout", TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1), (options, value) => options.StoreTimeout = value);
        Range("FlushInterval", TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1), (options, value) => options.FlushInterval = value);
        Range("SweepInterval", TimeSpan.FromSeconds(1), TimeSpan.FromDays(1), (options, value) => options.SweepInterval = value);
    }

    [Fact]
    public void Numbers_of_a_policy()
    {
        Range("Policy \"default\": MaxSessions", 1, 1000, (options, value) => options.DefaultPolicy.MaxSessions = value);
        Range("Policy \"default\": MaxValueBytes", 1, 1024 * 1024, (options, value) => (options.DefaultPolicy.MaxValueBytes, options.DefaultPolicy.MaxDataBytes) = (value, 16 * 1024 * 1024));
        Range("Policy \"default\": MaxDataBytes", 1000, 16 * 1024 * 1024, (options, value) => (options.DefaultPolicy.MaxValueBytes, options.DefaultPolicy.MaxDataBytes) = (1000, value));
    }

    [Fact]
    public void Times_of_a_policy()
    {
        Range("Policy \"default\": Grace", TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(2), (options, value) => options.DefaultPolicy.Grace = value);
        Range("Policy \"default\": TouchInterval", TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), (options, value) => options.DefaultPolicy.TouchInterval = value);
        Range("Policy \"default\": UnconfirmedTimeout", TimeSpan.FromMinutes(1), TimeSpan.FromHours(1), (options, value) => options.DefaultPolicy.UnconfirmedTimeout = value);
        Range("Policy \"default\": History", TimeSpan.Zero, Longest, (options, value) => options.DefaultPolicy.History = value);
        Range("Policy \"default\": LateBand", TimeSpan.FromSeconds(60), TimeSpan.FromMinutes(14), (options, value) => options.DefaultPolicy.LateBand = value);
    }

    [Fact]
    [Requirement("CSMCS-28")]
    public void Timeouts_of_each_kind_of_session()
    {
        (string Name, Func<SessionPolicy, SessionTimeouts> Of)[] kinds = [("SignedIn", policy => policy.SignedIn), ("Remembered", policy => policy.Remembered!), ("Anonymous", policy => policy.Anonymous)];
        foreach (var (name, of) in kinds)
        {
            Range($"Policy \"default\": {name}.Idle", TimeSpan.FromMinutes(1), Longest, (options, value) => (of(options.DefaultPolicy).Idle, of(options.DefaultPolicy).Absolute) = (value, Longest));
            Range($"Policy \"default\": {name}.Absolute", TimeSpan.FromHours(3), Longest, (options, value) => (of(options.DefaultPolicy).Idle, of(options.DefaultPolicy).Absolute) = (TimeSpan.FromHours(3), value));
            Refused($"Policy \"default\": {name}.Rotation must be at least 5 minutes", options => of(options.DefaultPolicy).Rotation = TimeSpan.FromMinutes(5) - Tick);
            Accepted(options => of(options.DefaultPolicy).Rotation = TimeSpan.FromMinutes(5));
            Accepted(options => of(options.DefaultPolicy).Rotation = Timeout.InfiniteTimeSpan);
        }
    }

    [Fact]
    public void Timeouts_that_are_missing()
    {
        Accepted(options => options.DefaultPolicy.Remembered = null);
        Refused("SignedIn must be set (only Remembered may be null)", options => options.DefaultPolicy.SignedIn = null!);
        Refused("Anonymous must be set", options => options.DefaultPolicy.Anonymous = null!);
    }

    [Fact]
    public void Texts_and_choices()
    {
        Accepted(options => options.Tenant = new('x', 64));
        Refused("Sojourn setting Tenant must be 1 to 64 characters", options => options.Tenant = "");
        Refused("Tenant", options => options.Tenant = new('x', 65));
        Refused("Tenant", options => options.Tenant = "a\0b"); // it would split the key of a subject's shard
        Refused("Tenant", options => options.Tenant = null!);
        Refused("WhenFull must be one of its named values", options => options.DefaultPolicy.WhenFull = (SessionLimitBehavior)9);
        Refused("OnReplay must be one of its named values", options => options.DefaultPolicy.OnReplay = (SessionReplayBehavior)9);
    }

    [Fact]
    public void Named_policies_are_checked_under_their_names()
    {
        Accepted(options => options.Policies["staff"] = SessionPolicy.NistAal3());
        Refused("Policy \"staff\": MaxSessions must be 1 to 1000 (it is 0)", options => options.Policies["staff"] = new() { MaxSessions = 0 });
        Refused("Policies[\"default\"] must be named", options => options.Policies["default"] = new());
        Refused("Policies[\"\"]", options => options.Policies[""] = new());
        Refused("Policies[\"" + new string('x', 65), options => options.Policies[new('x', 65)] = new());
        Refused("Policies[\"gone\"] must be set", options => options.Policies["gone"] = null!);
        Refused("DefaultPolicy must be set", options => options.DefaultPolicy = null!);
    }

    [Fact]
    public void All_faults_are_told_at_once()
    {
        var result = new SojournOptionsValidator().Validate(null, new() { Tenant = "", StartsPerSubject = -1 });

        Assert.Equal(2, result.Failures!.Count());
        Assert.Contains("StartsPerSubject must be 0 to 1000000 (it is -1)", result.FailureMessage, StringComparison.Ordinal);
    }

    private static void Range(string setting, int least, int most, Setting<int> set) => Range(setting, least, most, least - 1, most + 1, set);

    private static void Range(string setting, TimeSpan least, TimeSpan most, Setting<TimeSpan> set) => Range(setting, least, most, least - Tick, most + Tick, set);

    private static void Range<T>(string setting, T least, T most, T below, T beyond, Setting<T> set)
    {
        Accepted(options => set(options, least));
        Accepted(options => set(options, most));
        Refused($"Sojourn setting {setting} must be {least} to {most} (it is {below}).", options => set(options, below));
        Refused($"Sojourn setting {setting} must be {least} to {most} (it is {beyond}).", options => set(options, beyond));
    }

    private static void Accepted(Action<SojournOptions> set) => Assert.Null(Validate(set));

    private static void Refused(string expected, Action<SojournOptions> set) => Assert.Contains(expected, Validate(set) ?? "accepted", StringComparison.Ordinal);

    private static string? Validate(Action<SojournOptions> set)
    {
        var options = new SojournOptions();
        set(options);
        return new SojournOptionsValidator().Validate(null, options).FailureMessage;
    }
}
