using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Sojourn.Sqlite;

namespace Sojourn.Storage;

/// <summary>
/// Keeps sessions in one SQLite file: durable, for one machine, shared by several processes if need be. Every
/// acknowledged change is on the disk.
/// </summary>
/// <remarks>
/// Safe for parallel use. Reads run on the caller's thread and usually complete before they return; writes are committed
/// by one thread, all that wait together. Until it begins, a write can be cancelled; from then on it is done whole or not.
/// What changed is on the <see cref="Feed"/> before the call returns, and in other processes 50 ms later; a subscriber
/// may read the store, but must not wait for a write. Nothing may open the file beside SQLite while a process uses it.
/// </remarks>
public sealed class SqliteSessionStore : ISessionStore, ISessionEventLog
{
    private readonly SqliteStoreOptions _options;
    private readonly DatabaseFile _file;
    private readonly SqliteFeed _feed;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _opening = new(1, 1);
    private volatile OpenStore? _store;
    private volatile bool _isDisposed;

    /// <summary>Makes a store object; the file is opened by <see cref="OpenAsync"/>.</summary>
    /// <param name="options">Path and settings; read here, later changes have no effect.</param>
    /// <param name="logger">Told of restored files, full disks and newer schemas; null for none.</param>
    /// <exception cref="ArgumentException">A setting is out of its range; the message names it and the cure.</exception>
    public SqliteSessionStore(SqliteStoreOptions options, ILogger<SqliteSessionStore>? logger = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = SqliteStoreOptions.Checked(options);
        _file = new(_options.Path);
        _logger = new QuietLogger(logger ?? NullLogger<SqliteSessionStore>.Instance);
        _feed = new(_logger);
    }

    /// <inheritdoc/>
    public ISessionFeed Feed => _feed;

