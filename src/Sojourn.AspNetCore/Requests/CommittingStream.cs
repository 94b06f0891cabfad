namespace Sojourn.AspNetCore;

/// <summary>
/// The stream face of a <see cref="CommittingBody"/>, made only when somebody asks for it. Disposing it does nothing,
/// as with the server's own: writers around it do that while the response goes on.
/// </summary>
internal sealed class CommittingStream(CommittingBody body) : Stream
{
    private Stream Inner => body.Inner.Stream;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        return body.IsCommitted ? Inner.WriteAsync(buffer, cancellationToken) : CommitAndWriteAsync(this, buffer, cancellationToken);

        static async ValueTask CommitAndWriteAsync(CommittingStream stream, ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
        {
            if (await stream.EnsureCommittedAsync(cancellationToken))
            {
                await stream.Inner.WriteAsync(buffer, cancellationToken);
            }
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken)
    {
        return body.IsCommitted ? Inner.FlushAsync(cancellationToken) : CommitAndFlushAsync(this, cancellationToken);

        static async Task CommitAndFlushAsync(CommittingStream stream, CancellationToken cancellationToken)
        {
            if (await stream.EnsureCommittedAsync(cancellationToken))
            {
                await stream.Inner.FlushAsync(cancellationToken);
            }
        }
    }

    public override void Write(byte[] buffer, int offset, int count)
    {
        if (EnsureCommitted())
        {
            Inner.Write(buffer, offset, count);
        }
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (EnsureCommitted())
        {
            Inner.Write(buffer);
        }
    }

    public override void Flush()
    {
        if (EnsureCommitted())
        {
            Inner.Flush();
        }
    }

    public override IAsyncResult BeginWrite(byte[] buffer, int offset, int count, AsyncCallback? callback, object? state)
        => TaskToAsyncResult.Begin(WriteAsync(buffer, offset, count, CancellationToken.None), callback, state);

    public override void EndWrite(IAsyncResult asyncResult) => TaskToAsyncResult.End(asyncResult);

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private ValueTask<bool> EnsureCommittedAsync(CancellationToken cancellationToken) => body.EnsureCommittedAsync(cancellationToken);

    // Waiting for a store here would block a pool thread, which starves the server. A commit that was begun goes on,
    // and the end of the request waits for it.
    private bool EnsureCommitted()
    {
        var commit = EnsureCommittedAsync(CancellationToken.None);
        return commit.IsCompleted ? commit.GetAwaiter().GetResult() : throw new InvalidOperationException(
            "The session's changes are written before the first byte of the response, which a synchronous write cannot wait for. "
            + "Write asynchronously, or call await Response.StartAsync() first.");
    }
}
