using System.Collections.Immutable;
using Sojourn.Storage;

namespace Sojourn.Testing;

/// <summary>Writes events as one process would: a writer id of its own and numbers from 1. Thread-safe.</summary>
internal sealed class EventSource
{
    private readonly WriteId _writer = WriteId.Create();
    private long _number;

    public StoredEvent Next(SessionEventKind kind, byte shard, SessionId session, DateTimeOffset at, SessionEndReason reason = SessionEndReason.None) => new()
    {
        Writer = _writer,
        Number = Interlocked.Increment(ref _number),
        At = at,
        Kind = kind,
        Reason = reason,
        Shard = shard,
        Session = session,
        Canonical = [1, (byte)kind, (byte)reason],
    };

    public StoredEvent Started(SessionRecord record)
        => Next(record.Subject is null ? SessionEventKind.Started : SessionEventKind.SignedIn, record.Id.Shard, record.Id, record.StartedAt);

    public StoredEvent Ended(SessionId id, SessionEnding ending) => Next(SessionEventKind.Ended, id.Shard, id, ending.At, ending.Reason);

    public StoredEvent Rotated(SessionId id, DateTimeOffset at) => Next(SessionEventKind.Rotated, id.Shard, id, at);

    /// <summary>The subject's event and one for each session, in order.</summary>
    public EventBatch SubjectRevoked(SessionOwner owner, IReadOnlyList<SessionEnd> ends, DateTimeOffset at)
        => new([Next(SessionEventKind.SubjectRevoked, owner.Shard, default, at), .. ends.Select(end => Ended(end.Id, end.Ending))]);

    public EventBatch ShardEnded(byte shard, DateTimeOffset at) => Batch(Next(SessionEventKind.ShardEnded, shard, default, at, SessionEndReason.Everybody));

    /// <summary>An event with all its fields.</summary>
    public StoredEvent Finding(SessionId id, DateTimeOffset at) => Next(SessionEventKind.Finding, id.Shard, id, at) with
    {
        Canonical = Make.Bytes(300),
        Personal = [.. Enum.GetValues<PersonalField>().Select(field => new PersonalValue(field, Make.Bytes(16), $"{field} Ünïcode 🦊"))],
    };

    public static EventBatch Batch(params ImmutableArray<StoredEvent> events) => new(events);
}