    /// <inheritdoc/>
    public async ValueTask<StoreIdentity> OpenAsync(StoreOpening opening, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(opening);
        ArgumentException.ThrowIfNullOrEmpty(opening.Tenant, nameof(opening));
        await _opening.WaitAsync(cancellationToken);
        try
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _store ??= await Task.Run(() => Open(opening.Tenant), cancellationToken);
            _store.Refuse("Open");
            return string.Equals(_store.Facts.Tenant, opening.Tenant, StringComparison.Ordinal)
                ? _store.Facts.Identity
                : throw new SessionStoreException("Open", "This store is open for another tenant; make one store for each tenant.", isTransient: false);
        }
        finally
        {
            _opening.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask<StoreProbe> ProbeAsync(ulong nonce, CancellationToken cancellationToken = default)
    {
        await Ready(cancellationToken).Writer.WriteAsync("Probe", grows: false, desk =>
        {
            desk.Messages.Add(new(FeedMessageKind.Probe, Nonce: nonce));
            return true;
        }, cancellationToken);
        return default;
    }

    /// <inheritdoc/>
    public ValueTask<SessionSnapshot?> FindAsync(SessionId id, SessionRead read, CancellationToken cancellationToken = default)
        => Ready(cancellationToken).ReadAsync("Find", (id, read), static (reader, what) => reader.Find(what.id, what.read), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<OwnerSnapshot> ListAsync(SessionOwner owner, SessionListQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Limit, 1, nameof(query));
        return Ready(cancellationToken).ReadAsync("List", (owner, query), static (reader, what) => reader.List(what.owner, what.query), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<StartResult> StartAsync(SessionCreation creation, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(creation);
        ArgumentNullException.ThrowIfNull(creation.Events, nameof(creation));
        if (!creation.Record.IsActive)
        {
            throw new ArgumentException("A session starts active: its record has no ending.", nameof(creation));
        }

        // The caller may change its lists once the call has returned to it, which is before the writer looks at them.
        var own = creation with { Data = [.. creation.Data], Victims = [.. creation.Victims] };
        return WriteAsync("Start", grows: true, desk => Starts.Start(desk, own), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<ChangeResult> ChangeAsync(
        SessionId id, TokenStamp expected, RecordChange change, EventBatch events, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(change);
        ArgumentNullException.ThrowIfNull(events);
        return WriteAsync("Change", grows: false, desk => Changes.Change(desk, id, expected, change, events), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<EndResult> EndAsync(
        SessionId id, EndGuard guard, SessionEnding ending, EventBatch events, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(ending);
        ArgumentNullException.ThrowIfNull(events);
        return WriteAsync("End", grows: false, desk => Ends.End(desk, id, guard, ending, events), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<EndSubjectResult> EndSubjectAsync(SubjectEnd ending, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(ending);
        ArgumentNullException.ThrowIfNull(ending.Events, nameof(ending));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ending.Ends.Count, 1000, nameof(ending));
        var own = ending with { Ends = [.. ending.Ends] };
        return WriteAsync("EndSubject", grows: false, desk => Ends.EndSubject(desk, own), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<ShardEndResult> EndShardAsync(
        byte shard, WriteId write, SessionEndReason reason, EventBatch events, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(events);
        return WriteAsync("EndShard", grows: false, desk => Ends.EndShard(desk, shard, write, reason, events), cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask TouchAsync(IReadOnlyList<SessionTouch> touches, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(touches);
        var own = touches.ToArray();
        await WriteAsync("Touch", grows: false, desk => Changes.Touch(desk, own), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<DataResult> CommitDataAsync(DataCommit commit, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(commit);
        var own = commit with { Changes = [.. commit.Changes] };
        if (own.Changes.Count > 1 && own.Changes.DistinctBy(change => change.Key, StringComparer.Ordinal).Count() < own.Changes.Count)
        {
            throw new ArgumentException("A commit changes each key once.", nameof(commit));
        }

        return WriteAsync("CommitData", grows: true, desk => DataWrites.Commit(desk, own), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<DataValue?> TakeDataAsync(DataTake take, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(take);
        return WriteAsync("TakeData", grows: false, desk => DataWrites.Take(desk, take), cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<DuePage> FindDueAsync(byte shard, DueQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Limit, 1, nameof(query));
        var now = query.Now.ToUnixTimeMilliseconds();
        var hasWork = await Ready(cancellationToken).ReadAsync("FindDue", (shard, now), static (reader, what) => reader.HasDue(what.shard, what.now), cancellationToken);
        return hasWork ? await WriteAsync("FindDue", grows: false, desk => Sweeps.FindDue(desk, shard, query), cancellationToken) : new([], HasMore: false);
    }

    /// <inheritdoc/>
    public async ValueTask<int> PurgeAsync(byte shard, DateTimeOffset now, int limit, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        var time = now.ToUnixTimeMilliseconds();
        var hasWork = await Ready(cancellationToken).ReadAsync("Purge", (shard, time), static (reader, what) => reader.HasPurge(what.shard, what.time), cancellationToken);
        return hasWork ? await WriteAsync("Purge", grows: false, desk => Sweeps.Purge(desk, shard, time, limit), cancellationToken) : 0;
    }

    /// <inheritdoc/>
    public async ValueTask AppendAsync(EventBatch events, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(events);
        await WriteAsync("Append", grows: true, desk =>
        {
            desk.Events.Append(events);
            return true;
        }, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<LoggedEvent>> ReadAsync(byte shard, long after, int limit, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        return Ready(cancellationToken).ReadAsync("Read", (shard, after, limit), static (reader, what) => reader.Events(what.shard, what.after, what.limit), cancellationToken);
    }

    /// <summary>
    /// Copies the store, as it stands now, into one file, while it goes on working. To restore: stop all programs that
    /// use the store, delete the database and all files beside it that begin with its name, and put the copy in its
    /// place. When it is opened, every session in it ends (<see cref="SqliteStoreOptions.AfterRestore"/>).
    /// </summary>
    /// <param name="path">The file to make; it must not exist.</param>
    /// <param name="cancellationToken">Gives up and leaves no file.</param>
    /// <exception cref="SessionStoreException">The copy could not be made; the message names file and cure.</exception>
    public async Task BackupAsync(string path, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var store = Ready(cancellationToken);
        store.Refuse("Backup");
        await Task.Run(() => OnlineBackup.Run(store.File, System.IO.Path.GetFullPath(path), cancellationToken), cancellationToken);
    }

    /// <summary>Finishes the writes that wait, refuses calls from now on, and closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        await _opening.WaitAsync();
        try
        {
            var isFirst = !_isDisposed; // twice is usual: sessions and the container both dispose of it
            _isDisposed = true;
            if (isFirst && _store is { } store)
            {
                await store.DisposeAsync();
            }
        }
        finally
        {
            _opening.Release();
        }
    }

    private OpenStore Open(string tenant)
    {
        try
        {
            return new(_file, _options, tenant, _feed, _logger);
        }
        catch (Exception fault) when (fault is SqliteFault or NewerSchemaException or IOException or UnauthorizedAccessException)
        {
            throw FileErrors.Of("Open", fault, _file.Path);
        }
    }

    private ValueTask<T> WriteAsync<T>(string name, bool grows, Func<Desk, T> write, CancellationToken cancellationToken)
    {
        var store = Ready(cancellationToken);
        store.Refuse(name);
        return store.Writer.WriteAsync(name, grows, write, cancellationToken);
    }

    private OpenStore Ready(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return _store ?? throw new InvalidOperationException("The store is not open: call OpenAsync first.");
    }
}
