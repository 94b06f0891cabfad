namespace Sojourn.Storage;

/// <summary>A subject, or the visitors of a shard, with the sessions that are counted and listed together.</summary>
internal sealed class MemoryOwner(string? subject) : IMemoryNode<string, MemoryOwner>
{
    private MemorySession? _active;
    private MemoryHistory? _history;

    /// <summary>The subject; null for visitors, who are in no table.</summary>
    public string? Subject { get; } = subject;

    string IMemoryNode<string, MemoryOwner>.Key => Subject!;

    public MemoryOwner? NextInTable { get; set; }

    /// <summary>Drawn from the shard's counter at every start and end, so that an owner that was forgotten never repeats one.</summary>
    public long Version { get; set; }

    public int ActiveCount { get; private set; }

    public int EndedCount => _history?.EndedCount ?? 0;

    public IEnumerable<MemorySession> Active => MemoryChain.Walk(_active);

    /// <summary>The ended sessions, newest start first.</summary>
    public IEnumerable<MemorySession> EndedNewestFirst => MemoryChain.Walk(_history?.Ended, backwards: true);

    /// <summary>The last end of the whole subject, as long as it is remembered.</summary>
    public MemoryRevocation? Revocation
    {
        get => _history?.Revocation;
        set => (_history ??= new()).Revocation = value;
    }

    /// <summary>Whether nothing is left to keep it for.</summary>
    public bool IsEmpty => _active is null && _history is null or { Ended: null, Revocation: null };

    public void AddActive(MemorySession session)
    {
        MemoryChain.Add(ref _active, session);
        ActiveCount++;
    }

    public void RemoveActive(MemorySession session)
    {
        MemoryChain.Remove(ref _active, session);
        ActiveCount--;
    }

    public void AddEnded(MemorySession session)
    {
        _history ??= new();
        MemoryChain.Add(ref _history.Ended, session);
        _history.EndedCount++;
    }

    public void RemoveEnded(MemorySession session)
    {
        MemoryChain.Remove(ref _history!.Ended, session);
        _history.EndedCount--;
    }

    /// <summary>What most owners do not have yet.</summary>
    private sealed class MemoryHistory
    {
        public MemorySession? Ended;

        public int EndedCount { get; set; }

        public MemoryRevocation? Revocation { get; set; }
    }
}

/// <summary>What is remembered of the end of a whole subject.</summary>
/// <param name="Write">The write that did it.</param>
/// <param name="Ended">How many sessions it ended.</param>
/// <param name="NotBefore">Sign-ins that began before are refused; null when none are.</param>
/// <param name="At">When it was done, as far as the request tells, or <paramref name="NotBefore"/> if that is later.</param>
internal sealed record MemoryRevocation(WriteId Write, int Ended, DateTimeOffset? NotBefore, DateTimeOffset At);
