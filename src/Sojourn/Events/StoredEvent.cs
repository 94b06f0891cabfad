using System.Collections.Immutable;

namespace Sojourn.Storage;

/// <summary>
/// One finished event of the audit log, as a store keeps it: canonical bytes that nothing may change, and the personal
/// values that they only commit to, which may be shortened or erased.
/// </summary>
public sealed record StoredEvent
{
    /// <summary>The process that wrote it.</summary>
    public required WriteId Writer { get; init; }

    /// <summary>Its number in that process, from 1. (Writer, number) is unique.</summary>
    public required long Number { get; init; }

    /// <summary>When it happened.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>What happened.</summary>
    public required SessionEventKind Kind { get; init; }

    /// <summary>Why a session ended; <see cref="SessionEndReason.None"/> otherwise.</summary>
    public SessionEndReason Reason { get; init; }

    /// <summary>The shard that it is ordered in.</summary>
    public required byte Shard { get; init; }

    /// <summary>The session; the default when it concerns none.</summary>
    public SessionId Session { get; init; }

    /// <summary>The canonical bytes of event format v1.</summary>
    public required ImmutableArray<byte> Canonical { get; init; }

    /// <summary>The personal values that the canonical bytes commit to.</summary>
    public ImmutableArray<PersonalValue> Personal { get; init; } = [];
}

/// <summary>The personal fields of an event. The numbers are their places in event format v1.</summary>
public enum PersonalField
{
    /// <summary>Whose session it is.</summary>
    Subject = 0,

    /// <summary>The client's address.</summary>
    Address = 1,

    /// <summary>The client's user agent.</summary>
    UserAgent = 2,

    /// <summary>The device.</summary>
    Device = 3,

    /// <summary>The place.</summary>
    Place = 4,

    /// <summary>Who did it, when that is somebody else.</summary>
    Actor = 5,
}

/// <summary>A personal value with the salt of its commitment. Without both, the commitment tells nothing.</summary>
/// <param name="Field">Which field.</param>
/// <param name="Salt">Sixteen random bytes.</param>
/// <param name="Value">The value.</param>
public sealed record PersonalValue(PersonalField Field, ImmutableArray<byte> Salt, string Value)
{
    /// <summary>The field, without salt and value.</summary>
    public override string ToString() => $"PersonalValue({Field}, redacted)";
}

/// <summary>Finished events that are written in the same step as the change they describe.</summary>
/// <param name="Events">The events, in order.</param>
public sealed record EventBatch(ImmutableArray<StoredEvent> Events)
{
    /// <summary>No event.</summary>
    public static EventBatch None { get; } = new([]);
}
