namespace Sojourn.Tests.Storage;

[Requirement("ASVS-16.5.2")]
public sealed class CallLimitsTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void A_limit_fires_when_the_time_is_up_and_leaves_no_timer()
    {
        var limits = new CallLimits(_time);
        var first = limits.Begin(Patience, default);
        _time.Advance(Patience / 2);
        limits.Reuse(first);
        Assert.Equal(0, _time.PendingTimers);

        var second = limits.Begin(Patience, default);
        _time.Advance(Patience - TimeSpan.FromMilliseconds(1));
        Assert.False(second.Token.IsCancellationRequested);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(second.Token.IsCancellationRequested);
        limits.Reuse(second);
        Assert.Equal(0, _time.PendingTimers);
    }

    [Fact]
    public async Task A_limit_that_is_used_again_has_its_whole_time_and_fires_then()
    {
        var limits = new CallLimits(TimeProvider.System);
        var first = limits.Begin(Patience, default);
        limits.Reuse(first);
        var second = limits.Begin(TimeSpan.FromMilliseconds(20), default);
        Assert.Same(first.Source, second.Source);

        var fired = new TaskCompletionSource();
        second.Token.Register(fired.SetResult);
        await fired.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        limits.Reuse(second);

        Assert.NotSame(second.Source, limits.Begin(Patience, default).Source); // a token that was cancelled stays so
    }

    [Fact]
    public async Task A_caller_ends_its_own_call_and_no_later_one()
    {
        var limits = new CallLimits(TimeProvider.System);
        using var caller = new CancellationTokenSource();
        var first = limits.Begin(Patience, caller.Token);
        limits.Reuse(first);

        var second = limits.Begin(Patience, default);
        Assert.Same(first.Source, second.Source);
        await caller.CancelAsync();
        Assert.False(second.Token.IsCancellationRequested);

        var third = limits.Begin(Patience, caller.Token);
        Assert.True(third.Token.IsCancellationRequested);
        limits.Reuse(third);
    }

    [Fact]
    public async Task Parallel_calls_never_share_a_limit()
    {
        var limits = new CallLimits(TimeProvider.System);
        await Threads.RunAsync(8, _ =>
        {
            for (var i = 0; i < 5000; i++)
            {
                using var caller = new CancellationTokenSource();
                var limit = limits.Begin(Patience, caller.Token);
                Assert.False(limit.Token.IsCancellationRequested);
                if (i % 3 == 0)
                {
                    caller.Cancel();
                    Assert.True(limit.Token.IsCancellationRequested);
                }

                limits.Reuse(limit);
            }

            return Task.CompletedTask;
        });
    }
}
