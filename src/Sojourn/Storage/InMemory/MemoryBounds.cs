namespace Sojourn.Storage;

/// <summary>What the shards of one store share: the bounds, counted without a lock.</summary>
internal sealed class MemoryBounds(InMemoryStoreOptions options)
{
    private readonly MemoryBound _sessions = new(options.MaxSessions);
    private readonly MemoryBound _anonymousSessions = new(options.MaxAnonymousSessions);
    private readonly MemoryBound _data = new(options.MaxDataBytes);
    private readonly MemoryBound _anonymousData = new(options.MaxAnonymousDataBytes);

    public MemoryBound SessionsOf(string? subject) => subject is null ? _anonymousSessions : _sessions;

    public MemoryBound DataOf(string? subject) => subject is null ? _anonymousData : _data;
}

/// <summary>A bounded count: taken before something is inserted, given back when it goes or the insert fails.</summary>
internal sealed class MemoryBound(long most)
{
    private long _used;

    public long Used => Volatile.Read(ref _used);

    /// <summary>Takes an amount if there is room for it. Nothing or less always fits.</summary>
    public bool TryTake(long amount)
    {
        var used = Volatile.Read(ref _used);
        while (amount <= 0 || used + amount <= most)
        {
            var seen = Interlocked.CompareExchange(ref _used, used + amount, used);
            if (seen == used)
            {
                return true;
            }

            used = seen;
        }

        return false;
    }

    public void Give(long amount) => Interlocked.Add(ref _used, -amount);
}
