namespace Sojourn;

/// <summary>
/// A named set of limits: timeouts, rotation, parallel sessions, data. The defaults are those of NIST AAL2 for a
/// signed-in session. Shortening a policy applies to running sessions at once; lengthening only to new ones.
/// </summary>
/// <remarks>Set it up at the start; it must not change while sessions are served.</remarks>
public sealed class SessionPolicy
{
    /// <summary>Signed in. Default: idle 60 minutes, absolute 24 hours (NIST AAL2), a new token every 15 minutes of use.</summary>
    public SessionTimeouts SignedIn { get; set; } = new(TimeSpan.FromMinutes(60), TimeSpan.FromHours(24), TimeSpan.FromMinutes(15));

    /// <summary>
    /// Signed in and remembered ("keep me signed in"). Default: idle 14 days, absolute 30 days (NIST AAL1), a new token
    /// every 24 hours of use. Null: this policy remembers nobody, and asks for it are treated as ordinary sign-ins.
    /// </summary>
    public SessionTimeouts? Remembered { get; set; } = new(TimeSpan.FromDays(14), TimeSpan.FromDays(30), TimeSpan.FromHours(24));

    /// <summary>Anonymous. Default: idle 24 hours, absolute 7 days, no rotation (a new token comes with the sign-in).</summary>
    public SessionTimeouts Anonymous { get; set; } = new(TimeSpan.FromHours(24), TimeSpan.FromDays(7), Timeout.InfiniteTimeSpan);

    /// <summary>How long a replaced token still works, for parallel tabs and late answers. Default 60 seconds; 10 s to 2 min.</summary>
    public TimeSpan Grace { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How long after its replacement a token is refused without being called a replay, for browsers that come back with
    /// an old cookie. Default 10 minutes; at least <see cref="Grace"/>, at most the rotation interval less the grace.
    /// Null: 10 minutes, or as much as the interval allows.
    /// </summary>
    public TimeSpan? LateBand { get; set; }

    /// <summary>How often activity is written. Default 60 seconds, and never more than a tenth of the idle timeout; 1 s to 1 h.</summary>
    public TimeSpan TouchInterval { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a session lives whose token is never presented. Default 10 minutes; 1 min to 1 h.</summary>
    public TimeSpan UnconfirmedTimeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How many sessions one subject may have at once. Default 100; 1 to 1,000.</summary>
    public int MaxSessions { get; set; } = 100;

    /// <summary>What happens at one more. Default: the one that was used least recently ends.</summary>
    public SessionLimitBehavior WhenFull { get; set; } = SessionLimitBehavior.EndLeastRecentlyUsed;

    /// <summary>How long ended sessions of a subject are kept as history. Default 30 days; 0 to 400 days.</summary>
    public TimeSpan History { get; set; } = TimeSpan.FromDays(30);

    /// <summary>What a replayed token does. Default: it ends the session, for both parties.</summary>
    public SessionReplayBehavior OnReplay { get; set; } = SessionReplayBehavior.End;

    /// <summary>How large one data value may be, key included. Default 64 KiB; 1 to 1,048,576 bytes.</summary>
    public int MaxValueBytes { get; set; } = 64 * 1024;

    /// <summary>How large all data of a session may be. Default 256 KiB; at least <see cref="MaxValueBytes"/>, at most 16 MiB.</summary>
    public int MaxDataBytes { get; set; } = 256 * 1024;

    /// <summary>NIST SP 800-63B-4 AAL1: 30 days overall; idle 14 days.</summary>
    public static SessionPolicy NistAal1() => new() { SignedIn = new(TimeSpan.FromDays(14), TimeSpan.FromDays(30), TimeSpan.FromHours(24)) };

    /// <summary>NIST SP 800-63B-4 AAL2: 24 hours overall, 1 hour idle; nobody is remembered.</summary>
    public static SessionPolicy NistAal2() => new() { Remembered = null };

    /// <summary>NIST SP 800-63B-4 AAL3: 12 hours overall, 15 minutes idle; nobody is remembered.</summary>
    public static SessionPolicy NistAal3() => new()
    {
        SignedIn = new(TimeSpan.FromMinutes(15), TimeSpan.FromHours(12), TimeSpan.FromMinutes(15)),
        Remembered = null,
    };

    /// <summary>The OWASP guide values for high-value applications: 5 minutes idle, 4 hours overall, one session each.</summary>
    public static SessionPolicy OwaspHighValue() => new()
    {
        SignedIn = new(TimeSpan.FromMinutes(5), TimeSpan.FromHours(4), TimeSpan.FromMinutes(15)),
        Remembered = null,
        MaxSessions = 1,
    };

    /// <summary>The OWASP guide values for low-risk applications: 30 minutes idle, 8 hours overall.</summary>
    public static SessionPolicy OwaspLowRisk() => new()
    {
        SignedIn = new(TimeSpan.FromMinutes(30), TimeSpan.FromHours(8), TimeSpan.FromMinutes(15)),
        Remembered = null,
    };
}

/// <summary>What happens when a subject at the limit signs in once more.</summary>
public enum SessionLimitBehavior
{
    /// <summary>
    /// Sessions that were never confirmed go first, then the one idle for longest, then the oldest. Never the new one.
    /// </summary>
    EndLeastRecentlyUsed = 0,

    /// <summary>The session that started first ends; sessions that were never confirmed go before it.</summary>
    EndOldest = 1,

    /// <summary>The sign-in is refused. Sessions that were never confirmed do not count.</summary>
    Refuse = 2,
}

/// <summary>What happens when a token comes back long after it was replaced: two parties held it.</summary>
public enum SessionReplayBehavior
{
    /// <summary>The session ends for both, and a finding is recorded.</summary>
    End = 0,

    /// <summary>The old token is refused, a finding is recorded, and the session goes on.</summary>
    Refuse = 1,
}
