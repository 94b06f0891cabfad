using System.Buffers.Binary;
using System.Numerics;

namespace Sojourn.Sqlite;

/// <summary>
/// A checksum of 4 bytes behind each stored blob. Pages have checksums, but a page that is missing altogether reads as
/// zeros (SQLite leaves such holes on purpose), and a long value may lie on pages of its own.
/// </summary>
internal static class Seal
{
    public const int Size = sizeof(uint);

    /// <summary>Puts the checksum behind what was written.</summary>
    public static ReadOnlySpan<byte> Close(ByteWriter bytes)
    {
        var checksum = Of(bytes.Written);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.Next(Size), checksum);
        return bytes.Written;
    }

    /// <summary>What is before the checksum, if it is right.</summary>
    public static ReadOnlySpan<byte> Open(ReadOnlySpan<byte> bytes)
        => bytes.Length >= Size && BinaryPrimitives.ReadUInt32BigEndian(bytes[^Size..]) == Of(bytes[..^Size]) ? bytes[..^Size] : throw ByteReader.Damage();

    // Begins with the length, so that zeros are never right.
    private static uint Of(ReadOnlySpan<byte> bytes)
    {
        var checksum = ~(uint)bytes.Length;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            checksum = BitOperations.Crc32C(checksum, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }

        foreach (var each in bytes)
        {
            checksum = BitOperations.Crc32C(checksum, each);
        }

        return checksum;
    }
}
