using System.Security.Cryptography;

namespace Sojourn;

/// <summary>The one place where secrets and their hashes are compared (ASVS-11.2.4).</summary>
internal static class FixedTime
{
    public static bool Equals(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) => CryptographicOperations.FixedTimeEquals(left, right);
}
