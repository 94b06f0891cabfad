using System.Numerics;

namespace Sojourn.Sqlite;

/// <summary>
/// The checksum in the last 8 bytes of a page: four interleaved CRC-32C over the rest and the page's number, folded into
/// two. It tells a page that rotted, or lies where another belongs; it is no protection against somebody who can write.
/// </summary>
internal static unsafe class PageChecksum
{
    private const int Words = (SchemaFile.PageSize - SchemaFile.ReservedBytes) / sizeof(ulong);

    /// <summary>Writes the checksum into a page.</summary>
    public static void Seal(byte* page, long number) => ((ulong*)page)[Words] = Of((ulong*)page, number);

    /// <summary>Whether a page is as it was written. A page of zeros was never written: SQLite leaves such holes, and refuses to read one as anything else.</summary>
    public static bool IsRight(byte* page, long number)
    {
        var stored = ((ulong*)page)[Words];
        return stored == Of((ulong*)page, number)
            || (stored == 0 && !new ReadOnlySpan<byte>(page, SchemaFile.PageSize).ContainsAnyExcept((byte)0));
    }

    private static ulong Of(ulong* words, long number)
    {
        // Four at a time, because the processor can begin the next before the last is done.
        var (first, second, third, fourth) = ((uint)number, ~(uint)number, 0x5eed_0003u, 0x5eed_0004u);
        var end = words + Words - 3;
        for (; words < end; words += 4)
        {
            first = BitOperations.Crc32C(first, words[0]);
            second = BitOperations.Crc32C(second, words[1]);
            third = BitOperations.Crc32C(third, words[2]);
            fourth = BitOperations.Crc32C(fourth, words[3]);
        }

        first = BitOperations.Crc32C(first, words[0]);
        second = BitOperations.Crc32C(second, words[1]);
        third = BitOperations.Crc32C(third, words[2]);
        return ((ulong)BitOperations.Crc32C(first, third) << 32) | BitOperations.Crc32C(second, fourth);
    }
}
