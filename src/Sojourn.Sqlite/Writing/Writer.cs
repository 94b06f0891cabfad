using Sojourn.Storage;

namespace Sojourn.Sqlite;

/// <summary>
/// The one thread of this process that writes. It sleeps until there are writes, takes all that wait, and commits them
/// together; in between it reads what other processes wrote, and moves the log into the database.
/// </summary>
/// <remarks>
/// A thread of its own, since everything here blocks: on the disk, on another process's lock. What it waits for is the
/// machine, so it goes by the machine's time, never by the application's (which tests move by hand).
/// </remarks>
internal sealed class Writer
{
    private static readonly TimeSpan NewsInterval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan DoorInterval = TimeSpan.FromMilliseconds(50);

    private readonly WriterParts _parts;
    private readonly WriteQueue _queue = new();
    private readonly List<FeedMessage> _news = [];
    private readonly Thread _thread;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _lastNews;
    private long _lastPause;
    private string? _lastComplaint;
    private volatile NewerSchemaException? _refusal;

    public Writer(WriterParts parts)
    {
        _parts = parts;
        _thread = new Thread(Run) { IsBackground = true, Name = "Sojourn SQLite writer" };
        _thread.Start();
    }

    /// <summary>Set once a newer schema has shut this program out.</summary>
    public NewerSchemaException? Refusal => _refusal;

    /// <summary>Writes; the answer comes when the transaction is on the disk.</summary>
    public ValueTask<T> WriteAsync<T>(string name, bool grows, Func<Desk, T> write, CancellationToken cancellationToken)
    {
        if (_queue.IsFull)
        {
            throw FileErrors.Crowded(name, _parts.Path, WriteQueue.Most);
        }

        var operation = new WriteOperation<T>(name, grows, write) { Since = _parts.Time.GetTimestamp() };
        operation.CancelWith(cancellationToken);
        _queue.Add(operation);
        if (_queue.IsClosed)
        {
            FailWaiting(); // the thread may have gone already
        }

        return new(operation.Answer);
    }

    /// <summary>Finishes what waits and closes the connection.</summary>
    public Task StopAsync()
    {
        _queue.Close();
        return _ended.Task;
    }

    private void Run()
    {
        while (!_queue.IsClosed || !_queue.IsEmpty)
        {
            if (_queue.IsEmpty)
            {
                _queue.Sleep(NewsInterval);
                _lastPause = _parts.Time.GetTimestamp();
            }

            Guard(ReadNewsIfDue);
            Guard(_parts.Room.Refill);
            Guard(BeatIfDue);
            Guard(() => _parts.Checkpoints.RunIfDue(isIdle: _queue.IsEmpty));
            if (!_queue.IsEmpty)
            {
                WriteBatch();
            }
        }

        Guard(_parts.Close);
        FailWaiting();
        _ended.SetResult();
    }

    private void WriteBatch()
    {
        if (_refusal is { } refusal)
        {
            FailWaiting(refusal);
            return;
        }

        try
        {
            if (_parts.Batches.TryBegin(_queue, ReadNewsIfDue))
            {
                _parts.Batches.Run(_queue, _news);
            }
        }
        catch (NewerSchemaException newer)
        {
            Refuse(newer);
        }
        catch (Exception fault)
        {
            FailWaiting(fault); // BEGIN itself failed: read-only, damaged, no such disk
        }

        LetOthersIn();
    }

    /// <summary>After each batch while others are known; and now and then, since whoever opens the file just now could not make itself known otherwise.</summary>
    private void LetOthersIn()
    {
        if (_parts.Neighbours.AreFresh || _parts.Time.GetElapsedTime(_lastPause) >= DoorInterval)
        {
            Polling.Pause(1);
            _lastPause = _parts.Time.GetTimestamp();
        }
    }

    private void ReadNewsIfDue()
    {
        if (_parts.Time.GetElapsedTime(_lastNews) < NewsInterval)
        {
            return;
        }

        _lastNews = _parts.Time.GetTimestamp();
        while (_parts.News.Read(_news))
        {
            _parts.Feed.Publish(_news);
        }

        _parts.Feed.Publish(_news);
    }

    private void BeatIfDue()
    {
        if (_parts.Neighbours.IsBeatDue && _queue.IsEmpty)
        {
            _queue.Add(new WriteOperation<bool>("Beat", grows: false, _ => true) { Since = _parts.Time.GetTimestamp() });
        }
    }

    /// <summary>Chores fail without end for anybody: the next write meets the same fault, and tells it to its caller. The log has it once.</summary>
    private void Guard(Action chore)
    {
        try
        {
            chore();
        }
        catch (NewerSchemaException newer)
        {
            Refuse(newer);
        }
        catch (Exception fault)
        {
            // Nothing may end this thread, or every write would wait for ever.
            if (fault is not SqliteFault { IsBusy: true } && fault.Message != _lastComplaint)
            {
                _lastComplaint = fault.Message;
                SqliteLog.ChoreFailed(_parts.Logger, _parts.Path, fault.Message);
            }
        }
    }

    private void Refuse(NewerSchemaException newer)
    {
        var isNew = _refusal is null;
        _refusal = newer;
        FailWaiting(newer);
        if (isNew)
        {
            SqliteLog.Forbidden(_parts.Logger, _parts.Path, newer.Version);
        }
    }

    private void FailWaiting(Exception? fault = null)
    {
        while (_queue.TryTake(out var operation))
        {
            operation.Fail(fault is null ? new ObjectDisposedException(nameof(SqliteSessionStore)) : FileErrors.Of(operation.Name, fault, _parts.Path));
        }
    }
}
