using System.Diagnostics.CodeAnalysis;

namespace Sojourn.Storage;

/// <summary>Reads the audit log of a store. Implemented beside <see cref="ISessionStore"/>, by the same object.</summary>
[Experimental("SOJOURN001")]
public interface ISessionEventLog
{
    /// <summary>
    /// Reads events of one shard in the order in which they were stored, behind a position; 0 begins. Order is total
    /// within a shard, hence for a subject.
    /// </summary>
    ValueTask<IReadOnlyList<LoggedEvent>> ReadAsync(byte shard, long after, int limit, CancellationToken cancellationToken = default);
}

/// <summary>An event and its place in the log of its shard.</summary>
/// <param name="Position">Rises within a shard.</param>
/// <param name="Event">The event.</param>
public sealed record LoggedEvent(long Position, StoredEvent Event);
