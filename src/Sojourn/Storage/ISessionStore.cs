using System.Diagnostics.CodeAnalysis;

namespace Sojourn.Storage;

/// <summary>
/// Keeps sessions. A store object serves one tenant, named when it is opened; every key it writes begins with it.
/// This is a preview until a networked store has passed the contract.
/// </summary>
/// <remarks>
/// What every store promises, each sentence a rule of the contract suite in <c>Sojourn.Testing</c>:
/// missing is a value and a fault is a <see cref="SessionStoreException"/>; an update never inserts; of two changes from
/// one state exactly one wins; ending twice is fine; an ended session stays ended, whatever comes late; the store has
/// no clock (time and ids are parameters); only hashes reach it; what it returns is immutable; each call is atomic, its
/// events included; a call that is repeated after a result in doubt gives the same answer and writes its events once;
/// listing is paged, ordered and steady under deletes; a sweep is bounded and several may run at once; a cancelled call
/// leaves the whole change or nothing. All methods may be called in parallel.
/// </remarks>
[Experimental("SOJOURN001")]
public interface ISessionStore : IAsyncDisposable
{
    /// <summary>Tells what other nodes, and this one, changed.</summary>
    ISessionFeed Feed { get; }

    /// <summary>
    /// Opens the store for a tenant, brings its schema up and makes the deployment key once. Called before anything
    /// else, and again after a failure.
    /// </summary>
    /// <exception cref="SessionStoreException">The store is down (transient) or refuses: a newer schema, missing rights.</exception>
    ValueTask<StoreIdentity> OpenAsync(StoreOpening opening, CancellationToken cancellationToken = default);

    /// <summary>Writes a probe that comes back on the feed, and reads the store's own clock if it has one.</summary>
    ValueTask<StoreProbe> ProbeAsync(ulong nonce, CancellationToken cancellationToken = default);

    /// <summary>
    /// Reads a record, its shard's epoch and the named data in one round trip, from one point in time. Finds ended
    /// sessions too, for as long as they are kept, with their sealed data. Null when there is none.
    /// </summary>
    ValueTask<SessionSnapshot?> FindAsync(SessionId id, SessionRead read, CancellationToken cancellationToken = default);

    /// <summary>Lists the sessions of an owner by (start, id), a page at a time, with the owner's version.</summary>
    ValueTask<OwnerSnapshot> ListAsync(SessionOwner owner, SessionListQuery query, CancellationToken cancellationToken = default);

    /// <summary>
    /// Inserts a session and its first data, and ends the named victims, when the subject's not-before and the limit
    /// allow it. Counts only active sessions. Starting the same id with the same token again is a success.
    /// </summary>
    ValueTask<StartResult> StartAsync(SessionCreation creation, CancellationToken cancellationToken = default);

    /// <summary>
    /// Replaces parts of an active record if its token state still has the expected stamp. Touches and data writes
    /// never make it lose. When the stored parts already are the given ones, it is done.
    /// </summary>
    ValueTask<ChangeResult> ChangeAsync(SessionId id, TokenStamp expected, RecordChange change, EventBatch events, CancellationToken cancellationToken = default);

    /// <summary>
    /// Ends an active session if the guard holds, drops its data or seals it, and counts it out of its owner. Repeated
    /// with the same ending it reports <see cref="EndStatus.Ended"/> again, without a second event; but an ending that
    /// keeps nothing removes the record, and a repetition then reports it missing.
    /// </summary>
    ValueTask<EndResult> EndAsync(SessionId id, EndGuard guard, SessionEnding ending, EventBatch events, CancellationToken cancellationToken = default);

    /// <summary>
    /// Ends the named sessions of a subject in one step and moves its not-before forward, if the subject's version is
    /// still the given one (so all of them are still active). Never more than 1,000. Not-before is remembered for at
    /// least 24 hours.
    /// </summary>
    ValueTask<EndSubjectResult> EndSubjectAsync(SubjectEnd ending, CancellationToken cancellationToken = default);

    /// <summary>
    /// Raises a shard's epoch by one: every session that started before is ended from then on, for the given reason.
    /// The same write id raises it only once; the last 16 of a shard are remembered.
    /// </summary>
    ValueTask<ShardEndResult> EndShardAsync(byte shard, WriteId write, SessionEndReason reason, EventBatch events, CancellationToken cancellationToken = default);

    /// <summary>
    /// Notes activity. Each touch stands alone: it counts only on an active session, at or before its stored deadline,
    /// and only forward. It confirms the session. It never inserts, fails nothing and has no event.
    /// </summary>
    ValueTask TouchAsync(IReadOnlyList<SessionTouch> touches, CancellationToken cancellationToken = default);

    /// <summary>Writes data keys, all or none, if the session is active and in the given lineage.</summary>
    ValueTask<DataResult> CommitDataAsync(DataCommit commit, CancellationToken cancellationToken = default);

    /// <summary>
    /// Reads and deletes one data key, if the session is active and in the given lineage; null when it is absent. The
    /// same write id gets the same answer again.
    /// </summary>
    ValueTask<DataValue?> TakeDataAsync(DataTake take, CancellationToken cancellationToken = default);

    /// <summary>
    /// Finds active sessions of a shard that are due: past the stored deadline, never confirmed in time, or of an older
    /// shard epoch. Each call examines at most the limit, longest waiting first; a session that is not due waits for its
    /// time, a due one goes behind all others. No touch moves the coarse time by which it looks, so none changes an index.
    /// </summary>
    ValueTask<DuePage> FindDueAsync(byte shard, DueQuery query, CancellationToken cancellationToken = default);

    /// <summary>
    /// Deletes ended records of a shard whose <see cref="SessionEnding.KeepUntil"/> has passed, and sealed data whose
    /// <see cref="SessionEnding.KeepDataUntil"/> has.
    /// </summary>
    /// <returns>How many were deleted; fewer than <paramref name="limit"/> means that none is left.</returns>
    ValueTask<int> PurgeAsync(byte shard, DateTimeOffset now, int limit, CancellationToken cancellationToken = default);

    /// <summary>Adds events that belong to no other change: heartbeats, findings, refusals. Unique by (writer, number).</summary>
    ValueTask AppendAsync(EventBatch events, CancellationToken cancellationToken = default);
}
