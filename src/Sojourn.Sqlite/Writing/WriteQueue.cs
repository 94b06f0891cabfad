using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Sojourn.Sqlite;

/// <summary>The writes that wait for the writer. Any thread adds; only the writer takes, and sleeps here while there is none.</summary>
internal sealed class WriteQueue
{
    private readonly ConcurrentQueue<WriteOperation> _waiting = new();
    private readonly object _bed = new();
    private int _isAsleep;
    private volatile bool _isClosed;

    public bool IsClosed => _isClosed;

    public bool IsEmpty => _waiting.IsEmpty;

    /// <summary>How many wait, about.</summary>
    public int Count => _waiting.Count;

    public void Add(WriteOperation operation)
    {
        _waiting.Enqueue(operation);
        Wake();
    }

    /// <summary>Sleeps until there is a write, the queue is closed, or the time is over.</summary>
    public void Sleep(TimeSpan longest)
    {
        lock (_bed)
        {
            Interlocked.Exchange(ref _isAsleep, 1);
            if (_waiting.IsEmpty && !_isClosed)
            {
                Monitor.Wait(_bed, longest);
            }

            Interlocked.Exchange(ref _isAsleep, 0);
        }
    }

    public bool TryPeek([NotNullWhen(true)] out WriteOperation? operation) => _waiting.TryPeek(out operation);

    /// <summary>Takes the next write that nobody cancelled.</summary>
    public bool TryTake([NotNullWhen(true)] out WriteOperation? operation)
    {
        while (_waiting.TryDequeue(out operation))
        {
            if (operation.TryTake())
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>No sleep any more. Whoever adds afterwards must find out by itself that nobody comes.</summary>
    public void Close()
    {
        _isClosed = true;
        Wake();
    }

    private void Wake()
    {
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _isAsleep) == 1)
        {
            lock (_bed)
            {
                Monitor.Pulse(_bed);
            }
        }
    }
}
