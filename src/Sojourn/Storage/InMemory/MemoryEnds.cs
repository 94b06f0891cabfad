namespace Sojourn.Storage;

/// <summary>Ends on a shard whose lock is held.</summary>
internal static class MemoryEnds
{
    public static EndResult End(MemoryShard shard, SessionId id, EndGuard guard, SessionEnding ending, EventBatch events)
    {
        if (shard.Sessions.Find(id) is not { } session)
        {
            return new(EndStatus.Missing, null);
        }

        var record = session.Record;
        if (record.Ending is { } before)
        {
            return new(before.Write == ending.Write ? EndStatus.Ended : EndStatus.AlreadyEnded, record);
        }

        if ((guard.LastSeenAt is { } seen && UnixTime.ToMilliseconds(record.LastSeenAt) > UnixTime.ToMilliseconds(seen))
            || (guard.Token is { } token && token != record.Token.Stamp))
        {
            return new(EndStatus.Lost, record);
        }

        var owner = shard.Owners.Find(record.Subject)!;
        var ended = shard.End(session, owner, ending);
        shard.Owners.ForgetIfEmpty(owner);
        shard.Log.Append(events);
        return new(EndStatus.Ended, ended);
    }

    public static EndSubjectResult EndSubject(MemoryShard shard, SubjectEnd request)
    {
        var owner = shard.Owners.Find(request.Owner.Subject);
        if (owner?.Revocation is { } before && before.Write == request.Write)
        {
            return new(EndSubjectStatus.Done, before.Ended);
        }

        if ((owner?.Version ?? 0) != request.OwnerVersion || FindActive(shard, owner, request.Ends) is not { } sessions)
        {
            return new(EndSubjectStatus.Lost, 0);
        }

        var notBefore = Later(owner?.Revocation?.NotBefore, request.NotBefore);
        var revocation = new MemoryRevocation(request.Write, sessions.Length, notBefore, TimeOf(request, notBefore));
        owner = shard.Owners.FindOrAdd(request.Owner.Subject);
        for (var i = 0; i < sessions.Length; i++)
        {
            shard.End(sessions[i], owner, request.Ends[i].Ending);
        }

        shard.Owners.MoveOn(owner);
        owner.Revocation = revocation;
        shard.Reminders.Add(owner, revocation);
        shard.Log.Append(request.Events);
        return new(EndSubjectStatus.Done, sessions.Length);
    }

    public static ShardEndResult EndShard(MemoryShard shard, byte number, WriteId write, SessionEndReason reason, EventBatch events)
    {
        if (shard.HasRaisedEpoch(write))
        {
            return new(shard.Epoch, false);
        }

        shard.RaiseEpoch(write, reason);
        shard.Post(new(FeedMessageKind.ShardEnded, Reason: reason, Shard: number));
        shard.Log.Append(events);
        return new(shard.Epoch, true);
    }

    /// <summary>The named sessions; null if one of them is not an active one of the owner, or is named twice.</summary>
    public static MemorySession[]? FindActive(MemoryShard shard, MemoryOwner? owner, IReadOnlyList<SessionEnd> ends)
    {
        if (ends.Count == 0)
        {
            return [];
        }

        var found = new MemorySession[ends.Count];
        var ids = new HashSet<SessionId>(ends.Count);
        for (var i = 0; i < found.Length; i++)
        {
            if (!ids.Add(ends[i].Id) || shard.Sessions.Find(ends[i].Id) is not { Record.IsActive: true } session
                || owner is null || !string.Equals(session.Record.Subject, owner.Subject, StringComparison.Ordinal))
            {
                return null;
            }

            found[i] = session;
        }

        return found;
    }

    // Not-before never moves back, and what moved it is remembered for as long as it counts.
    private static DateTimeOffset? Later(DateTimeOffset? left, DateTimeOffset? right) => left > right || right is null ? left : right;

    private static DateTimeOffset TimeOf(SubjectEnd request, DateTimeOffset? notBefore)
    {
        var at = notBefore ?? DateTimeOffset.MinValue;
        foreach (var end in request.Ends)
        {
            at = end.Ending.At > at ? end.Ending.At : at;
        }

        foreach (var each in request.Events.Events)
        {
            at = each.At > at ? each.At : at;
        }

        return at;
    }
}
