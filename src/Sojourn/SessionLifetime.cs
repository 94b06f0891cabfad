using Sojourn.Storage;

namespace Sojourn.Engine;

/// <summary>
/// The two deadlines of a session, as pure arithmetic (ASVS-7.3.1, ASVS-7.3.2). What was granted at the start and
/// what the policy says now are both limits: shortening applies at once, lengthening does not.
/// </summary>
internal static class SessionLifetime
{
    public static TimeSpan Idle(SessionRecord record, SessionTimeouts times) => Min(record.IdleTimeout, times.Idle);

    public static DateTimeOffset IdleDeadline(SessionRecord record, SessionTimeouts times, DateTimeOffset lastSeen)
        => lastSeen + Idle(record, times);

    public static DateTimeOffset AbsoluteDeadline(SessionRecord record, SessionTimeouts times)
    {
        if (record is { Subject: not null, AuthenticatedAt: null })
        {
            return record.AbsoluteExpiresAt; // an authentication that no longer counts gave this time; when it was is not known any more
        }

        var byPolicy = (record.AuthenticatedAt ?? record.StartedAt) + times.Absolute;
        return record.AbsoluteExpiresAt < byPolicy ? record.AbsoluteExpiresAt : byPolicy;
    }

    /// <summary>Why a session is over at a time, or <see cref="SessionEndReason.None"/>.</summary>
    public static SessionEndReason Judge(SessionRecord record, SessionTimeouts times, DateTimeOffset lastSeen, DateTimeOffset now)
        => now >= AbsoluteDeadline(record, times) ? SessionEndReason.Absolute
        : now >= IdleDeadline(record, times, lastSeen) ? SessionEndReason.Idle
        : SessionEndReason.None;

    /// <summary>How often activity is written: as configured, never more than a tenth of the idle timeout (protocol 4).</summary>
    public static TimeSpan TouchInterval(SessionPolicy policy, TimeSpan idle) => Min(policy.TouchInterval, idle / 10);

    private static TimeSpan Min(TimeSpan left, TimeSpan right) => left < right ? left : right;
}
