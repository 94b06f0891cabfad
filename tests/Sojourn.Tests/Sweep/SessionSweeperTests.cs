namespace Sojourn.Tests.Sweep;

public sealed class SessionSweeperTests
{
    private static readonly TimeSpan Lag = TimeSpan.FromSeconds(65); // touch interval and flush: D of protocol 4

    private readonly EngineHarness _node = EngineHarness.Create();

    [Fact]
    [Requirement("NIST-5.1-12")]
    [Requirement("NIST-5.2-2")]
    public async Task Idle_sessions_end_only_a_touch_lag_behind_the_deadline()
    {
        var token = await _node.ConfirmedAsync();
        _node.Pass(TimeSpan.FromHours(1) + Lag - TimeSpan.FromMilliseconds(1));
        Assert.Equal((0, 0), await SweepAsync());
        _node.Pass(TimeSpan.FromMilliseconds(1));
        Assert.Equal((1, 0), await SweepAsync());
        Assert.Equal((0, 0), await SweepAsync());

        Assert.Equal(SessionEndReason.Idle, (await _node.RecordAsync(token)).Ending!.Reason);
        Assert.Equal(1, await _node.CountAsync(token.Id, SessionEventKind.Ended));
    }

    [Fact]
    [Requirement("NIST-5.1-12")]
    public async Task A_session_at_its_absolute_deadline_ends_for_that_reason()
    {
        _node.Policy.SignedIn.Idle = TimeSpan.FromHours(24);
        var token = await _node.ConfirmedAsync();
        _node.Pass(TimeSpan.FromHours(23));
        await _node.ExpectAsync(SessionOutcome.Active, token);
        await _node.Engine.Touches.FlushAsync(CancellationToken.None);
        _node.Pass(TimeSpan.FromHours(1) + Lag);

        Assert.Equal((1, 0), await SweepAsync());
        Assert.Equal(SessionEndReason.Absolute, (await _node.RecordAsync(token)).Ending!.Reason);
    }

    [Fact]
    public async Task Sessions_whose_token_was_never_presented_end_after_ten_minutes_as_abandoned()
    {
        var (abandoned, seen) = (await _node.SignInAsync(), await _node.ConfirmedAsync("bob"));
        _node.Pass(TimeSpan.FromMinutes(10));
        Assert.Equal((0, 0), await SweepAsync());
        _node.Pass(TimeSpan.FromMilliseconds(1));
        Assert.Equal((1, 0), await SweepAsync());

        await _node.ExpectAsync(SessionOutcome.Ended, abandoned, SessionEndReason.Abandoned);
        await _node.ExpectAsync(SessionOutcome.Active, seen);
    }

    [Fact]
    public async Task Activity_in_the_buffer_of_this_node_is_not_swept_away()
    {
        var token = await _node.ConfirmedAsync();
        _node.Pass(TimeSpan.FromMinutes(50));
        await _node.ExpectAsync(SessionOutcome.Active, token);
        _node.Pass(TimeSpan.FromMinutes(12));

        Assert.Equal((0, 0), await SweepAsync());
        await _node.ExpectAsync(SessionOutcome.Active, token);
    }

    [Fact]
    public async Task An_end_that_loses_against_a_late_touch_is_left_alone()
    {
        var token = await _node.ConfirmedAsync();
        _node.Pass(TimeSpan.FromMinutes(30));
        var seen = _node.Now;
        _node.Pass(TimeSpan.FromMinutes(30) + Lag);
        _node.Store.Inject(StoreOperation.End, StoreFault.Delay(TimeSpan.FromMilliseconds(1)), times: 1);

        var sweeping = SweepAsync();
        await _node.Memory.TouchAsync([new(token.Id, seen)]); // another node's flush comes first
        _node.Pass(TimeSpan.FromMilliseconds(1));

        Assert.Equal((0, 0), await sweeping);
        await _node.ExpectAsync(SessionOutcome.Active, token);
    }

