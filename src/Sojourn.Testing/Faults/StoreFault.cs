namespace Sojourn.Testing;

/// <summary>The operations of a store, by the names that <see cref="SessionStoreException.Operation"/> uses.</summary>
public enum StoreOperation
{
    /// <summary>Opening.</summary>
    Open = 0,

    /// <summary>Probing.</summary>
    Probe = 1,

    /// <summary>Reading one session.</summary>
    Find = 2,

    /// <summary>Listing an owner.</summary>
    List = 3,

    /// <summary>Starting a session.</summary>
    Start = 4,

    /// <summary>Changing a record.</summary>
    Change = 5,

    /// <summary>Ending a session.</summary>
    End = 6,

    /// <summary>Ending the sessions of a subject.</summary>
    EndSubject = 7,

    /// <summary>Raising a shard's epoch.</summary>
    EndShard = 8,

    /// <summary>Noting activity.</summary>
    Touch = 9,

    /// <summary>Writing data.</summary>
    CommitData = 10,

    /// <summary>Taking a value.</summary>
    TakeData = 11,

    /// <summary>Looking for due sessions.</summary>
    FindDue = 12,

    /// <summary>Deleting what is kept no longer.</summary>
    Purge = 13,

    /// <summary>Adding events.</summary>
    Append = 14,

    /// <summary>Reading the audit log.</summary>
    ReadLog = 15,
}

/// <summary>What goes wrong with a call.</summary>
public enum StoreFaultKind
{
    /// <summary>The call fails with a transient exception and never reaches the store.</summary>
    FailBefore = 0,

    /// <summary>The call reaches the store, and then fails with a transient exception in doubt: its answer is lost.</summary>
    FailAfter = 1,

    /// <summary>The call never reaches the store and never ends, until it is cancelled.</summary>
    Hang = 2,

    /// <summary>The call reaches the store later.</summary>
    Delay = 3,

    /// <summary>The call fails with a transient refusal (<see cref="SessionStoreException.IsRefusal"/>) and never reaches the store.</summary>
    Refuse = 4,
}

/// <summary>A fault to order from a <see cref="FaultInjectingSessionStore"/>. Immutable.</summary>
public sealed record StoreFault
{
    private StoreFault(StoreFaultKind kind, TimeSpan delay = default) => (Kind, Time) = (kind, delay);

    /// <summary>What goes wrong.</summary>
    public StoreFaultKind Kind { get; }

    /// <summary>How long a delayed call waits; zero otherwise.</summary>
    public TimeSpan Time { get; }

    /// <summary>The store is down.</summary>
    public static StoreFault FailBefore { get; } = new(StoreFaultKind.FailBefore);

    /// <summary>The store works, and refuses this call.</summary>
    public static StoreFault Refuse { get; } = new(StoreFaultKind.Refuse);

    /// <summary>The answer is lost.</summary>
    public static StoreFault FailAfter { get; } = new(StoreFaultKind.FailAfter);

    /// <summary>The store does not answer.</summary>
    public static StoreFault Hang { get; } = new(StoreFaultKind.Hang);

    /// <summary>The store is slow.</summary>
    public static StoreFault Delay(TimeSpan time) => new(StoreFaultKind.Delay, time);
}
