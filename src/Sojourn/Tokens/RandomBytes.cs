using System.Security.Cryptography;

namespace Sojourn.Engine;

/// <summary>
/// Where the engine's secrets, ids and keys come from: the system's generator, read a kilobyte ahead for each thread,
/// since a start needs seven short draws and each costs as much as the kilobyte (decision 8).
/// </summary>
internal static class RandomBytes
{
    [ThreadStatic]
    private static RandomBuffer? OfThread;

    /// <summary>Fills with random bytes that nobody was or will be given but the caller.</summary>
    public static void Fill(Span<byte> destination)
    {
        if (destination.Length > RandomBuffer.MaxDraw)
        {
            RandomNumberGenerator.Fill(destination);
            return;
        }

        // Taken out while in use: whatever interrupts or fails in between finds none, and no half-filled one stays.
        var buffer = OfThread ?? new RandomBuffer(TimeProvider.System);
        OfThread = null;
        buffer.Draw(destination);
        OfThread = buffer;
    }

    public static UInt128 Number()
    {
        Span<byte> bytes = stackalloc byte[16];
        Fill(bytes);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }
}

/// <summary>Random bytes that were read ahead, for one thread. Each is given out once, and zero in here from then on.</summary>
internal sealed class RandomBuffer(TimeProvider time)
{
    public const int Size = 1024;

    /// <summary>Longer draws would waste what is left.</summary>
    public const int MaxDraw = 128;

    /// <summary>
    /// For so long bytes are kept in advance. A copy of the running machine would give out the same ones as the original;
    /// so only a copy made while starts come in could.
    /// </summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromMilliseconds(100);

    private readonly byte[] _bytes = new byte[Size];
    private long _filledAt;
    private int _next = Size;

    /// <summary>What is left, and zeros for what was given out.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    public void Draw(Span<byte> destination)
    {
        if (destination.Length > Size - _next || time.GetElapsedTime(_filledAt) > MaxAge)
        {
            Refill();
        }

        var drawn = _bytes.AsSpan(_next, destination.Length);
        _next += destination.Length;
        drawn.CopyTo(destination);
        CryptographicOperations.ZeroMemory(drawn);
    }

    private void Refill()
    {
        _next = Size; // empty, should the generator fail
        RandomNumberGenerator.Fill(_bytes);
        _filledAt = time.GetTimestamp();
        _next = 0;
    }
}
