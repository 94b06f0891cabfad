using System.Security.Cryptography;
using System.Text;

namespace Sojourn.Engine;

/// <summary>
/// Finds the shard of a subject: the first byte of HMAC-SHA-256(deployment key, tenant ‖ 0 ‖ subject). All sessions
/// of one subject share it, so limits and "sign out everywhere" are one atomic step on every store.
/// </summary>
internal static class ShardKey
{
    public static byte OfSubject(ReadOnlySpan<byte> deploymentKey, string tenant, string subject)
    {
        var text = Encoding.UTF8.GetBytes(string.Concat(tenant, "\0", subject));
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(deploymentKey, text, mac);
        return mac[0];
    }

    public static byte OfVisitor() => RandomNumberGenerator.GetBytes(1)[0];
}
