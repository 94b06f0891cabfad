using System.Net;

namespace Sojourn.Tests.Touch;

public sealed class TouchBufferTests
{
    private readonly EngineHarness _node = EngineHarness.Create(options => options.MaxBufferedTouches = 3);

    [Fact]
    [Requirement("NIST-5.2-3")]
    public async Task The_first_sight_of_a_session_is_written_at_once_and_confirms_it()
    {
        var token = await _node.SignInAsync();
        Assert.False((await _node.RecordAsync(token)).IsConfirmed);
        _node.Pass(TimeSpan.FromSeconds(1));

        await _node.ExpectAsync(SessionOutcome.Active, token);

        Assert.True((await _node.RecordAsync(token)).IsConfirmed);
        Assert.Equal(_node.Now, (await _node.RecordAsync(token)).LastSeenAt);
    }

    [Fact]
    public async Task Activity_within_the_interval_is_not_noted()
    {
        var token = await _node.ConfirmedAsync();
        _node.Store.ResetCalls();
        _node.Pass(TimeSpan.FromSeconds(59));
        await _node.ExpectAsync(SessionOutcome.Active, token);
        await FlushAsync();
        Assert.Equal(0, _node.Store.Calls(StoreOperation.Touch));

        _node.Pass(TimeSpan.FromSeconds(1));
        await _node.ExpectAsync(SessionOutcome.Active, token);
        Assert.Equal(0, _node.Store.Calls(StoreOperation.Touch));
        await FlushAsync();
        Assert.Equal(1, _node.Store.Calls(StoreOperation.Touch));
        Assert.Equal(_node.Now, (await _node.RecordAsync(token)).LastSeenAt);
    }

