using System.Buffers.Text;
using Sojourn.Engine;

namespace Sojourn;

/// <summary>
/// A browser or app, recognised by a long-lived random cookie of its own, never by fingerprinting. This is the hash
/// of that cookie's value (16 bytes): it tells two devices apart, and does not recreate the cookie.
/// </summary>
public readonly record struct SessionDeviceId
{
    /// <summary>The size in bytes.</summary>
    public const int Size = 16;

    private readonly UInt128 _value;

    /// <summary>Reads an id from its 16 bytes, as a store kept them.</summary>
    public SessionDeviceId(ReadOnlySpan<byte> bytes) => _value = System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes);

    /// <summary>Whether no device is known.</summary>
    public bool IsUnknown => _value == default;

    /// <summary>The device that holds a device cookie with these secret bytes.</summary>
    internal static SessionDeviceId OfCookie(ReadOnlySpan<byte> secret)
    {
        Span<byte> hash = stackalloc byte[Sha256.Size];
        Sha256.Hash(secret, hash);
        return new(hash[..Size]);
    }

    /// <summary>Writes the 16 bytes to the start of <paramref name="destination"/>.</summary>
    public void CopyTo(Span<byte> destination) => System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(destination, _value);

    /// <summary>22 base64url characters, or "unknown".</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Size];
        CopyTo(bytes);
        return IsUnknown ? "unknown" : Base64Url.EncodeToString(bytes);
    }
}
