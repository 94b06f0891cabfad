namespace Sojourn.Sqlite;

/// <summary>
/// A write on its way to the writer. It waits, and can be cancelled, until the writer takes it; from then on it is done
/// or fails as a whole, and answers only when its transaction is on the disk.
/// </summary>
internal abstract class WriteOperation(string name, bool grows)
{
    private const int Waiting = 0;
    private const int Taken = 1;
    private const int Cancelled = 2;

    private int _state;
    private bool _isSecondTry;

    /// <summary>The store operation, for errors.</summary>
    public string Name => name;

    /// <summary>Whether it adds what can be done without: on a full disk these are refused, so that the others find room.</summary>
    public bool Grows => grows;

    /// <summary>When it came, on the writer's clock.</summary>
    public long Since { get; set; }

    /// <summary>Whether the writer has it now; false when it was cancelled before.</summary>
    public bool TryTake() => Interlocked.CompareExchange(ref _state, Taken, Waiting) == Waiting;

    /// <summary>Lets it wait once more, after its transaction was rolled back; false when it has had its second chance.</summary>
    public bool TryAgain()
    {
        if (_isSecondTry)
        {
            return false;
        }

        _isSecondTry = true;
        Failure = null;
        Volatile.Write(ref _state, Waiting);
        return true;
    }

    /// <summary>Does it, in a transaction that is not committed yet.</summary>
    public abstract void Run(Desk desk);

    /// <summary>Its own failure, which it answers with although the transaction is committed.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Answers, once the transaction is committed.</summary>
    public abstract void Complete();

    /// <summary>Answers that it was not done, or that this is not known.</summary>
    public abstract void Fail(Exception exception);

    protected bool TryCancel() => Interlocked.CompareExchange(ref _state, Cancelled, Waiting) == Waiting;
}

/// <summary>A write with its answer.</summary>
internal sealed class WriteOperation<T>(string name, bool grows, Func<Desk, T> write) : WriteOperation(name, grows)
{
    private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationTokenRegistration _registration;
    private T? _result;

    public Task<T> Answer => _answer.Task;

    public void CancelWith(CancellationToken token)
    {
        if (token.CanBeCanceled)
        {
            _registration = token.UnsafeRegister(static (self, token) => ((WriteOperation<T>)self!).Cancel(token), this);
        }
    }

    public override void Run(Desk desk) => _result = write(desk);

    public override void Complete()
    {
        _registration.Unregister();
        _ = Failure is { } failure ? _answer.TrySetException(failure) : _answer.TrySetResult(_result!);
    }

    public override void Fail(Exception exception)
    {
        _registration.Unregister();
        _answer.TrySetException(exception);
    }

    private void Cancel(CancellationToken token)
    {
        if (TryCancel())
        {
            _answer.TrySetCanceled(token);
        }
    }
}
