using Sojourn.Storage;

namespace Sojourn.Sqlite;

/// <summary>
/// Commits everything that waits in one transaction: one sync of the log for all, and nobody hears anything before it.
/// Each write has a savepoint, so one that is refused takes no other with it; but after a full disk or a failed write
/// nothing of the transaction can be relied on, and the whole batch fails.
/// </summary>
internal sealed class Batches(WriterParts parts)
{
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(10);

    private readonly Connection _connection = parts.Connection;
    private readonly List<WriteOperation> _done = [];

    // IMMEDIATE: a transaction that reads first and writes later can find itself overtaken, and would have to be repeated.
    private readonly Statement _begin = parts.Connection.Prepare("BEGIN IMMEDIATE");
    private readonly Statement _commit = parts.Connection.Prepare("COMMIT");
    private readonly Statement _rollback = parts.Connection.Prepare("ROLLBACK");
    private readonly Statement _savepoint = parts.Connection.Prepare("SAVEPOINT write");
    private readonly Statement _release = parts.Connection.Prepare("RELEASE write");
    private readonly Statement _undo = parts.Connection.Prepare("ROLLBACK TO write");
    private readonly Statement _count = parts.Connection.Prepare("UPDATE store SET commits = commits + 1 WHERE n = 1 RETURNING commits");

    private readonly SchemaGuard _schema = new(parts.Connection);
    private long _changesBefore;

    /// <summary>Takes the write lock. A write that has waited for it alone for too long is told that the file is locked.</summary>
    /// <returns>False when nobody waits any more: cancelled, or told that the file is locked.</returns>
    public bool TryBegin(WriteQueue queue, Action meanwhile)
    {
        var begun = parts.Time.GetTimestamp(); // what a write waited for before was this process's own work
        while (!queue.IsEmpty)
        {
            if (_begin.TryStep() is SqliteCode.Done)
            {
                return true;
            }

            meanwhile();
            while (queue.TryPeek(out var first) && parts.Time.GetElapsedTime(Math.Max(begun, first.Since)) > parts.LockTimeout && queue.TryTake(out var late))
            {
                late.Fail(FileErrors.Locked(late.Name, parts.Path, parts.LockTimeout));
            }

            Polling.Pause();
        }

        return false;
    }

    /// <summary>Runs what waits, for at most 10 ms, and commits. The write lock is held.</summary>
    public void Run(WriteQueue queue, List<FeedMessage> news)
    {
        var begun = parts.Time.GetTimestamp();
        WriteOperation? operation = null;
        var isCommitting = false;
        try
        {
            _changesBefore = _connection.TotalChanges;
            _schema.Check();

            // What others told before comes first: messages of one session keep their order.
            while (parts.News.Read(news))
            {
                parts.Feed.Publish(news);
            }

            parts.Feed.Publish(news);
            while (queue.TryTake(out operation))
            {
                RunOne(operation);
                _done.Add(operation);
                operation = null;
                if (parts.Time.GetElapsedTime(begun) >= Longest)
                {
                    break;
                }
            }

            isCommitting = true;
            Commit();
        }
        catch (Exception fault)
        {
            var hasNobodyToTell = operation is null && _done.Count == 0;
            Abort(queue, fault, operation, isCommitting);
            if (fault is NewerSchemaException || hasNobodyToTell)
            {
                throw; // the caller tells those who wait
            }

            return;
        }

        var done = TakeDone();
        try
        {
            parts.Feed.Publish(parts.Desk.Messages);
        }
        finally
        {
            foreach (var each in done)
            {
                each.Complete(); // committed, whatever a listener does
            }
        }
    }

    /// <summary>Whoever answers these empties the list first: what is left in it would be answered with the next batch.</summary>
    private WriteOperation[] TakeDone()
    {
        WriteOperation[] done = [.. _done];
        _done.Clear();
        return done;
    }

    private void RunOne(WriteOperation operation)
    {
        if (operation.Grows && parts.Room.IsTight)
        {
            operation.Failure = FileErrors.Of(operation.Name, new SqliteFault(SqliteCode.Full, "the disk is full"), parts.Path);
            return;
        }

        var messages = parts.Desk.Messages.Count;
        _savepoint.Run();
        try
        {
            operation.Run(parts.Desk);
        }
        catch (Exception fault) when (fault is not SqliteFault { EndsTransaction: true } && _connection.IsInTransaction)
        {
            _undo.Run();
            parts.Desk.Messages.RemoveRange(messages, parts.Desk.Messages.Count - messages);
            operation.Failure = FileErrors.IsFault(fault) ? FileErrors.Of(operation.Name, fault, parts.Path) : fault;
        }

        _release.Run();
    }

    private void Commit()
    {
        if (parts.Neighbours.IsBeatDue)
        {
            parts.Neighbours.BeatNow();
        }

        if (_connection.TotalChanges == _changesBefore)
        {
            _rollback.Run(); // nobody changed anything: there is nothing to sync
            return;
        }

        long commits;
        using (_count.Rows())
        {
            commits = _count.Step() ? _count.Integer(0) : throw ByteReader.Damage();
        }

        _commit.Run();
        parts.Mark.Write(commits);
        parts.Checkpoints.Count();
    }

    private void Abort(WriteQueue queue, Exception fault, WriteOperation? current, bool isCommitting)
    {
        if (_connection.IsInTransaction)
        {
            try
            {
                _rollback.Run();
            }
            catch (SqliteFault)
            {
                // SQLite has rolled back by itself.
            }
        }

        parts.Desk.Messages.Clear();
        if (current is not null)
        {
            _done.Add(current);
        }

        var failed = TakeDone();
        try
        {
            if (fault is SqliteFault { IsFull: true })
            {
                parts.Room.Free();
            }
        }
        finally
        {
            foreach (var each in failed)
            {
                // The reserve is there for these: they get a second chance with it.
                if (fault is SqliteFault { IsFull: true } && !each.Grows && each.TryAgain())
                {
                    queue.Add(each);
                }
                else
                {
                    each.Fail(FileErrors.Of(each.Name, fault, parts.Path, inDoubt: isCommitting)); // a failed sync may have reached the disk all the same
                }
            }
        }
    }
}
