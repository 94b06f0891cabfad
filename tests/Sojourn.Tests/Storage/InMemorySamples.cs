using System.Net;
using System.Security.Cryptography;
using Sojourn.Storage;

namespace Sojourn.Tests.Storage;

/// <summary>Requests to the in-memory store, as the engine makes them.</summary>
internal static class InMemorySamples
{
    public static readonly DateTimeOffset Start = new(2026, 3, 1, 9, 0, 0, TimeSpan.Zero);

    private static readonly string[] UserAgents =
        [.. Enumerable.Range(0, 200).Select(version => $"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{version}.0.0.0 Safari/537.36")];

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<InMemorySessionStore> OpenAsync(InMemoryStoreOptions? options = null)
    {
        var store = new InMemorySessionStore(options ?? new());
        await store.OpenAsync(new("default", Start), Token);
        return store;
    }

    public static SessionId Id(byte shard = 7) => SessionId.Create(shard);

    public static SessionRecord Record(string? subject = "ann", SessionId? id = null, double startedAfter = 0, bool isConfirmed = true) => new()
    {
        Id = id ?? Id(),
        Tenant = "default",
        Subject = subject,
        Policy = "default",
        Token = NewToken(),
        StartedAt = Start.AddSeconds(startedAfter),
        LastSeenAt = Start.AddSeconds(startedAfter),
        IdleTimeout = TimeSpan.FromHours(1),
        AbsoluteExpiresAt = Start.AddSeconds(startedAfter).AddHours(24),
        IsConfirmed = isConfirmed,
    };

    public static TokenState NewToken(long epoch = 1, int lineage = 1) => new()
    {
        Epoch = epoch,
        Lineage = lineage,
        Key = LineageKey.Create(),
        Current = new(RandomNumberGenerator.GetBytes(TokenHash.Size)),
        Since = Start,
    };

    public static SessionCreation Creation(SessionRecord record, int limit = 1000) => new()
    {
        Record = record,
        AuthenticationBegan = record.StartedAt,
        Limit = limit,
        Events = EventBatch.None,
    };

    public static SessionEnding AnEnding(SessionEndReason reason = SessionEndReason.SignedOut, double after = 60, double keptFor = 3600) => new()
    {
        Reason = reason,
        Write = WriteId.Create(),
        At = Start.AddSeconds(after),
        KeepUntil = Start.AddSeconds(after + keptFor),
    };

    public static DataCommit Commit(SessionId id, params DataChange[] changes) => new()
    {
        Session = id,
        Lineage = 1,
        Write = WriteId.Create(),
        Changes = changes,
        Limits = new(1000, 2000),
        Now = Start,
    };

    public static DataChange Set(string key, int bytes, DateTimeOffset? expiresAt = null)
        => new(key, DataChangeKind.Set, [.. new byte[bytes]], ExpiresAt: expiresAt);

    public static StoredEvent Event(long number, byte shard = 7, WriteId writer = default) => new()
    {
        Writer = writer,
        Number = number,
        At = Start,
        Kind = SessionEventKind.Heartbeat,
        Shard = shard,
        Canonical = [],
    };

    public static EventBatch SomeEvents(params StoredEvent[] events) => new([.. events]);

    /// <summary>Starts a session that must be taken.</summary>
    public static async Task<SessionRecord> StartAsync(this InMemorySessionStore store, SessionRecord record, params DataValue[] data)
    {
        var result = await store.StartAsync(Creation(record) with { Data = data }, Token);
        Assert.Equal(StartStatus.Started, result.Status);
        return result.Record!;
    }

    /// <summary>
    /// A signed-in session as large as they come in practice: a subject of its own, IPv6, a device, 100 bytes of claims,
    /// and a user agent that is one of 200, in a string of its own as it comes out of a request.
    /// </summary>
    public static SessionRecord TypicalRecord(int number)
    {
        Span<byte> random = stackalloc byte[80];
        RandomNumberGenerator.Fill(random);
        return new()
        {
            Id = new(random[..16]),
            Tenant = "default",
            Subject = $"{number:x8}-4b1d-4c1a-9e52-{number:x12}",
            Policy = "default",
            Token = new() { Epoch = 1, Lineage = 1, Key = new(random[16..32]), Current = new(random[32..64]), Since = Start },
            StartedAt = Start,
            AuthenticatedAt = Start,
            LastSeenAt = Start,
            IdleTimeout = TimeSpan.FromHours(1),
            AbsoluteExpiresAt = Start.AddHours(24),
            Device = new(random[64..]),
            Client = new(new IPAddress(random[..16]), new string(UserAgents[number % UserAgents.Length].AsSpan())),
            Claims = new([.. new byte[100]]),
        };
    }
}
