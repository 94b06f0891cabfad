using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Sojourn.Engine;

namespace Sojourn.Storage;

/// <summary>
/// The key of a token lineage: 16 random bytes in the record, new at every change of privilege. It marks each token
/// with a birthmark, by which a token that matches no kept hash is still known as one of ours, however old.
/// </summary>
/// <remarks>A birthmark never makes a token acceptable. It only tells "old" from "never issued".</remarks>
public readonly struct LineageKey : IEquatable<LineageKey>
{
    /// <summary>The size in bytes.</summary>
    public const int Size = 16;

    private const int BirthmarkSize = SessionToken.SecretSize - SessionToken.RandomSize;

    private readonly KeyBytes _bytes;

    /// <summary>Reads a key from its 16 bytes, as a store kept them.</summary>
    /// <exception cref="ArgumentException"><paramref name="bytes"/> is not 16 bytes long.</exception>
    public LineageKey(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
        {
            throw new ArgumentException("A lineage key is 16 bytes long.", nameof(bytes));
        }

        bytes.CopyTo(_bytes);
    }

    [UnscopedRef]
    private ReadOnlySpan<byte> Bytes => MemoryMarshal.AsBytes(new ReadOnlySpan<KeyBytes>(in _bytes));

    internal static LineageKey Create()
    {
        Span<byte> bytes = stackalloc byte[Size];
        RandomBytes.Fill(bytes);
        return new LineageKey(bytes);
    }

    /// <summary>Writes the 8-byte birthmark of the random part of a secret.</summary>
    internal void WriteBirthmark(ReadOnlySpan<byte> random, Span<byte> birthmark)
    {
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(Bytes, random, mac);
        mac[..BirthmarkSize].CopyTo(birthmark);
    }

    /// <summary>Whether a token was issued in this lineage.</summary>
    internal bool Marks(in SessionToken token)
    {
        Span<byte> expected = stackalloc byte[BirthmarkSize];
        WriteBirthmark(token.Secret[..SessionToken.RandomSize], expected);
        return FixedTime.Equals(expected, token.Secret[SessionToken.RandomSize..]);
    }

    /// <summary>Writes the 16 bytes to the start of <paramref name="destination"/>.</summary>
    public void CopyTo(Span<byte> destination) => Bytes.CopyTo(destination);

    /// <summary>Compares in constant time.</summary>
    public bool Equals(LineageKey other) => FixedTime.Equals(Bytes, other.Bytes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is LineageKey other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => MemoryMarshal.Read<int>(Bytes);

    /// <summary>Keeps the value out of logs.</summary>
    public override string ToString() => "LineageKey(redacted)";

    /// <summary>Whether two keys are the same, in constant time.</summary>
    public static bool operator ==(LineageKey left, LineageKey right) => left.Equals(right);

    /// <summary>Whether two keys differ, in constant time.</summary>
    public static bool operator !=(LineageKey left, LineageKey right) => !left.Equals(right);

    [InlineArray(Size)]
    private struct KeyBytes
    {
        private byte _first;
    }
}
