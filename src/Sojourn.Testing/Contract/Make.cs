using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Sojourn.Storage;

namespace Sojourn.Testing;

/// <summary>Makes the values that rules hand to a store, from public types only.</summary>
internal static class Make
{
    public static SessionId Id(byte shard)
    {
        Span<byte> bytes = stackalloc byte[SessionId.Size];
        RandomNumberGenerator.Fill(bytes);
        bytes[0] = shard;
        return new(bytes);
    }

    public static TokenHash Hash()
    {
        Span<byte> bytes = stackalloc byte[TokenHash.Size];
        RandomNumberGenerator.Fill(bytes);
        return new(bytes);
    }

    public static LineageKey Key()
    {
        Span<byte> bytes = stackalloc byte[LineageKey.Size];
        RandomNumberGenerator.Fill(bytes);
        return new(bytes);
    }

    public static SessionDeviceId Device()
    {
        Span<byte> bytes = stackalloc byte[SessionDeviceId.Size];
        RandomNumberGenerator.Fill(bytes);
        return new(bytes);
    }

    public static ImmutableArray<byte> Bytes(int count) => [.. RandomNumberGenerator.GetBytes(count)];

    public static ImmutableArray<byte> Text(string text) => [.. Encoding.UTF8.GetBytes(text)];

    public static PackedClaims Claims(string text) => new(Text(text));

    public static TokenState Token(DateTimeOffset at) => new() { Epoch = 1, Lineage = 1, Key = Key(), Current = Hash(), Since = at };

    /// <summary>The state after an ordinary rotation: the next epoch, the same lineage.</summary>
    public static TokenState Rotated(TokenState token, DateTimeOffset at) => new()
    {
        Epoch = token.Epoch + 1,
        Lineage = token.Lineage,
        Key = token.Key,
        PreviousKey = token.PreviousKey,
        Current = Hash(),
        Since = at,
        Retired = [new(token.Current, at)],
    };

    /// <summary>The state after a step-up: the next epoch and the next lineage.</summary>
    public static TokenState SteppedUp(TokenState token, DateTimeOffset at) => new()
    {
        Epoch = token.Epoch + 1,
        Lineage = token.Lineage + 1,
        Key = Key(),
        PreviousKey = token.Key,
        Current = Hash(),
        Since = at,
    };

    /// <summary>A confirmed session: idle for an hour at most, a day in all.</summary>
    public static SessionRecord Record(string tenant, SessionOwner owner, DateTimeOffset at) => new()
    {
        Id = Id(owner.Shard),
        Tenant = tenant,
        Subject = owner.Subject,
        Policy = "default",
        Token = Token(at),
        StartedAt = at,
        AuthenticatedAt = owner.Subject is null ? null : at,
        LastSeenAt = at,
        IdleTimeout = TimeSpan.FromHours(1),
        AbsoluteExpiresAt = at.AddDays(1),
        IsConfirmed = true,
        Claims = Claims("name=Ada"),
    };

    public static SessionEnding Ending(DateTimeOffset at, SessionEndReason reason = SessionEndReason.SignedOut) => new()
    {
        Reason = reason,
        Write = WriteId.Create(),
        At = at,
        KeepUntil = at.AddDays(30),
    };

    public static SessionEnding Seal(DateTimeOffset at, TimeSpan keep) => Ending(at, SessionEndReason.SignedIn) with
    {
        KeepDataUntil = at + keep,
        Heir = "heir",
    };

    public static DataChange Set(string key, string value) => new(key, DataChangeKind.Set, Text(value));

    public static DataChange SetIf(string key, string value, long version) => new(key, DataChangeKind.SetIf, Text(value), version);

    public static DataChange Remove(string key) => new(key, DataChangeKind.Remove, []);

    public static DataCommit Commit(SessionRecord record, params DataChange[] changes) => new()
    {
        Session = record.Id,
        Lineage = record.Token.Lineage,
        Write = WriteId.Create(),
        Changes = changes,
        Limits = new(10_000, 100_000),
        Now = record.StartedAt,
    };

    public static DataTake Take(SessionRecord record, string key) => new()
    {
        Session = record.Id,
        Lineage = record.Token.Lineage,
        Write = WriteId.Create(),
        Key = key,
        Now = record.StartedAt,
    };
}
