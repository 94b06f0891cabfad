namespace Sojourn.Storage;

/// <summary>
/// A stored session: the record as it now stands, its data, and its places in the table, among its owner's sessions
/// and in a queue. The links are in here because a collection of its own for each would cost more than the record.
/// </summary>
internal sealed class MemorySession(SessionRecord record) : IMemoryNode<SessionId, MemorySession>
{
    /// <summary>The record. It is immutable and handed out as it is.</summary>
    public SessionRecord Record { get; set; } = record;

    /// <summary>The data; null while there never was any, and after it was dropped.</summary>
    public MemoryData? Data { get; set; }

    public SessionId Key => Record.Id;

    public MemorySession? NextInTable { get; set; }

    /// <summary>The next of the owner's sessions in the same state, by (start, id); see <see cref="MemoryChain"/>.</summary>
    public MemorySession? Next { get; set; }

    /// <summary>The one before.</summary>
    public MemorySession? Previous { get; set; }

    /// <summary>Set by <see cref="MemoryQueue"/>.</summary>
    public ulong QueueKey { get; set; }

    /// <summary>Set by <see cref="MemoryQueue"/>.</summary>
    public int QueuePlace { get; set; }

    public SessionCursor Cursor => new(Record.StartedAt, Record.Id);
}

/// <summary>
/// Sessions of one owner in the order of (start, id), linked in a ring: the field that holds the first one is the whole
/// list, and the last one is the first one's predecessor.
/// </summary>
internal static class MemoryChain
{
    /// <summary>Puts a session in its place. A new one is nearly always the last.</summary>
    public static void Add(ref MemorySession? first, MemorySession session)
    {
        if (first is null)
        {
            (session.Next, session.Previous, first) = (session, session, session);
            return;
        }

        var place = first.Previous!;
        var cursor = session.Cursor;
        while (SessionCursor.Compare(place.Cursor, cursor) > 0)
        {
            var isFirst = ReferenceEquals(place, first);
            place = place.Previous!;
            if (isFirst)
            {
                first = session;
                break;
            }
        }

        (session.Previous, session.Next) = (place, place.Next);
        place.Next!.Previous = session;
        place.Next = session;
    }

    public static void Remove(ref MemorySession? first, MemorySession session)
    {
        if (ReferenceEquals(first, session))
        {
            first = ReferenceEquals(session.Next, session) ? null : session.Next;
        }

        session.Previous!.Next = session.Next;
        session.Next!.Previous = session.Previous;
        (session.Next, session.Previous) = (null, null);
    }

    /// <summary>The sessions from the first one on, or from the last one back.</summary>
    public static IEnumerable<MemorySession> Walk(MemorySession? first, bool backwards = false)
    {
        var end = backwards ? first?.Previous : first;
        for (var session = end; session is not null;)
        {
            yield return session;
            session = backwards ? session.Previous : session.Next;
            session = ReferenceEquals(session, end) ? null : session;
        }
    }
}
