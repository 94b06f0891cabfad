using System.Collections.Immutable;

namespace Sojourn.Storage;

/// <summary>A stored value of session data.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Bytes">Its bytes.</param>
/// <param name="Version">From one counter per session that survives a removal, so that no version comes twice.</param>
/// <param name="ExpiresAt">When it lapses; null when it lives as long as the session. The engine looks at it, the store does not.</param>
/// <param name="SurvivesSignIn">Whether a sign-in takes it over.</param>
public sealed record DataValue(string Key, ImmutableArray<byte> Bytes, long Version, DateTimeOffset? ExpiresAt = null, bool SurvivesSignIn = true);

/// <summary>What a <see cref="DataChange"/> does.</summary>
public enum DataChangeKind
{
    /// <summary>Writes the value.</summary>
    Set = 0,

    /// <summary>Removes the key.</summary>
    Remove = 1,

    /// <summary>Writes the value if the stored version is the expected one; 0 expects no value.</summary>
    SetIf = 2,
}

/// <summary>A change of one data key.</summary>
/// <param name="Key">Which.</param>
/// <param name="Kind">What to do.</param>
/// <param name="Bytes">The new value; empty for <see cref="DataChangeKind.Remove"/>.</param>
/// <param name="ExpectedVersion">For <see cref="DataChangeKind.SetIf"/>.</param>
/// <param name="ExpiresAt">When the value lapses.</param>
/// <param name="SurvivesSignIn">Whether a sign-in takes it over.</param>
public sealed record DataChange(string Key, DataChangeKind Kind, ImmutableArray<byte> Bytes, long ExpectedVersion = 0, DateTimeOffset? ExpiresAt = null, bool SurvivesSignIn = true);

/// <summary>How much data a session may hold.</summary>
/// <param name="MaxValueBytes">Per key, key and value together.</param>
/// <param name="MaxTotalBytes">All keys and values together.</param>
public readonly record struct DataLimits(int MaxValueBytes, int MaxTotalBytes);

/// <summary>Data changes of one session, all or none.</summary>
public sealed record DataCommit
{
    /// <summary>The session.</summary>
    public required SessionId Session { get; init; }

    /// <summary>The lineage in which the request was validated.</summary>
    public required int Lineage { get; init; }

    /// <summary>Names the write. The last 16 of a session are remembered for at least 2 minutes.</summary>
    public required WriteId Write { get; init; }

    /// <summary>The changes, each key once.</summary>
    public required IReadOnlyList<DataChange> Changes { get; init; }

    /// <summary>The limits.</summary>
    public required DataLimits Limits { get; init; }

    /// <summary>The time: values that lapsed before it may be dropped to make room.</summary>
    public required DateTimeOffset Now { get; init; }
}

/// <summary>One data key to read and delete.</summary>
public sealed record DataTake
{
    /// <summary>The session.</summary>
    public required SessionId Session { get; init; }

    /// <summary>The lineage in which the request was validated.</summary>
    public required int Lineage { get; init; }

    /// <summary>Names the write.</summary>
    public required WriteId Write { get; init; }

    /// <summary>The key.</summary>
    public required string Key { get; init; }

    /// <summary>The time.</summary>
    public required DateTimeOffset Now { get; init; }
}
