namespace Sojourn.Storage;

/// <summary>How and when a session ended, and how long what is left of it is kept.</summary>
public sealed record SessionEnding
{
    /// <summary>Why.</summary>
    public required SessionEndReason Reason { get; init; }

    /// <summary>Names the write that ended it, so that a repeated one is recognised.</summary>
    public required WriteId Write { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Until when the ended record is kept: it beats late writes, tells the reason and is the person's history.</summary>
    public required DateTimeOffset KeepUntil { get; init; }

    /// <summary>Until when its data is kept for a sign-in to take over (the "seal"); null drops the data at once.</summary>
    public DateTimeOffset? KeepDataUntil { get; init; }

    /// <summary>The only subject that may take over the sealed data; null when no data is kept.</summary>
    public string? Heir { get; init; }

    /// <summary>Reason and time, without the heir.</summary>
    public override string ToString() => $"SessionEnding({Reason}, {At:O})";
}