    [Fact]
    public async Task Activity_that_is_noted_while_a_flush_writes_what_came_before_is_not_lost()
    {
        var node = EngineHarness.Create(bare: true);
        var token = await node.ConfirmedAsync();
        using var stop = new CancellationTokenSource();
        var flushing = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                await node.Engine.Touches.FlushAsync(CancellationToken.None);
            }
        }, TestContext.Current.CancellationToken);
        var now = node.Now;
        for (var i = 0; i < 1400; i++) // minutes, less than the day after which the session is over
        {
            now += TimeSpan.FromMinutes(1);
            var running = await node.RecordAsync(token);
            await node.Engine.Touches.NoteAsync(running, client: null, now);
            var waiting = node.Engine.Touches.LastSeen(running); // first: a flush writes, and then lets go
            var written = (await node.RecordAsync(token)).LastSeenAt;
            Assert.Equal(now, waiting > written ? waiting : written);
        }

        await stop.CancelAsync();
        await flushing;
    }

    [Fact]
    public async Task Many_requests_of_one_session_are_one_touch_with_the_latest_time_of_its_interval()
    {
        var token = await _node.ConfirmedAsync();
        for (var i = 0; i < 30; i++)
        {
            _node.Pass(TimeSpan.FromSeconds(10));
            await _node.ExpectAsync(SessionOutcome.Active, token);
        }

        _node.Store.ResetCalls();
        await FlushAsync();
        await FlushAsync();
        Assert.Equal(1, _node.Store.Calls(StoreOperation.Touch));
        Assert.InRange((await _node.RecordAsync(token)).LastSeenAt, _node.Now - TimeSpan.FromSeconds(60), _node.Now);
    }

    [Fact]
    [Requirement("WSTG-SESS-07.e")]
    public async Task A_passive_request_is_no_activity()
    {
        var token = await _node.SignInAsync();
        _node.Pass(TimeSpan.FromMinutes(5));

        Assert.True((await _node.Manager.ValidateAsync(token, new(IsPassive: true))).IsActive);
        await FlushAsync();

        Assert.Equal((false, _node.Now.AddMinutes(-5)), ((await _node.RecordAsync(token)).IsConfirmed, (await _node.RecordAsync(token)).LastSeenAt));
    }

    [Fact]
    public async Task Activity_close_to_the_stored_deadline_is_written_at_once()
    {
        var token = await _node.ConfirmedAsync();
        var lag = TimeSpan.FromSeconds(65); // touch interval and flush
        _node.Pass(TimeSpan.FromHours(1) - lag);
        await _node.ExpectAsync(SessionOutcome.Active, token);
        Assert.Equal(_node.Now - TimeSpan.FromHours(1) + lag, (await _node.RecordAsync(token)).LastSeenAt);

        _node.Pass(TimeSpan.FromMilliseconds(1));
        await _node.ExpectAsync(SessionOutcome.Active, token);
        Assert.Equal(_node.Now, (await _node.RecordAsync(token)).LastSeenAt);
    }

    [Fact]
    public async Task Beyond_the_bound_activity_is_written_at_once_and_after_a_flush_there_is_room()
    {
        var tokens = new List<SessionToken>();
        for (var i = 0; i < 5; i++)
        {
            tokens.Add(await _node.ConfirmedAsync($"user{i}"));
        }

        for (var round = 1; round <= 3; round++)
        {
            _node.Pass(TimeSpan.FromMinutes(2));
            _node.Store.ResetCalls();
            foreach (var token in tokens)
            {
                await _node.ExpectAsync(SessionOutcome.Active, token);
            }

            Assert.Equal(2, _node.Store.Calls(StoreOperation.Touch));
            await FlushAsync();
            foreach (var token in tokens)
            {
                Assert.Equal(_node.Now, (await _node.RecordAsync(token)).LastSeenAt);
            }
        }
    }

    [Fact]
    public async Task A_failing_store_costs_the_person_nothing_and_keeps_the_touches()
    {
        var token = await _node.ConfirmedAsync();
        _node.Pass(TimeSpan.FromMinutes(2));
        await _node.ExpectAsync(SessionOutcome.Active, token);
        _node.Store.Inject(StoreOperation.Touch, StoreFault.FailBefore);
        await Assert.ThrowsAsync<SessionStoreException>(FlushAsync);
        await _node.ExpectAsync(SessionOutcome.Active, await _node.SignInAsync("bob")); // its first touch fails, too
        Assert.Contains(_node.Logged, line => line.Id == 4);

        _node.Store.Clear();
        await FlushAsync();
        Assert.Equal(_node.Now, (await _node.RecordAsync(token)).LastSeenAt);
    }

    [Fact]
    public async Task Activity_that_comes_while_a_flush_is_on_its_way_is_written_by_the_next()
    {
        SessionEngine? engine = null;
        SessionToken token = default;
        var writes = 0;
        var slow = StoreProxy.Over(_node.Memory, (method, arguments) =>
        {
            if (method != nameof(ISessionStore.TouchAsync) || ++writes != 1)
            {
                return null;
            }

            var written = _node.Memory.TouchAsync((IReadOnlyList<SessionTouch>)arguments[0]!);
            _node.Pass(TimeSpan.FromMinutes(2));
            Assert.True(engine!.Validator.ValidateAsync(token, default, default).AsTask().GetAwaiter().GetResult().IsActive);
            return written; // the answer comes after the next request
        });
        token = await _node.ConfirmedAsync();
        engine = new(_node.Options, slow, _node.Time, _node);
        _node.Pass(TimeSpan.FromMinutes(2));
        Assert.True((await engine.Validator.ValidateAsync(token, default, default)).IsActive);

        await engine.Touches.FlushAsync(CancellationToken.None);
        Assert.Equal(_node.Now.AddMinutes(-2), (await _node.RecordAsync(token)).LastSeenAt);
        await engine.Touches.FlushAsync(CancellationToken.None);

        Assert.Equal((2, _node.Now), (writes, (await _node.RecordAsync(token)).LastSeenAt));
    }

    [Fact]
    [Requirement("ASVS-7.3.1")]
    public async Task Activity_that_is_not_yet_written_keeps_a_session_alive_on_its_node_and_is_written_then()
    {
        var token = await _node.ConfirmedAsync();
        _node.Pass(TimeSpan.FromMinutes(58));
        await _node.ExpectAsync(SessionOutcome.Active, token); // buffered
        _node.Pass(TimeSpan.FromMinutes(2));

        await _node.ExpectAsync(SessionOutcome.Active, token);

        Assert.True((await _node.RecordAsync(token)).LastSeenAt >= _node.Now.AddMinutes(-2));
        _node.Pass(TimeSpan.FromMinutes(60));
        await _node.ExpectAsync(SessionOutcome.Ended, token, SessionEndReason.Idle);
    }

    [Fact]
    [Requirement("ASVS-15.3.4")]
    public async Task A_client_that_changed_is_noted_with_the_touch()
    {
        var token = await _node.ConfirmedAsync();
        var client = new SessionClient(IPAddress.Parse("2001:db8::1"), "curl/8");
        _node.Pass(TimeSpan.FromMinutes(2));
        await _node.Manager.ValidateAsync(token, new(client));
        await FlushAsync();

        Assert.Equal(client, (await _node.RecordAsync(token)).Client);
    }

    [Fact]
    [Requirement("ASVS-15.4.1")]
    public async Task Flushes_and_requests_on_many_threads_lose_no_activity()
    {
        var node = EngineHarness.Create(options => options.MaxBufferedTouches = 40);
        var tokens = new List<SessionToken>();
        for (var i = 0; i < 100; i++)
        {
            tokens.Add(await node.ConfirmedAsync($"user{i}"));
        }

        for (var round = 0; round < 10; round++)
        {
            node.Pass(TimeSpan.FromMinutes(2));
            await Threads.RunAsync(4, async thread =>
            {
                foreach (var token in tokens)
                {
                    await node.ExpectAsync(SessionOutcome.Active, token);
                    if (thread == 0)
                    {
                        await node.Engine.Touches.FlushAsync(CancellationToken.None);
                    }
                }
            });
            await node.Engine.Touches.FlushAsync(CancellationToken.None);
            foreach (var token in tokens)
            {
                Assert.Equal(node.Now, (await node.RecordAsync(token)).LastSeenAt);
            }
        }

        // Whatever came and went, there is room for as many as before.
        node.Pass(TimeSpan.FromMinutes(2));
        node.Store.ResetCalls();
        foreach (var token in tokens)
        {
            await node.ExpectAsync(SessionOutcome.Active, token);
        }

        Assert.Equal(60, node.Store.Calls(StoreOperation.Touch));
    }

    private Task FlushAsync() => _node.Engine.Touches.FlushAsync(CancellationToken.None);
}
