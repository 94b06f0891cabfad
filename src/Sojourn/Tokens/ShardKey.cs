using System.Security.Cryptography;
using System.Text;

namespace Sojourn.Engine;

/// <summary>
/// Finds the shard of a subject: the first byte of HMAC-SHA-256(deployment key, tenant ‖ 0 ‖ subject). All sessions
/// of one subject share it, so limits and "sign out everywhere" are one atomic step on every store.
/// </summary>
internal sealed class ShardKey(ReadOnlySpan<byte> deploymentKey, string tenant)
{
    private const int MaxOnStack = 512;

    private readonly byte[] _key = deploymentKey.ToArray();
    private readonly byte[] _tenant = Encoding.UTF8.GetBytes(tenant + "\0");

    /// <summary>A hash that has taken in the key, while nobody uses it. Whoever finds none makes a new one.</summary>
    private IncrementalHash? _idle;

    public byte OfSubject(string subject)
    {
        var size = _tenant.Length + Encoding.UTF8.GetMaxByteCount(subject.Length);
        var text = size <= MaxOnStack ? stackalloc byte[MaxOnStack] : new byte[size];
        _tenant.CopyTo(text);
        text = text[..(_tenant.Length + Encoding.UTF8.GetBytes(subject, text[_tenant.Length..]))];

        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        // Taken out while in use: if it fails half-fed, it does not come back.
        var hash = Interlocked.Exchange(ref _idle, null) ?? IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key);
        hash.AppendData(text);
        hash.GetHashAndReset(mac);
        Interlocked.Exchange(ref _idle, hash)?.Dispose(); // another thread may have left one meanwhile
        return mac[0];
    }

    public static byte OfVisitor()
    {
        Span<byte> shard = stackalloc byte[1];
        RandomBytes.Fill(shard);
        return shard[0];
    }
}
