namespace Sojourn.Storage;

/// <summary>Starts on a shard whose lock is held: everything is checked and its room taken before anything is changed.</summary>
internal static class MemoryStarts
{
    public static StartResult Start(MemoryShard shard, SessionCreation creation, MemoryStrings strings)
    {
        var record = creation.Record;
        if (shard.Sessions.Find(record.Id) is { } same)
        {
            return Repeated(same.Record, record);
        }

        var owner = shard.Owners.Find(record.Subject);
        if (owner?.Revocation?.NotBefore is { } notBefore && creation.AuthenticationBegan < notBefore)
        {
            return new(StartStatus.BeforeNotBefore);
        }

        if (MemoryEnds.FindActive(shard, owner, creation.Victims) is not { } victims || MustEndFirst(owner, creation, victims))
        {
            return new(StartStatus.MustEndFirst);
        }

        var data = MemoryData.CopyOf(creation.Data);
        if (!TryTakeRoom(shard, owner, creation.Victims, victims, record.Subject, data?.Bytes ?? 0))
        {
            return new(StartStatus.Full);
        }

        for (var i = 0; i < victims.Length; i++)
        {
            shard.End(victims[i], owner!, creation.Victims[i].Ending);
        }

        var stored = record with
        {
            ShardEpoch = shard.Epoch,
            Tenant = strings.Shared(record.Tenant),
            Policy = strings.Shared(record.Policy),
            Subject = owner?.Subject ?? record.Subject,
            Client = strings.Shared(record.Client),
        };
        shard.Insert(new(stored) { Data = data });
        shard.Log.Append(creation.Events);
        return new(StartStatus.Started, stored);
    }

    private static StartResult Repeated(SessionRecord stored, SessionRecord record)
    {
        // The session may have rotated since its first start: then the token is among those that were replaced.
        var hash = record.Token.Current;
        foreach (var retired in stored.Token.Retired)
        {
            if (retired.Hash == hash)
            {
                return new(StartStatus.Started, stored);
            }
        }

        return stored.Token.Current == hash
            ? new(StartStatus.Started, stored)
            : throw new SessionStoreException("Start", $"Session {record.Id} exists already with another token; ids are random and never used twice.", isTransient: false);
    }

    private static bool MustEndFirst(MemoryOwner? owner, SessionCreation creation, MemorySession[] victims)
    {
        if ((victims.Length > 0 || creation.OwnerVersion is not null) && creation.OwnerVersion != (owner?.Version ?? 0))
        {
            return true;
        }

        if ((owner?.ActiveCount ?? 0) - victims.Length + 1 > creation.Limit)
        {
            return true;
        }

        var device = creation.Record.Device;
        return owner is not null && !device.IsUnknown
            && owner.Active.Any(each => each.Record is { IsConfirmed: false } record && record.Device == device && !victims.Contains(each));
    }

    // Victims that are not kept, and old history that theirs pushes out, make room for the newcomer.
    private static bool TryTakeRoom(
        MemoryShard shard, MemoryOwner? owner, IReadOnlyList<SessionEnd> ends, MemorySession[] victims, string? subject, long dataBytes)
    {
        var kept = ends.Count(end => MemoryShard.IsKept(end.Ending));
        var pushedOut = subject is null || owner is null ? 0 : Math.Max(0, owner.EndedCount + kept - MemoryShard.MaxEndedPerSubject);
        var dropped = 0L;
        for (var i = 0; i < victims.Length; i++)
        {
            dropped += ends[i].Ending.KeepDataUntil is null ? victims[i].Data?.CountedBytes ?? 0 : 0;
        }

        var sessions = shard.Bounds.SessionsOf(subject);
        var data = shard.Bounds.DataOf(subject);

        // What the victims free is given back as they end: only what goes beyond it is taken here, and all of it is owed.
        return TryTake(sessions, 1, victims.Length - kept + pushedOut) && (TryTake(data, dataBytes, dropped) || GiveBack(sessions));
    }

    private static bool TryTake(MemoryBound bound, long amount, long freedSoon)
    {
        if (!bound.TryTake(Math.Max(0, amount - freedSoon)))
        {
            return false;
        }

        bound.Give(-Math.Min(amount, freedSoon));
        return true;
    }

    private static bool GiveBack(MemoryBound sessions)
    {
        sessions.Give(1);
        return false;
    }
}
