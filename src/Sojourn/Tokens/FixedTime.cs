using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Sojourn;

/// <summary>The one place where secrets and their hashes are compared (ASVS-11.2.4).</summary>
internal static class FixedTime
{
    private const int HashSize = 4 * sizeof(ulong);

    /// <summary>
    /// Two hashes take four steps without a branch or an index, which no compiler can shorten by where they differ; the
    /// framework's loop, kept from every optimisation, takes as long as a quarter of the hash. Everything else goes there.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool Equals(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        if (left.Length != HashSize || right.Length != HashSize)
        {
            return CryptographicOperations.FixedTimeEquals(left, right);
        }

        return (Difference(left, right, 0) | Difference(left, right, 8) | Difference(left, right, 16) | Difference(left, right, 24)) == 0;
    }

    private static ulong Difference(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, int place)
        => MemoryMarshal.Read<ulong>(left[place..]) ^ MemoryMarshal.Read<ulong>(right[place..]);
}
