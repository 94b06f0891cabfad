using System.Net;

namespace Sojourn.Tests.Starting;

/// <summary>A session that had to make room is told for which sign-in.</summary>
public sealed class DisplacerTests
{
    private const string Firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0";

    private readonly EngineHarness _node = EngineHarness.Create(options => options.DefaultPolicy = new() { MaxSessions = 1 });

    [Theory, Requirement("PRIV-05"), Requirement("CSMCS-48")]
    [InlineData("203.0.113.77", "203.0.113.0/24")]
    [InlineData("::ffff:203.0.113.77", "203.0.113.0/24")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48")]
    [InlineData(null, null)]
    public async Task Device_time_and_a_coarse_network_are_told(string? address, string? network)
    {
        var old = await _node.ConfirmedAsync();
        _node.Pass(TimeSpan.FromMinutes(3));
        var at = _node.Now;
        await FromAsync(address);
        _node.Pass(TimeSpan.FromMinutes(3));

        Assert.Equal(new OtherSignIn("Firefox on Windows", at, network), await AskAsync(old));
        Assert.DoesNotContain("203", (await AskAsync(old))!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_is_found_among_the_ended_ones_too_and_is_not_the_one_after_it()
    {
        var first = await _node.ConfirmedAsync();
        _node.Pass(TimeSpan.FromSeconds(1));
        var at = _node.Now;
        var second = await FromAsync("203.0.113.77");
        await _node.ExpectAsync(SessionOutcome.Active, second);
        _node.Pass(TimeSpan.FromSeconds(1));
        await FromAsync("198.51.100.1");

        Assert.Equal(("203.0.113.0/24", at), (await AskAsync(first)) is { } displacer ? (displacer.Network, displacer.At) : default);
        Assert.Equal("198.51.100.0/24", (await AskAsync(second))?.Network);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task Of_two_that_started_in_that_moment_none_is_named(bool hasOneEnded)
    {
        var node = EngineHarness.Create(options => options.DefaultPolicy = new() { MaxSessions = 2 });
        var old = await node.ConfirmedAsync();
        node.Pass(TimeSpan.FromMinutes(1));
        var stranger = await node.ConfirmedAsync();
        node.Pass(TimeSpan.FromSeconds(1));
        await node.ConfirmedAsync(); // here the old one ends, and either may have been the one
        await node.ExpectAsync(SessionOutcome.Ended, old, SessionEndReason.LimitReached);
        if (hasOneEnded)
        {
            await node.Manager.RevokeAsync(stranger.Id, SessionEndReason.SignedOut);
        }

        Assert.Null(await (await node.OpenAsync(old)).FindDisplacerAsync());
    }

    [Fact, Requirement("PRIV-05")]
    public async Task Who_shows_a_token_that_was_replaced_long_ago_is_not_told_where_the_person_is()
    {
        var dead = await _node.ConfirmedAsync();
        var old = (await _node.Manager.StepUpAsync(dead, ["pwd"]))!.Value;
        var late = await _node.RotateAsync(await _node.RotateAsync(old));
        var current = await _node.RotateAsync(late);
        _node.Pass(TimeSpan.FromMinutes(1));
        await FromAsync("203.0.113.77");

        foreach (var copy in new[] { dead, old })
        {
            var session = await _node.OpenAsync(copy);
            Assert.Equal(SessionState.Ended, session.State);
            _node.Store.ResetCalls();
            Assert.Null(await session.FindDisplacerAsync());
            Assert.Equal(0, _node.Store.TotalCalls);
        }

        Assert.NotNull(await AskAsync(late));
        Assert.NotNull(await AskAsync(current));
    }

    [Fact]
    public async Task A_start_that_had_to_wait_for_its_turn_is_found()
    {
        var old = await _node.ConfirmedAsync();
        _node.Pass(TimeSpan.FromMinutes(1));
        var lists = 0;
        var slow = StoreProxy.Over(_node.Memory, (method, _) =>
        {
            if (method == nameof(ISessionStore.ListAsync) && ++lists == 1)
            {
                _node.Pass(TimeSpan.FromMilliseconds(900)); // between its start and the end of the other
            }

            return null;
        });
        var engine = new SessionEngine(_node.Options, slow, _node.Time, _node);
        Assert.Equal(SessionStartOutcome.Started, (await engine.Starter.StartAsync(new() { Subject = "alice", Client = new(IPAddress.Loopback, Firefox) }, CancellationToken.None)).Outcome);

        Assert.Equal("Firefox on Windows", (await AskAsync(old))?.Device);
    }

    [Fact]
    public async Task Other_ends_running_sessions_and_strangers_are_told_nothing_without_a_store_call()
    {
        var ended = await _node.ConfirmedAsync();
        await _node.Manager.RevokeAsync(ended.Id, SessionEndReason.SignedOutEverywhere);
        var running = await _node.ConfirmedAsync();
        foreach (var session in new[] { await _node.OpenAsync(ended), await _node.OpenAsync(running), await _node.OpenAsync(await _node.VisitAsync()), _node.OpenWithout() })
        {
            _node.Store.ResetCalls();
            Assert.Null(await session.FindDisplacerAsync());
            Assert.Equal(0, _node.Store.TotalCalls);
        }
    }

    [Fact]
    public async Task A_store_that_fails_tells_nothing_and_is_logged()
    {
        var old = await _node.ConfirmedAsync();
        _node.Pass(TimeSpan.FromMinutes(1));
        await FromAsync("203.0.113.77");
        var session = await _node.OpenAsync(old);
        _node.Store.Inject(StoreOperation.List, StoreFault.FailBefore);

        Assert.Null(await session.FindDisplacerAsync());
        Assert.Contains(_node.Logged, each => each.Id == 10);
    }

    [Fact, Requirement("CSMCS-48")]
    public async Task A_sign_in_that_a_limit_refuses_is_told_how_many_run_and_where_the_last_one_started()
    {
        var node = EngineHarness.Create(options => options.DefaultPolicy = new() { MaxSessions = 2, WhenFull = SessionLimitBehavior.Refuse });
        await node.ConfirmedAsync();
        node.Pass(TimeSpan.FromMinutes(1));
        var at = node.Now;
        var second = await node.StartedAsync(new() { Subject = "alice", Client = new(IPAddress.Parse("203.0.113.77"), Firefox) });
        await node.ExpectAsync(SessionOutcome.Active, second);
        node.Pass(TimeSpan.FromMinutes(1));

        var refused = await node.Manager.StartAsync(new() { Subject = "alice" });

        Assert.Equal(new RunningElsewhere(2, new("Firefox on Windows", at, "203.0.113.0/24")), refused.Elsewhere);
        Assert.Null((await node.Manager.StartAsync(new() { Subject = "bob" })).Elsewhere);
    }

    private async Task<OtherSignIn?> AskAsync(SessionToken token) => await (await _node.OpenAsync(token)).FindDisplacerAsync();

    private Task<SessionToken> FromAsync(string? address)
        => _node.StartedAsync(new() { Subject = "alice", Client = new(address is null ? null : IPAddress.Parse(address), Firefox) });
}
