using System.Collections.Immutable;

namespace Sojourn.Storage;

/// <summary>A principal's claims in one UTF-8 blob, as a store keeps them. See <c>ClaimsPacker</c> for the layout.</summary>
/// <param name="bytes">The blob.</param>
public readonly struct PackedClaims(ImmutableArray<byte> bytes) : IEquatable<PackedClaims>
{
    private readonly ImmutableArray<byte> _bytes = bytes;

    /// <summary>The blob; empty for no claims.</summary>
    public ImmutableArray<byte> Bytes => _bytes.IsDefault ? [] : _bytes;

    /// <summary>Whether there are none.</summary>
    public bool IsEmpty => _bytes.IsDefaultOrEmpty;

    /// <inheritdoc/>
    public bool Equals(PackedClaims other) => Bytes.AsSpan().SequenceEqual(other.Bytes.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is PackedClaims other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Bytes.AsSpan());
        return hash.ToHashCode();
    }

    /// <summary>The size, without the claims.</summary>
    public override string ToString() => $"PackedClaims({Bytes.Length} bytes)";

    /// <summary>Whether two blobs are the same.</summary>
    public static bool operator ==(PackedClaims left, PackedClaims right) => left.Equals(right);

    /// <summary>Whether two blobs differ.</summary>
    public static bool operator !=(PackedClaims left, PackedClaims right) => !left.Equals(right);
}
