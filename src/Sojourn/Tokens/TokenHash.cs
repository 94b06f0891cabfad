using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Sojourn.Engine;

namespace Sojourn.Storage;

/// <summary>The SHA-256 of a token's 32 secret bytes: all of a token that a store ever sees. Compared in constant time.</summary>
public readonly struct TokenHash : IEquatable<TokenHash>
{
    /// <summary>The size in bytes.</summary>
    public const int Size = 32;

    private readonly HashBytes _bytes;

    /// <summary>Reads a hash from its 32 bytes, as a store kept them.</summary>
    /// <exception cref="ArgumentException"><paramref name="bytes"/> is not 32 bytes long.</exception>
    public TokenHash(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
        {
            throw new ArgumentException("A token hash is 32 bytes long.", nameof(bytes));
        }

        bytes.CopyTo(_bytes);
    }

    [UnscopedRef]
    private ReadOnlySpan<byte> Bytes => MemoryMarshal.AsBytes(new ReadOnlySpan<HashBytes>(in _bytes));

    /// <summary>Hashes a token's secret on the stack.</summary>
    internal static TokenHash Of(in SessionToken token)
    {
        Span<byte> hash = stackalloc byte[Size];
        Sha256.Hash(token.Secret, hash);
        return new TokenHash(hash);
    }

    /// <summary>Writes the 32 bytes to the start of <paramref name="destination"/>.</summary>
    public void CopyTo(Span<byte> destination) => Bytes.CopyTo(destination);

    /// <summary>Compares in constant time.</summary>
    public bool Equals(TokenHash other) => FixedTime.Equals(Bytes, other.Bytes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is TokenHash other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => MemoryMarshal.Read<int>(Bytes);

    /// <summary>Keeps the value out of logs.</summary>
    public override string ToString() => "TokenHash(redacted)";

    /// <summary>Whether two hashes are the same, in constant time.</summary>
    public static bool operator ==(TokenHash left, TokenHash right) => left.Equals(right);

    /// <summary>Whether two hashes differ, in constant time.</summary>
    public static bool operator !=(TokenHash left, TokenHash right) => !left.Equals(right);

    [InlineArray(Size)]
    private struct HashBytes
    {
        private byte _first;
    }
}
