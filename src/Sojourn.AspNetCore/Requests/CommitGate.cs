using System.IO.Pipelines;
using System.Runtime.ExceptionServices;

namespace Sojourn.AspNetCore;

/// <summary>
/// The half of <see cref="CommittingBody"/> that decides: it runs the commit once, however many begin to write at the
/// same moment, and knows whether what is written goes out. A base class, so that a request costs one object.
/// </summary>
/// <param name="commit">Writes the changes; false when the answer was refused. It must not use this body itself.</param>
internal abstract class CommitGate(Func<CancellationToken, ValueTask<bool>> commit) : PipeWriter
{
    private const int Undecided = 0;
    private const int Committing = 1;
    private const int Open = 2;
    private const int Shut = 3;

    private volatile int _gate;
    private TaskCompletionSource? _settled;

    /// <summary>Whether what is written goes out: the commit has succeeded, or <see cref="StopDiscarding"/> was called.</summary>
    public bool IsCommitted => _gate == Open;

    /// <summary>Whether what is written is dropped: the commit was refused or failed, or <see cref="Discard"/> was called.</summary>
    public bool IsDiscarding => _gate == Shut;

    /// <summary>What the commit threw, if it did.</summary>
    public Exception? Fault { get; private set; }

    /// <summary>Commits unless that has been done. The outermost middleware calls it last, for answers without a body.</summary>
    /// <returns>Whether the application's answer may go out.</returns>
    /// <remarks>
    /// What the commit throws goes to the caller that began it, and to those that waited with it; later callers get
    /// false. Bytes that waited are handed to the server's writer, not flushed: the server does that at the end.
    /// </remarks>
    public ValueTask<bool> EnsureCommittedAsync(CancellationToken cancellationToken)
    {
        var gate = _gate;
        if (gate >= Open)
        {
            return new(gate == Open);
        }

        return Interlocked.CompareExchange(ref _gate, Committing, Undecided) == Undecided ? CommitAsync(cancellationToken) : WaitAsync();
    }

    /// <summary>From now on drops what is written, and what waits. A commit that is under way counts no longer.</summary>
    /// <remarks>Meant for the time before the response starts: what has gone out cannot be taken back.</remarks>
    public void Discard()
    {
        _gate = Shut;
        AfterDecision();
    }

    /// <summary>From now on lets pass what is written, without a commit: for the session layer's own answer.</summary>
    public void StopDiscarding()
    {
        ForgetWaiting();
        _gate = Open;
    }

    /// <summary>Hands on what waits. Called just before the gate opens, so that nothing overtakes it.</summary>
    protected abstract void MoveWaiting();

    /// <summary>Forgets what waits, and loans and endings too.</summary>
    protected abstract void ForgetWaiting();

    /// <summary>Does what had to wait for the decision.</summary>
    protected abstract void AfterDecision();

    private ValueTask<bool> CommitAsync(CancellationToken cancellationToken)
    {
        ValueTask<bool> pending;
        try
        {
            pending = commit(cancellationToken);
        }
        catch (Exception fault)
        {
            return ValueTask.FromException<bool>(Fail(fault));
        }

        if (pending.IsCompletedSuccessfully)
        {
            return new(Settle(pending.Result));
        }

        return AwaitAsync(this, pending);

        static async ValueTask<bool> AwaitAsync(CommitGate gate, ValueTask<bool> pending)
        {
            bool mayGoOut;
            try
            {
                mayGoOut = await pending;
            }
            catch (Exception fault)
            {
                gate.Fail(fault);
                throw;
            }

            return gate.Settle(mayGoOut);
        }
    }

    private Exception Fail(Exception fault)
    {
        Fault = fault;
        Settle(mayGoOut: false);
        return fault;
    }

    private bool Settle(bool mayGoOut)
    {
        try
        {
            // What waits goes first, then the gate opens. A Discard in between keeps it shut.
            if (mayGoOut && _gate == Committing)
            {
                MoveWaiting();
            }
        }
        finally
        {
            // The server may refuse the bytes (more than the Content-Length); that is the writer's affair, the commit stands.
            Interlocked.CompareExchange(ref _gate, mayGoOut ? Open : Shut, Committing);
            Interlocked.CompareExchange(ref _settled, null, null)?.TrySetResult();
        }

        AfterDecision();
        return _gate == Open;
    }

    private async ValueTask<bool> WaitAsync()
    {
        var settled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        settled = Interlocked.CompareExchange(ref _settled, settled, null) ?? settled;
        if (_gate == Committing)
        {
            await settled.Task;
        }

        if (Fault is { } fault)
        {
            ExceptionDispatchInfo.Throw(fault);
        }

        return _gate == Open;
    }
}
