namespace Sojourn.Storage;

/// <summary>Data commits and takes on a shard whose lock is held.</summary>
internal static class MemoryDataWrites
{
    public static DataResult Commit(MemoryShard shard, DataCommit commit)
    {
        var session = shard.Sessions.Find(commit.Session);
        if (session is not { Record: { IsActive: true } record })
        {
            return new(session is null ? DataStatus.Missing : DataStatus.Ended);
        }

        if (session.Data is { } known && known.Answers.TryFind(commit.Write, out var answer) && answer is DataResult before)
        {
            return before;
        }

        if (record.Token.Lineage != commit.Lineage)
        {
            return new(DataStatus.OlderLineage);
        }

        var data = session.Data ?? new();
        var result = Write(data, shard.Bounds.DataOf(record.Subject), commit);
        if (result.Status is DataStatus.Full)
        {
            return result;
        }

        var held = result.Current is { } current ? MemoryData.SizeOf(current) : 0;
        shard.Remember(session, data, commit.Write, UnixTime.ToMilliseconds(commit.Now), result, shard.Bounds.DataOf(record.Subject).TryTake(held) ? held : 0);
        return result;
    }

    public static DataValue? Take(MemoryShard shard, DataTake take)
    {
        var session = shard.Sessions.Find(take.Session);
        if (session is not { Record: { IsActive: true } record })
        {
            return null;
        }

        if (session.Data is { } known && known.Answers.TryFind(take.Write, out var answer) && answer is null or DataValue)
        {
            return (DataValue?)answer;
        }

        if (record.Token.Lineage != take.Lineage)
        {
            return null;
        }

        var data = session.Data ?? new();
        var value = data.Remove(take.Key);

        // The value stays counted for as long as its answer is remembered.
        shard.Remember(session, data, take.Write, UnixTime.ToMilliseconds(take.Now), value, value is null ? 0 : MemoryData.SizeOf(value));
        return value;
    }

    private static DataResult Write(MemoryData data, MemoryBound bound, DataCommit commit)
    {
        foreach (var change in commit.Changes)
        {
            var stored = data.Find(change.Key);
            if (change.Kind == DataChangeKind.SetIf && !Matches(stored, change.ExpectedVersion, commit.Now))
            {
                return new(DataStatus.Conflict, 0, change.Key, stored);
            }
        }

        var result = Reserve(data, bound, commit);
        if (result.Status is not DataStatus.Written && data.DropLapsed(commit.Now) is > 0 and var freed)
        {
            bound.Give(freed);
            result = Reserve(data, bound, commit);
        }

        if (result.Status is not DataStatus.Written)
        {
            return result;
        }

        var version = data.NextVersion();
        foreach (var change in commit.Changes)
        {
            if (change.Kind == DataChangeKind.Remove)
            {
                data.Remove(change.Key);
            }
            else
            {
                data.Put(new(change.Key, change.Bytes.IsDefault ? [] : change.Bytes, version, change.ExpiresAt, change.SurvivesSignIn));
            }
        }

        return new(DataStatus.Written, version);
    }

    // A lapsed value blocks nobody: whoever saw it and whoever sees none may write.
    private static bool Matches(DataValue? stored, long expected, DateTimeOffset now)
        => (stored?.Version ?? 0) == expected || (expected == 0 && stored?.ExpiresAt <= now);

    // A commit that makes the session no larger always fits: a limit that was lowered must not keep anybody from removing.
    private static DataResult Reserve(MemoryData data, MemoryBound bound, DataCommit commit)
    {
        var growth = 0L;
        foreach (var change in commit.Changes)
        {
            growth -= data.Find(change.Key) is { } old ? MemoryData.SizeOf(old) : 0;
            if (change.Kind == DataChangeKind.Remove)
            {
                continue;
            }

            var size = MemoryData.SizeOf(change.Key, change.Bytes.IsDefault ? 0 : change.Bytes.Length);
            if (size > commit.Limits.MaxValueBytes)
            {
                return new(DataStatus.TooLarge, 0, change.Key);
            }

            growth += size;
        }

        if (growth > 0 && data.Bytes + growth > commit.Limits.MaxTotalBytes)
        {
            return new(DataStatus.TooLarge);
        }

        return new(bound.TryTake(growth) ? DataStatus.Written : DataStatus.Full);
    }
}
