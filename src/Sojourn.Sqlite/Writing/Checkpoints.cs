using Sojourn.Storage;

namespace Sojourn.Sqlite;

/// <summary>
/// Moves the log into the database when it is planned, not in the middle of somebody's commit: when the log has grown
/// to its size, or when nobody writes. Between two batches nobody is in the way, so the log begins again from its start.
/// </summary>
internal sealed class Checkpoints(Connection connection, TimeProvider time, SqliteStoreOptions options)
{
    private static readonly TimeSpan IdleFor = TimeSpan.FromSeconds(2);

    /// <summary>A log that is so many times too long, because it was never free of readers, is cut short as soon as it is.</summary>
    private const int TruncateFactor = 4;

    private readonly long _pages = options.CheckpointBytes / SchemaFile.PageSize;
    private long _written;
    private long _lastCommit;
    private bool _isLong;
    private bool _isAtRest = true;

    /// <summary>Counts the pages of a commit.</summary>
    public void Count()
    {
        _ = SqliteNative.Status(connection.Handle, SqliteCode.StatusPagesWritten, out var pages, out _, reset: 1);
        _written += pages;
        _lastCommit = time.GetTimestamp();
        _isAtRest = false;
    }

    public void RunIfDue(bool isIdle)
    {
        if (_written >= _pages || (isIdle && !_isAtRest && time.GetElapsedTime(_lastCommit) >= IdleFor))
        {
            Run(_isLong ? SqliteCode.CheckpointTruncate : SqliteCode.CheckpointPassive);
        }
    }

    private void Run(int mode)
    {
        // Whatever comes of it, the next try waits for as many pages: readers and other processes may hold the log open.
        _isAtRest = true;
        _written = 0;
        var code = SqliteNative.Checkpoint(connection.Handle, "main", mode, out var frames, out _);
        _isLong = frames >= _pages * TruncateFactor;
        if (code is not SqliteCode.Ok && (code & 0xff) is not (SqliteCode.Busy or SqliteCode.Locked))
        {
            throw connection.Fault(code);
        }
    }
}
