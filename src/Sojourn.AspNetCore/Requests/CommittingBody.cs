using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;

namespace Sojourn.AspNetCore;

/// <summary>
/// The response body of a request with a session: before anything goes out, headers included, the session's changes are
/// committed, once. When that is refused, whatever the pipeline writes is dropped, and the outermost middleware answers
/// on <see cref="Inner"/>, or after <see cref="CommitGate.StopDiscarding"/> (rule 6: nothing is silently lost).
/// </summary>
/// <remarks>
/// One object per request. What is written through <see cref="GetSpan"/> before the first flush waits in a pooled
/// buffer; after the commit every call goes straight to the server's writer. Like any response body it is for one
/// writer at a time, except that the commit runs only once even if several begin at the same moment.
/// </remarks>
/// <param name="inner">The server's body, or what stands in front of it.</param>
/// <param name="commit">Writes the changes; false when the answer was refused. It must not use this body itself.</param>
internal sealed class CommittingBody(IHttpResponseBodyFeature inner, Func<CancellationToken, ValueTask<bool>> commit)
    : CommitGate(commit), IHttpResponseBodyFeature
{
    private CommittingStream? _stream;
    private WaitingBytes _waiting;
    private bool _isCompleted;
    private Exception? _completion;

    /// <summary>What this body stands in front of.</summary>
    public IHttpResponseBodyFeature Inner { get; } = inner;

    /// <inheritdoc/>
    public Stream Stream => _stream ??= new(this);

    /// <inheritdoc/>
    public PipeWriter Writer => this;

    /// <inheritdoc/>
    public void DisableBuffering() => Inner.DisableBuffering();

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        if (await EnsureCommittedAsync(cancellationToken))
        {
            await Inner.StartAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default)
    {
        if (await EnsureCommittedAsync(cancellationToken))
        {
            await Inner.SendFileAsync(path, offset, count, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async Task CompleteAsync()
    {
        if (await EnsureCommittedAsync(CancellationToken.None))
        {
            await Inner.CompleteAsync();
        }
    }

    /// <inheritdoc/>
    public override bool CanGetUnflushedBytes => Inner.Writer.CanGetUnflushedBytes;

    /// <inheritdoc/>
    public override long UnflushedBytes => _waiting.Count + (IsCommitted ? Inner.Writer.UnflushedBytes : 0);

    /// <inheritdoc/>
    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (!IsCommitted)
        {
            return _waiting.Lend(sizeHint);
        }

        CallIn();
        return Inner.Writer.GetMemory(sizeHint);
    }

    /// <inheritdoc/>
    public override Span<byte> GetSpan(int sizeHint = 0)
    {
        if (!IsCommitted)
        {
            return _waiting.Lend(sizeHint).Span;
        }

        CallIn();
        return Inner.Writer.GetSpan(sizeHint);
    }

    /// <inheritdoc/>
    public override void Advance(int bytes)
    {
        if (_waiting.IsLent)
        {
            _waiting.Advance(bytes);
            AfterDecision(); // memory that was lent before the commit may come back after it
        }
        else if (IsCommitted)
        {
            Inner.Writer.Advance(bytes);
        }
        else if (bytes != 0)
        {
            throw new InvalidOperationException("Advance was called without GetMemory or GetSpan before it.");
        }
    }

    /// <inheritdoc/>
    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        return IsCommitted ? Inner.Writer.FlushAsync(cancellationToken) : CommitAndFlushAsync(this, cancellationToken);

        static async ValueTask<FlushResult> CommitAndFlushAsync(CommittingBody body, CancellationToken cancellationToken)
            => await body.EnsureCommittedAsync(cancellationToken) ? await body.Inner.Writer.FlushAsync(cancellationToken) : body.Dropped();
    }

    /// <inheritdoc/>
    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        return IsCommitted ? Inner.Writer.WriteAsync(source, cancellationToken) : CommitAndWriteAsync(this, source, cancellationToken);

        static async ValueTask<FlushResult> CommitAndWriteAsync(CommittingBody body, ReadOnlyMemory<byte> source, CancellationToken cancellationToken)
            => await body.EnsureCommittedAsync(cancellationToken) ? await body.Inner.Writer.WriteAsync(source, cancellationToken) : body.Dropped();
    }

    /// <inheritdoc/>
    public override void CancelPendingFlush() => Inner.Writer.CancelPendingFlush();

    /// <summary>Ends the body. Before the commit it is only noted, and done after it, since this cannot wait.</summary>
    public override void Complete(Exception? exception = null)
    {
        if (IsCommitted)
        {
            Inner.Writer.Complete(exception);
        }
        else
        {
            _isCompleted = true;
            _completion = exception;
        }
    }

    /// <inheritdoc/>
    public override async ValueTask CompleteAsync(Exception? exception = null)
    {
        if (exception is not null)
        {
            Complete(exception); // an answer that fails is not committed for its own sake
        }
        else if (await EnsureCommittedAsync(CancellationToken.None))
        {
            await Inner.Writer.CompleteAsync();
        }
    }

    /// <inheritdoc/>
    protected override void AfterDecision()
    {
        if (IsDiscarding)
        {
            _waiting.Drop();
        }
        else if (IsCommitted)
        {
            _waiting.MoveTo(Inner.Writer);
            if (_isCompleted)
            {
                _isCompleted = false;
                Inner.Writer.Complete(_completion);
            }
        }
    }

    /// <inheritdoc/>
    protected override void MoveWaiting() => _waiting.MoveTo(Inner.Writer);

    /// <inheritdoc/>
    protected override void ForgetWaiting()
    {
        _waiting.CallIn();
        _isCompleted = false;
    }

    private void CallIn()
    {
        if (_waiting.IsLent)
        {
            _waiting.CallIn();
        }
    }

    // As with a client that went away: nobody reads, so that writing more is pointless, but no error.
    private FlushResult Dropped()
    {
        _waiting.Drop();
        return new(isCanceled: false, isCompleted: true);
    }
}
