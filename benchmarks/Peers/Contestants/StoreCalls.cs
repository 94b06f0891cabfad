namespace Peers.Contestants;

/// <summary>Counts what reaches a contestant's store.</summary>
internal sealed class StoreCalls
{
    private long _reads;
    private long _writes;

    public long Reads => Interlocked.Read(ref _reads);

    public long Writes => Interlocked.Read(ref _writes);

    public void Read() => Interlocked.Increment(ref _reads);

    public void Write() => Interlocked.Increment(ref _writes);
}