    [Fact]
    [Requirement("ASVS-14.2.7")]
    [Requirement("PRIV-06")]
    public async Task Ended_records_are_deleted_after_their_retention_and_those_of_visitors_at_once()
    {
        var (alice, visit) = (await _node.ConfirmedAsync(), await _node.VisitAsync());
        await _node.Manager.RevokeAsync(alice.Id, SessionEndReason.SignedOut);
        await _node.Manager.RevokeAsync(visit.Id, SessionEndReason.SignedOut);
        await SweepAsync();
        Assert.Null(await _node.FindAsync(visit.Id));

        _node.Pass(TimeSpan.FromDays(30) - TimeSpan.FromMilliseconds(1));
        await SweepAsync();
        await _node.ExpectAsync(SessionOutcome.Ended, alice, SessionEndReason.SignedOut);
        _node.Pass(TimeSpan.FromMilliseconds(1));
        Assert.Equal((0, 1), await SweepAsync());
        await _node.ExpectAsync(SessionOutcome.Unknown, alice);
    }

    [Fact]
    [Requirement("ASVS-7.4.5")]
    public async Task After_everybody_was_revoked_the_sessions_own_ends_follow()
    {
        _node.Policy.MaxSessions = 1000;
        var tokens = new List<SessionToken>();
        for (var i = 0; i < 450; i++)
        {
            tokens.Add(await _node.ConfirmedAsync(i < 420 ? "alice" : $"user{i}")); // more than two batches in one shard
        }

        await _node.Manager.RevokeEverybodyAsync("root");
        var later = await _node.ConfirmedAsync();

        Assert.Equal(450, (await SweepAsync()).Ended);

        Assert.Equal(later.Id, Assert.Single((await _node.Manager.ListAsync("alice")).Sessions).Id);
        Assert.Equal(SessionEndReason.Everybody, (await _node.RecordAsync(tokens[^1])).Ending!.Reason);
        await _node.ExpectAsync(SessionOutcome.Active, later);
    }

    [Fact]
    public async Task Sessions_that_are_due_by_another_policy_only_do_not_hold_up_the_sweep()
    {
        var node = EngineHarness.Create(options =>
        {
            options.DefaultPolicy.MaxSessions = 1000;
            options.Policies["patient"] = new() { MaxSessions = 1000, UnconfirmedTimeout = TimeSpan.FromHours(1) };
        });
        for (var i = 0; i < 250; i++)
        {
            await node.StartedAsync(new() { Subject = "alice", Policy = "patient" });
        }

        var abandoned = await node.SignInAsync();
        node.Pass(TimeSpan.FromMinutes(11));

        var calls = 0;
        var counted = StoreProxy.Over(node.Memory, (method, _) => method == nameof(ISessionStore.FindDueAsync) && ++calls > 1000
            ? throw new InvalidOperationException("The sweep goes round in circles.")
            : null);
        var (ended, _) = await new SessionEngine(node.Options, counted, node.Time, node).Sweeper.SweepAsync(CancellationToken.None);

        Assert.Equal(1, ended);
        await node.ExpectAsync(SessionOutcome.Ended, abandoned, SessionEndReason.Abandoned);
    }

    [Fact]
    public async Task Several_sweepers_at_once_end_each_session_once()
    {
        for (var i = 0; i < 300; i++)
        {
            await _node.ConfirmedAsync($"user{i}");
        }

        _node.Pass(TimeSpan.FromHours(2));
        var ended = 0;
        var nodes = new[] { _node, _node.AnotherNode(), _node.AnotherNode() };
        await Threads.RunAsync(3, async number => Interlocked.Add(ref ended, (await nodes[number].Engine.Sweeper.SweepAsync(CancellationToken.None)).Ended));

        Assert.Equal(300, ended);
    }

    private Task<(int Ended, int Deleted)> SweepAsync() => _node.Engine.Sweeper.SweepAsync(CancellationToken.None);
}
