using System.Security.Cryptography;
using Sojourn.Storage;

namespace Sojourn.Sqlite.Host;

/// <summary>Sessions to store, and what belongs to a start and an end.</summary>
internal static class Sessions
{
    public const string Tenant = "default";

    public static readonly DateTimeOffset Noon = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly WriteId Writer = WriteId.Create();
    private static long LastNumber;

    public static SqliteSessionStore New(string file, long checkpointBytes = 1 << 20) => new(new() { Path = file, ReserveBytes = 0, CheckpointBytes = checkpointBytes });

    public static SessionCreation Creation(string? subject = null)
    {
        var bytes = RandomNumberGenerator.GetBytes(SessionId.Size + TokenHash.Size + LineageKey.Size);
        var id = new SessionId(bytes.AsSpan(0, SessionId.Size));
        var record = new SessionRecord
        {
            Id = id,
            Tenant = Tenant,
            Subject = subject ?? $"subject-{id}",
            Policy = "default",
            Token = new() { Epoch = 1, Lineage = 1, Current = new(bytes.AsSpan(16, 32)), Key = new(bytes.AsSpan(48, 16)), Since = Noon },
            StartedAt = Noon,
            AuthenticatedAt = Noon,
            LastSeenAt = Noon,
            IdleTimeout = TimeSpan.FromHours(1),
            AbsoluteExpiresAt = Noon.AddDays(1),
            IsConfirmed = true,
            Claims = new([.. RandomNumberGenerator.GetBytes(100)]),
        };
        return new()
        {
            Record = record,
            AuthenticationBegan = Noon,
            Limit = 100,
            Data = [new("id", [.. bytes[..16]], 1)],
            Events = Event(SessionEventKind.SignedIn, id),
        };
    }

    public static SessionEnding Ending() => new() { Reason = SessionEndReason.RevokedByAdministrator, Write = WriteId.Create(), At = Noon, KeepUntil = Noon.AddDays(30) };

    public static ValueTask<EndResult> EndAsync(this ISessionStore store, SessionId id)
        => store.EndAsync(id, default, Ending(), Event(SessionEventKind.Ended, id, SessionEndReason.RevokedByAdministrator));

    public static EventBatch Event(SessionEventKind kind, SessionId id, SessionEndReason reason = SessionEndReason.None) => new(
    [
        new() { Writer = Writer, Number = Interlocked.Increment(ref LastNumber), At = Noon, Kind = kind, Reason = reason, Shard = id.Shard, Session = id, Canonical = [.. RandomNumberGenerator.GetBytes(200)] },
    ]);
}
