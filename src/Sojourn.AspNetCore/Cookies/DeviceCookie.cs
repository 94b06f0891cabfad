using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace Sojourn.AspNetCore;

/// <summary>
/// The value of the device cookie: 32 random bytes, 43 base64url characters. It authenticates nobody; a session keeps
/// only its hash, so that the devices page can say "this browser" (PRIV-12: random, never a fingerprint).
/// </summary>
internal static class DeviceCookie
{
    public const int TextLength = 43;

    private const int Size = 32;

    /// <summary>Reads a value that <see cref="Create"/> may have made; any other spelling is refused.</summary>
    public static bool TryRead(ReadOnlySpan<char> value, out SessionDeviceId id)
    {
        Span<byte> secret = stackalloc byte[Size];
        id = default;

        // 43 characters carry 258 bits: the last one may only be one of those that leave the spare two zero.
        if (value.Length != TextLength || !"AEIMQUYcgkosw048".Contains(value[^1], StringComparison.Ordinal)
            || Base64Url.DecodeFromChars(value, secret, out _, out var written) != OperationStatus.Done || written != Size)
        {
            return false;
        }

        id = SessionDeviceId.OfCookie(secret);
        return true;
    }

    /// <summary>A new value, and the device that it makes known.</summary>
    public static string Create(out SessionDeviceId id)
    {
        Span<byte> secret = stackalloc byte[Size];
        RandomNumberGenerator.Fill(secret);
        id = SessionDeviceId.OfCookie(secret);
        return Base64Url.EncodeToString(secret);
    }
}
