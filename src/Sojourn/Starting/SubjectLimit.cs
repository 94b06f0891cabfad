using Sojourn.Storage;

namespace Sojourn.Engine;

/// <summary>
/// Chooses which sessions make room for a new one (protocol 3). Pure: the store checks that nothing changed since the
/// list was read, so that simultaneous sign-ins cannot exceed the limit (ASVS-15.4.2).
/// </summary>
internal static class SubjectLimit
{
    /// <summary>The sessions to end, each with its reason; null when the policy refuses the new one.</summary>
    public static List<(SessionRecord Record, SessionEndReason Reason)>? Choose(
        IReadOnlyList<SessionRecord> active, int activeCount, int limit, SessionLimitBehavior behavior, SessionDeviceId device, DateTimeOffset now, Func<SessionRecord, TimeSpan> touchLag,
        Func<SessionRecord, bool>? isReplaced = null, bool isClockTrusted = true)
    {
        var victims = active
            .Where(record => isReplaced?.Invoke(record) == true || (!record.IsConfirmed && !device.IsUnknown && record.Device == device))
            .Select(record => (Record: record, Reason: SessionEndReason.Replaced))
            .Concat(active
                .Where(record => isClockTrusted && now >= record.ExpiresAt + touchLag(record))
                .Select(record => (Record: record, Reason: now >= record.AbsoluteExpiresAt ? SessionEndReason.Absolute : SessionEndReason.Idle)))
            .DistinctBy(victim => victim.Record.Id)
            .ToList();
        var excess = activeCount - victims.Count + 1 - limit;
        if (excess <= 0)
        {
            return victims;
        }

        var rest = active.ExceptBy(victims.Select(victim => victim.Record.Id), record => record.Id).ToArray();
        var unconfirmed = rest.Where(record => !record.IsConfirmed).OrderBy(record => record.StartedAt);
        var confirmed = rest.Where(record => record.IsConfirmed);
        if (behavior == SessionLimitBehavior.Refuse && unconfirmed.Count() < excess)
        {
            return null;
        }

        // Last seen is coarse: only a session idle for longer than a touch can lag is known to be idle.
        var byUse = behavior == SessionLimitBehavior.EndOldest
            ? confirmed.OrderBy(record => record.StartedAt)
            : confirmed.OrderBy(record => now - record.LastSeenAt > touchLag(record) ? 0 : 1).ThenBy(record => now - record.LastSeenAt > touchLag(record) ? record.LastSeenAt : record.StartedAt);
        victims.AddRange(unconfirmed.Concat(byUse).Take(excess).Select(record => (record, SessionEndReason.LimitReached)));
        return victims;
    }
}
