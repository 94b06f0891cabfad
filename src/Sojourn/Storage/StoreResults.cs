using System.Collections.Immutable;

namespace Sojourn.Storage;

/// <summary>Who a store is.</summary>
/// <param name="DeploymentKey">32 random bytes, made with the schema: finds the shard of a subject. Not a secret of a session.</param>
/// <param name="StoreId">Random, made with the schema; another one means another store.</param>
/// <param name="HasClock">Whether probes tell a time.</param>
public sealed record StoreIdentity(ImmutableArray<byte> DeploymentKey, WriteId StoreId, bool HasClock)
{
    /// <summary>The id, without the key.</summary>
    public override string ToString() => $"StoreIdentity({StoreId.Value:x32})";
}

/// <summary>The answer to a probe.</summary>
/// <param name="StoreTime">The store's own time, compared and never used; null when it has no clock.</param>
public readonly record struct StoreProbe(DateTimeOffset? StoreTime);

/// <summary>A session as it stood at one point in time.</summary>
/// <param name="Record">The record; its id must be the one that was asked for.</param>
/// <param name="ShardEpoch">The epoch of its shard.</param>
/// <param name="ShardEndReason">Why the shard's epoch was last raised.</param>
/// <param name="Data">The data that was asked for, as far as present.</param>
public readonly record struct SessionSnapshot(SessionRecord Record, long ShardEpoch, SessionEndReason ShardEndReason, IReadOnlyList<DataValue> Data);

/// <summary>A page of an owner's sessions.</summary>
/// <param name="Records">The records, in order.</param>
/// <param name="Next">Where the next page begins; null when this is the last.</param>
/// <param name="Version">Grows with every start and end of the owner; 0 when the owner was never seen.</param>
/// <param name="ActiveCount">How many active sessions the owner has.</param>
/// <param name="NotBefore">Sign-ins that began before are refused; null when nothing was revoked.</param>
public sealed record OwnerSnapshot(IReadOnlyList<SessionRecord> Records, SessionCursor? Next, long Version, int ActiveCount, DateTimeOffset? NotBefore);

/// <summary>What became of a start.</summary>
public enum StartStatus
{
    /// <summary>It is stored.</summary>
    Started = 0,

    /// <summary>
    /// Sessions must end first: the limit is reached, or an unconfirmed session of the same device and subject is not
    /// among the victims, or the owner's version moved on. List the owner and name victims.
    /// </summary>
    MustEndFirst = 1,

    /// <summary>The authentication began before the subject's not-before.</summary>
    BeforeNotBefore = 2,

    /// <summary>The store has no room.</summary>
    Full = 3,
}

/// <summary>The answer to a start.</summary>
/// <param name="Status">What became of it.</param>
/// <param name="Record">The record as stored.</param>
public readonly record struct StartResult(StartStatus Status, SessionRecord? Record = null);

/// <summary>What became of a change.</summary>
public enum ChangeStatus
{
    /// <summary>It is stored, by this call.</summary>
    Done = 0,

    /// <summary>It was stored before, by this call's lost twin or by another that wanted the same; no event was written.</summary>
    AlreadyDone = 1,

    /// <summary>The token state was another one.</summary>
    Lost = 2,

    /// <summary>The session has ended.</summary>
    Ended = 3,

    /// <summary>There is no such session.</summary>
    Missing = 4,
}

/// <summary>The answer to a change.</summary>
/// <param name="Status">What became of it.</param>
/// <param name="Record">The record as it now stands; null when missing.</param>
public readonly record struct ChangeResult(ChangeStatus Status, SessionRecord? Record);

/// <summary>What became of an end.</summary>
public enum EndStatus
{
    /// <summary>It has ended by this call, or by the same call before.</summary>
    Ended = 0,

    /// <summary>It had ended before, in another way.</summary>
    AlreadyEnded = 1,

    /// <summary>The guard did not hold.</summary>
    Lost = 2,

    /// <summary>There is no such session.</summary>
    Missing = 3,
}

/// <summary>The answer to an end.</summary>
/// <param name="Status">What became of it.</param>
/// <param name="Record">The record as it now stands; null when missing.</param>
public readonly record struct EndResult(EndStatus Status, SessionRecord? Record);

/// <summary>What became of the end of a subject's sessions.</summary>
public enum EndSubjectStatus
{
    /// <summary>All have ended.</summary>
    Done = 0,

    /// <summary>The subject's version moved on: list again.</summary>
    Lost = 1,
}

/// <summary>The answer to the end of a subject's sessions.</summary>
/// <param name="Status">What became of it.</param>
/// <param name="Ended">How many were ended by this call, or by the same call before.</param>
public readonly record struct EndSubjectResult(EndSubjectStatus Status, int Ended);

/// <summary>The answer to the end of a shard.</summary>
/// <param name="Epoch">The shard's epoch now.</param>
/// <param name="Raised">False when the same write had raised it before.</param>
public readonly record struct ShardEndResult(long Epoch, bool Raised);

/// <summary>What became of a data commit.</summary>
public enum DataStatus
{
    /// <summary>All is written.</summary>
    Written = 0,

    /// <summary>A <see cref="DataChangeKind.SetIf"/> met another version: <see cref="DataResult.Current"/> has it.</summary>
    Conflict = 1,

    /// <summary>A limit would be exceeded.</summary>
    TooLarge = 2,

    /// <summary>The session has ended.</summary>
    Ended = 3,

    /// <summary>The session is in a newer lineage.</summary>
    OlderLineage = 4,

    /// <summary>There is no such session.</summary>
    Missing = 5,

    /// <summary>The store has no room.</summary>
    Full = 6,
}

/// <summary>The answer to a data commit.</summary>
/// <param name="Status">What became of it.</param>
/// <param name="Version">The version that the changed keys now have; one per commit.</param>
/// <param name="ConflictKey">The key in conflict, or the key that is too large (null when it is all of them together).</param>
/// <param name="Current">The stored value of the key in conflict; null when there is none.</param>
public readonly record struct DataResult(DataStatus Status, long Version = 0, string? ConflictKey = null, DataValue? Current = null);

/// <summary>What one call examined of a shard.</summary>
/// <param name="Sessions">Those that are due.</param>
/// <param name="HasMore">Whether the limit was reached, so that another call would examine others.</param>
public sealed record DuePage(IReadOnlyList<DueSession> Sessions, bool HasMore);

/// <summary>An active session that a sweep found due.</summary>
/// <param name="Record">The record.</param>
/// <param name="ShardEpoch">The epoch of its shard.</param>
/// <param name="ShardEndReason">Why the shard's epoch was last raised.</param>
public readonly record struct DueSession(SessionRecord Record, long ShardEpoch, SessionEndReason ShardEndReason);
