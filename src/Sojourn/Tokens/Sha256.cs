using System.Security.Cryptography;

namespace Sojourn.Engine;

/// <summary>SHA-256 with one hash object for each thread: making and freeing one costs a third of a hash of a token.</summary>
internal static class Sha256
{
    public const int Size = SHA256.HashSizeInBytes;

    [ThreadStatic]
    private static IncrementalHash? OfThread;

    /// <summary>Writes the hash to <paramref name="hash"/>, 32 bytes.</summary>
    public static void Hash(ReadOnlySpan<byte> data, Span<byte> hash)
    {
        // Taken out while in use: if it fails half-fed, it does not come back.
        var sha = OfThread ?? IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        OfThread = null;
        sha.AppendData(data);
        sha.GetHashAndReset(hash);
        OfThread = sha;
    }
}
