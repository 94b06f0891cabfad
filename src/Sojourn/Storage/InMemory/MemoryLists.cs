namespace Sojourn.Storage;

/// <summary>Lists of an owner's sessions, on a shard whose lock is held.</summary>
internal static class MemoryLists
{
    public static OwnerSnapshot List(MemoryOwner? owner, SessionListQuery query)
    {
        if (owner is null)
        {
            return new([], null, 0, 0, null);
        }

        var records = new List<SessionRecord>();
        SessionCursor? next = null;
        foreach (var session in query.Ended ? owner.EndedNewestFirst : owner.Active)
        {
            if (query.After is { } after && !IsBehind(session.Cursor, after, query.Ended))
            {
                continue;
            }

            if (records.Count == query.Limit)
            {
                next = new(records[^1].StartedAt, records[^1].Id);
                break;
            }

            records.Add(session.Record);
        }

        return new(records, next, owner.Version, owner.ActiveCount, owner.Revocation?.NotBefore);
    }

    private static bool IsBehind(SessionCursor cursor, SessionCursor after, bool isNewestFirst)
        => SessionCursor.Compare(cursor, after) is var order && (isNewestFirst ? order < 0 : order > 0);
}
