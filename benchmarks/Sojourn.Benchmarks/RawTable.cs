using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Sojourn.Benchmarks;

/// <summary>What a raw look-up finds.</summary>
internal sealed class RawSession(string subject)
{
    private long _lastSeen;

    public string Subject => subject;

    public void See(DateTimeOffset now) => Volatile.Write(ref _lastSeen, now.UtcTicks);
}

/// <summary>
/// The counterpart of everything: a table by the SHA-256 of 32 random bytes, which are sent as 43 base64url characters.
/// It has no deadlines, no rotation, no limits and no events: the least that an opaque token can cost.
/// </summary>
internal sealed class RawTable
{
    public const int SecretSize = 32;

    private readonly ConcurrentDictionary<Key, RawSession> _sessions = new();

    public static RawTable Create(int sessions, out string[] tokens)
    {
        var table = new RawTable();
        tokens = new string[sessions];
        for (var i = 0; i < sessions; i++)
        {
            tokens[i] = table.Start(World.Subject(i));
        }

        return table;
    }

    public string Start(string subject)
    {
        Span<byte> secret = stackalloc byte[SecretSize];
        RandomNumberGenerator.Fill(secret);
        _sessions[Key.Of(secret)] = new RawSession(subject);
        return Base64Url.EncodeToString(secret);
    }

    public RawSession? Find(string token)
    {
        Span<byte> secret = stackalloc byte[SecretSize];
        return Base64Url.TryDecodeFromChars(token, secret, out var written) && written == SecretSize && _sessions.TryGetValue(Key.Of(secret), out var session) ? session : null;
    }

    public void Remove(string token)
    {
        Span<byte> secret = stackalloc byte[SecretSize];
        Base64Url.TryDecodeFromChars(token, secret, out _);
        _sessions.TryRemove(Key.Of(secret), out _);
    }

    /// <summary>A new token in the old one's place.</summary>
    public string Rotate(string token)
    {
        Span<byte> secret = stackalloc byte[SecretSize];
        Base64Url.TryDecodeFromChars(token, secret, out _);
        if (!_sessions.TryRemove(Key.Of(secret), out var session))
        {
            throw new InvalidOperationException("There is no such session.");
        }

        RandomNumberGenerator.Fill(secret);
        _sessions[Key.Of(secret)] = session;
        return Base64Url.EncodeToString(secret);
    }

    [InlineArray(SecretSize)]
    private struct Bytes
    {
        private byte _first;
    }

    private readonly struct Key : IEquatable<Key>
    {
        private readonly Bytes _bytes;

        private Key(ReadOnlySpan<byte> hash) => hash.CopyTo(_bytes);

        public static Key Of(ReadOnlySpan<byte> secret)
        {
            Span<byte> hash = stackalloc byte[SecretSize];
            SHA256.HashData(secret, hash);
            return new Key(hash);
        }

        public bool Equals(Key other) => ((ReadOnlySpan<byte>)_bytes).SequenceEqual(other._bytes);

        public override bool Equals(object? obj) => obj is Key other && Equals(other);

        public override int GetHashCode() => MemoryMarshal.Read<int>(_bytes);
    }
}
