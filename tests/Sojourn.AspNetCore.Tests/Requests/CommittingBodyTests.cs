using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Http.Features;

namespace Sojourn.AspNetCore.Tests.Requests;

/// <summary>The body alone, in front of one that keeps what it gets.</summary>
public sealed class CommittingBodyTests
{
    private static readonly byte[] Hello = "hello"u8.ToArray();

    private readonly KeptBody _inner = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Writers_that_begin_together_wait_for_one_commit()
    {
        var commit = new CommitProbe { IsSlow = true };
        var body = Body(commit);
        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => i % 2 == 0 ? body.StartAsync(Token) : body.EnsureCommittedAsync(Token).AsTask()));
        Assert.Equal((1, true, false), (commit.Calls, body.IsCommitted, body.IsDiscarding));
    }

    [Fact]
    public async Task Writers_that_wait_with_a_commit_that_fails_all_see_why_and_later_ones_are_dropped()
    {
        var fault = new IOException("store");
        var body = Body(new() { IsSlow = true, Fault = fault });
        var waiting = Enumerable.Range(0, 5).Select(_ => body.StartAsync(Token)).ToList();
        foreach (var each in waiting)
        {
            Assert.Same(fault, await Record.ExceptionAsync(() => each));
        }

        Assert.Equal((false, true, fault), (body.IsCommitted, body.IsDiscarding, body.Fault));
        Assert.False(await body.EnsureCommittedAsync(Token));
        Assert.True((await body.WriteAsync(Hello, Token)).IsCompleted);
        Assert.Equal("", await _inner.TextAsync());
    }

    [Fact]
    public async Task A_commit_that_throws_before_it_returns_is_no_different()
    {
        var body = new CommittingBody(_inner, _ => throw new IOException("store"));
        var task = body.StartAsync(Token);
        await Assert.ThrowsAsync<IOException>(() => task);
        Assert.True(body.IsDiscarding);
    }

    [Fact]
    public async Task Discarding_drops_what_waits_and_what_comes_and_stopping_lets_the_next_pass()
    {
        var commit = new CommitProbe();
        var body = Body(commit);
        body.Write(Hello);
        body.Discard();
        body.Write(Hello);
        await body.FlushAsync(Token);
        await body.Stream.WriteAsync(Hello, Token);
        await body.Stream.FlushAsync(Token);
        await body.SendFileAsync("/missing", 0, null, Token);
        await ((IHttpResponseBodyFeature)body).CompleteAsync();
        await body.CompleteAsync();
        Assert.Equal((0L, 0, false), (body.UnflushedBytes, commit.Calls, _inner.HasStarted));

        body.StopDiscarding();
        await body.WriteAsync("answer"u8.ToArray(), Token);
        Assert.Equal(("answer", 0), (await _inner.TextAsync(), commit.Calls));
    }

    [Fact]
    public async Task A_discard_while_the_commit_runs_wins()
    {
        CommittingBody body = null!;
        body = new(_inner, async _ =>
        {
            await Task.Yield();
            body.Discard();
            return true;
        });
        body.Write(Hello);
        Assert.False(await body.EnsureCommittedAsync(Token));
        Assert.True(body.IsDiscarding);
        Assert.Equal("", await _inner.TextAsync());
    }

    [Fact]
    public async Task Memory_lent_before_the_commit_may_come_back_after_it()
    {
        var body = Body(new());
        body.Write("a"u8);
        var memory = body.GetMemory(4);
        await body.StartAsync(Token);
        "bc"u8.CopyTo(memory.Span);
        body.Advance(2);
        await body.WriteAsync("d"u8.ToArray(), Token);
        Assert.Equal("abcd", await _inner.TextAsync());
    }

    [Fact]
    public async Task Memory_lent_before_the_commit_and_not_used_is_forgotten()
    {
        var body = Body(new());
        body.GetSpan(4);
        await body.StartAsync(Token);
        "new"u8.CopyTo(body.GetSpan(3));
        body.Advance(3);
        await body.FlushAsync(Token);
        Assert.Equal("new", await _inner.TextAsync());
    }

    [Fact]
    public async Task Memory_lent_before_a_discard_brings_nothing_back()
    {
        var body = Body(new());
        var memory = body.GetMemory(5);
        body.Discard();
        Hello.CopyTo(memory);
        body.Advance(5);
        body.StopDiscarding();
        await body.FlushAsync(Token);
        Assert.Equal("", await _inner.TextAsync());
    }

    [Fact]
    public void Advancing_further_than_what_was_lent_is_refused()
    {
        var body = Body(new());
        Assert.Throws<InvalidOperationException>(() => body.Advance(1));
        var length = body.GetMemory(1).Length;
        Assert.Throws<ArgumentOutOfRangeException>(() => body.Advance(length + 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => body.Advance(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => body.GetMemory(-1));
        body.Advance(1);
        Assert.Equal(1, body.UnflushedBytes);
    }

    [Fact]
    public async Task Completing_without_waiting_is_done_after_the_commit()
    {
        var body = Body(new() { IsSlow = true });
        body.Write(Hello);
        body.Complete();
        Assert.False(_inner.IsCompleted);
        await body.EnsureCommittedAsync(Token);
        Assert.Equal("hello", await _inner.TextAsync());
        Assert.True(_inner.IsCompleted);
    }

    [Fact]
    public async Task Completing_with_an_error_does_not_commit()
    {
        var commit = new CommitProbe();
        await Body(commit).CompleteAsync(new IOException("broken"));
        Assert.Equal(0, commit.Calls);
    }

    [Fact]
    public async Task Whoever_disposes_the_stream_ends_nothing()
    {
        var body = Body(new());
        await body.Stream.DisposeAsync();
        await body.Stream.WriteAsync(Hello, Token);
        Assert.Equal("hello", await _inner.TextAsync());
        Assert.Same(body.Stream, body.Stream);
        Assert.Equal((false, false, true), (body.Stream.CanRead, body.Stream.CanSeek, body.Stream.CanWrite));
    }

    [Fact]
    public void A_request_costs_one_object()
    {
        Func<CancellationToken, ValueTask<bool>> commit = _ => new(true);
        var inner = new SilentBody();
        Run(); // the pool fills

        var before = GC.GetAllocatedBytesForCurrentThread();
        var steps = Run();
        var spent = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(steps);
        Assert.InRange(spent, 1, 160);

        bool Run()
        {
            var body = new CommittingBody(inner, commit);
            body.GetSpan(10);
            body.Advance(10);
            var committed = body.EnsureCommittedAsync(CancellationToken.None);
            body.GetSpan(10);
            body.Advance(10);
            var flushed = body.FlushAsync(CancellationToken.None);
            var written = body.WriteAsync(Hello, CancellationToken.None);
            return committed.IsCompletedSuccessfully && flushed.IsCompletedSuccessfully && written.IsCompletedSuccessfully;
        }
    }

    [Fact]
    public void Any_order_of_calls_keeps_the_order_of_the_bytes() => Texts.ForAll(
        ["span ", "large ", "lend ", "write ", "flush ", "start ", "stream ", "ensure "],
        script => RunAsync(script, mayGoOut: true).GetAwaiter().GetResult() && RunAsync(script, mayGoOut: false).GetAwaiter().GetResult());

    private static async Task<bool> RunAsync(string script, bool mayGoOut)
    {
        var inner = new KeptBody();
        var commits = 0;
        var body = new CommittingBody(inner, async _ =>
        {
            commits++;
            await Task.Yield();
            return mayGoOut;
        });
        var expected = new StringBuilder();
        foreach (var (i, step) in script.Split(' ').Index())
        {
            var bytes = Encoding.ASCII.GetBytes(step == "large" ? new string('x', 5000) + i : $"{i};");
            switch (step)
            {
                case "span" or "large": body.Write(bytes); break;
                case "lend": body.GetMemory(3); continue;
                case "write": await body.WriteAsync(bytes, Token); break;
                case "stream": await body.Stream.WriteAsync(bytes, Token); break;
                case "flush": await body.FlushAsync(Token); continue;
                case "start": await body.StartAsync(Token); continue;
                case "ensure": await body.EnsureCommittedAsync(Token); continue;
                default: continue;
            }

            expected.Append(Encoding.ASCII.GetString(bytes));
        }

        return await body.EnsureCommittedAsync(Token) == mayGoOut && commits == 1 && await inner.TextAsync() == (mayGoOut ? expected.ToString() : "");
    }

    private CommittingBody Body(CommitProbe commit) => new(_inner, _ => commit.CommitAsync(null));

    /// <summary>Keeps everything, in the order of writing, as servers do.</summary>
    private sealed class KeptBody : IHttpResponseBodyFeature
    {
        private readonly MemoryStream _bytes = new();
        private PipeWriter? _writer;

        public bool HasStarted { get; private set; }

        public bool IsCompleted => Record.Exception(() => Writer.GetMemory()) is InvalidOperationException;

        public Stream Stream => Writer.AsStream(leaveOpen: true);

        public PipeWriter Writer => _writer ??= PipeWriter.Create(_bytes, new StreamPipeWriterOptions(leaveOpen: true));

        public async Task<string> TextAsync()
        {
            await Writer.FlushAsync(Token);
            return Encoding.ASCII.GetString(_bytes.ToArray());
        }

        public Task StartAsync(CancellationToken cancellationToken = default)
        {
            HasStarted = true;
            return Task.CompletedTask;
        }

        public Task CompleteAsync() => Writer.CompleteAsync().AsTask();

        public void DisableBuffering() => throw new NotSupportedException();

        public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) => throw new NotSupportedException();
    }

    /// <summary>Takes everything and allocates nothing.</summary>
    private sealed class SilentBody : PipeWriter, IHttpResponseBodyFeature
    {
        private readonly byte[] _scratch = new byte[1024];

        public Stream Stream => Stream.Null;

        public PipeWriter Writer => this;

        public override void Advance(int bytes)
        {
        }

        public override Memory<byte> GetMemory(int sizeHint = 0) => _scratch;

        public override Span<byte> GetSpan(int sizeHint = 0) => _scratch;

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => default;

        public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default) => default;

        public override void CancelPendingFlush()
        {
        }

        public override void Complete(Exception? exception = null)
        {
        }

        public Task CompleteAsync() => Task.CompletedTask;

        public void DisableBuffering()
        {
        }

        public Task StartAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

        public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) => Task.CompletedTask;
    }
}
