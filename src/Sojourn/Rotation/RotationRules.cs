using Sojourn.Storage;

namespace Sojourn.Engine;

/// <summary>The times that the rotation table goes by (protocol 2).</summary>
internal readonly record struct RotationRules(TimeSpan Interval, TimeSpan Grace, TimeSpan Late, bool ReplayEnds)
{
    /// <summary>No second successor of one rotation sooner than this: a lost answer is assumed only after it.</summary>
    public static readonly TimeSpan Spacing = TimeSpan.FromSeconds(60);

    /// <summary>Nodes' clocks may differ by this much; the late band is that much wider (protocol 8).</summary>
    public static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(5);

    /// <summary>For so long after a change of privilege its old token still comes in from other tabs: no finding.</summary>
    public static readonly TimeSpan DeadIsExpected = TimeSpan.FromSeconds(60);

    public const int MaxPending = 3;
    public const int MaxRetired = 5;

    /// <summary>After so many deliveries without one being presented, the current token goes on alone.</summary>
    public const int MaxRun = 6;

    public bool Rotates => Interval != Timeout.InfiniteTimeSpan;

    public static RotationRules Of(SessionPolicy policy, SessionTimeouts times, bool anonymous)
    {
        var late = policy.LateBand ?? TimeSpan.FromMinutes(10);
        if (times.Rotation != Timeout.InfiniteTimeSpan && late > times.Rotation - policy.Grace)
        {
            late = times.Rotation - policy.Grace;
        }

        return new(times.Rotation, policy.Grace, late, policy.OnReplay == SessionReplayBehavior.End && !anonymous);
    }
}
