using System.Runtime.CompilerServices;

namespace Sojourn.Storage;

/// <summary>
/// How much an <see cref="InMemorySessionStore"/> may keep. Signed-in and anonymous sessions have bounds of their own:
/// a flood of visitors can never refuse, slow or displace somebody who signs in. The values are read once, by the
/// store's constructor.
/// </summary>
public sealed class InMemoryStoreOptions
{
    /// <summary>
    /// Signed-in sessions, active ones and kept ended ones together. Default 1,000,000; 1 to 100,000,000. A start beyond
    /// it is answered <see cref="StartStatus.Full"/>. One with 100 bytes of claims takes about 700 bytes beside its data.
    /// </summary>
    public int MaxSessions { get; set; } = 1_000_000;

    /// <summary>
    /// Anonymous sessions, active ones and those whose data is sealed together. Default 100,000; 0 to 100,000,000,
    /// 0 allows none. A start beyond it is answered <see cref="StartStatus.Full"/>.
    /// </summary>
    public int MaxAnonymousSessions { get; set; } = 100_000;

    /// <summary>
    /// Data of all signed-in sessions together, in bytes: keys in UTF-8 and values. Default 1 GiB; 0 to 1 TiB, 0 allows
    /// none. A write beyond it is answered <see cref="DataStatus.Full"/>, a start with data <see cref="StartStatus.Full"/>.
    /// </summary>
    public long MaxDataBytes { get; set; } = 1L << 30;

    /// <summary>
    /// Data of all anonymous sessions together, counted and refused like <see cref="MaxDataBytes"/> and beside it.
    /// Default 128 MiB; 0 to 1 TiB, 0 allows none.
    /// </summary>
    public long MaxAnonymousDataBytes { get; set; } = 128L << 20;

    /// <summary>
    /// Events kept in the audit log, over all shards. Default 65,536; 1 to 16,777,216. The log of this store is a
    /// window: beyond the bound the oldest events are dropped.
    /// </summary>
    public int MaxEvents { get; set; } = 65_536;

    internal void Validate()
    {
        Check(MaxSessions, 1, 100_000_000);
        Check(MaxAnonymousSessions, 0, 100_000_000);
        Check(MaxDataBytes, 0, 1L << 40);
        Check(MaxAnonymousDataBytes, 0, 1L << 40);
        Check(MaxEvents, 1, 1 << 24);
    }

    private static void Check(long value, long least, long most, [CallerArgumentExpression(nameof(value))] string name = "")
    {
        if (value < least || value > most)
        {
            throw new ArgumentOutOfRangeException(name, value, $"InMemoryStoreOptions.{name} is {value}; choose a value from {least} to {most}.");
        }
    }
}
