namespace Sojourn.Storage;

/// <summary>How <c>UseSqlite</c> keeps sessions. The values are read once, when the store is made.</summary>
public sealed class SqliteStoreOptions
{
    /// <summary>
    /// The database file, created when it is missing; its folder must exist. Relative paths start at the current
    /// directory. Beside it lie <c>-wal</c> and <c>-shm</c> (SQLite's), <c>-mark</c> and <c>-reserve</c>. On a local disk:
    /// network file systems are refused.
    /// </summary>
    public string Path { get; set; } = "";

    /// <summary>
    /// How long a write waits for another process that holds the file's lock. Default 0.8 s, less than the time after
    /// which the engine gives up on a store; 10 ms to 1 minute.
    /// </summary>
    public TimeSpan LockTimeout { get; set; } = TimeSpan.FromMilliseconds(800);

    /// <summary>
    /// Connections that read at the same time. Default: two for each processor, 4 to 16; 1 to 64.
    /// </summary>
    public int Readers { get; set; } = Math.Clamp(2 * Environment.ProcessorCount, 4, 16);

    /// <summary>
    /// The size at which the log is moved into the database. Default 16 MiB; 1 MiB to 1 GiB. A larger one makes
    /// pauses rarer and longer.
    /// </summary>
    public long CheckpointBytes { get; set; } = 16L << 20;

    /// <summary>
    /// The size of the reserve: room that is given away when the disk is full, so that sessions can still be ended.
    /// Default 8 MiB; 0 for none, else 1 MiB to 1 GiB.
    /// </summary>
    public long ReserveBytes { get; set; } = 8L << 20;

    /// <summary>
    /// What happens to the sessions in a file that was restored from a backup, or copied from elsewhere. By default all
    /// of them end: what was revoked after the copy was made would otherwise be valid again.
    /// </summary>
    public SqliteRestore AfterRestore { get; set; } = SqliteRestore.EndSessions;

    /// <summary>For tests: a full disk, as a bound on the database's pages.</summary>
    internal long? MaxPages { get; init; }

    /// <summary>The faults of the settings, each with its cure.</summary>
    internal IEnumerable<string> Faults()
    {
        if (string.IsNullOrWhiteSpace(Path) || Path.Contains('\0', StringComparison.Ordinal) || Path.StartsWith(':'))
        {
            yield return $"SqliteStoreOptions.Path is \"{Path}\"; name a file, for example UseSqlite(\"sojourn.db\").";
        }

        foreach (var fault in new[]
        {
            Within(LockTimeout, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1), nameof(LockTimeout)),
            Within(Readers, 1, 64, nameof(Readers)),
            Within(CheckpointBytes, 1L << 20, 1L << 30, nameof(CheckpointBytes)),
            ReserveBytes == 0 ? null : Within(ReserveBytes, 1L << 20, 1L << 30, nameof(ReserveBytes)),
            Enum.IsDefined(AfterRestore) ? null : $"SqliteStoreOptions.AfterRestore is {AfterRestore}; choose EndSessions or KeepSessions.",
        })
        {
            if (fault is not null)
            {
                yield return fault;
            }
        }
    }

    /// <summary>A copy of settings that are within their ranges.</summary>
    internal static SqliteStoreOptions Checked(SqliteStoreOptions options)
    {
        var faults = options.Faults().ToList();
        return faults.Count == 0 ? (SqliteStoreOptions)options.MemberwiseClone() : throw new ArgumentException(string.Join(Environment.NewLine, faults), nameof(options));
    }

    private static string? Within<T>(T value, T least, T most, string name) where T : IComparable<T>
        => value.CompareTo(least) < 0 || value.CompareTo(most) > 0 ? $"SqliteStoreOptions.{name} is {value}; choose a value from {least} to {most}." : null;
}

/// <summary>What happens to the sessions in a restored file.</summary>
public enum SqliteRestore
{
    /// <summary>All of them end, for the reason <see cref="SessionEndReason.Restored"/>.</summary>
    EndSessions = 0,

    /// <summary>They go on, the ones included that were ended after the copy was made.</summary>
    KeepSessions = 1,
}
