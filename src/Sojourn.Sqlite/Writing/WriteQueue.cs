using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Sojourn.Sqlite;

/// <summary>The writes that wait for the writer. Any thread adds; only the writer takes, and sleeps here while there is none.</summary>
internal sealed class WriteQueue
{
    /// <summary>More than a slow disk writes in the second for which anybody waits.</summary>
    public const int Most = 20_000;

    private readonly ConcurrentQueue<WriteOperation> _waiting = new();
    private readonly object _bed = new();
    private int _count;
    private int _isAsleep;
    private volatile bool _isClosed;

    public bool IsClosed => _isClosed;

    public bool IsEmpty => _waiting.IsEmpty;

    /// <summary>Whether so many wait that another one would only time out behind them, and fill the memory.</summary>
    public bool IsFull => Volatile.Read(ref _count) >= Most;

    public void Add(WriteOperation operation)
    {
        Interlocked.Increment(ref _count);
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
            Interlocked.Decrement(ref _count);
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
