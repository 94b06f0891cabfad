namespace Sojourn.Tests.Live;

[Requirement("CSMCS-51")]
public sealed class LiveSessionsTests
{
    private readonly EngineHarness _node = EngineHarness.Create();

    [Fact]
    public async Task Ended_fires_on_every_node_when_the_session_is_revoked_and_for_no_other()
    {
        var (token, other) = (await _node.ConfirmedAsync(), await _node.ConfirmedAsync("bob"));
        var here = await _node.OpenAsync(token);
        var there = await _node.AnotherNode().OpenAsync(token);
        var bystander = await _node.OpenAsync(other);
        Task[] waits = [FiredAsync(here.Ended), FiredAsync(there.Ended)];
        Assert.False(bystander.Ended.IsCancellationRequested);

        await _node.Manager.RevokeAsync(token.Id, SessionEndReason.RevokedByAdministrator);

        await Task.WhenAll(waits);
        Assert.False(bystander.Ended.IsCancellationRequested);
    }

    [Fact]
    [Requirement("ASVS-7.4.2")]
    public async Task Ended_fires_for_all_sessions_of_a_revoked_subject_but_the_excepted_one()
    {
        var tokens = new[] { await _node.ConfirmedAsync(), await _node.ConfirmedAsync(), await _node.ConfirmedAsync() };
        var sessions = new List<Session>();
        foreach (var token in tokens)
        {
            sessions.Add(await _node.OpenAsync(token));
        }

        var waits = sessions.Skip(1).Select(session => FiredAsync(session.Ended)).ToArray();
        var kept = sessions[0].Ended;
        Assert.Equal(2, await _node.Manager.RevokeSubjectAsync("alice", SessionEndReason.SignedOutEverywhere, except: tokens[0].Id));

        await Task.WhenAll(waits);
        Assert.False(kept.IsCancellationRequested);
        await _node.ExpectAsync(SessionOutcome.Active, tokens[0]);
    }

    [Fact]
    [Requirement("ASVS-7.4.5")]
    public async Task Ended_fires_for_everybody_visitors_included()
    {
        var sessions = new[] { await _node.OpenAsync(await _node.ConfirmedAsync()), await _node.OpenAsync(await _node.VisitAsync()) };
        var waits = sessions.Select(session => FiredAsync(session.Ended)).ToArray();

        await _node.Manager.RevokeEverybodyAsync();

        await Task.WhenAll(waits);
    }

    [Fact]
    public async Task Ended_fires_when_a_session_expires_is_replaced_or_is_replayed()
    {
        var idle = await _node.OpenAsync(await _node.ConfirmedAsync());
        var waiting = FiredAsync(idle.Ended);
        _node.Pass(TimeSpan.FromHours(2));
        await _node.Engine.Sweeper.SweepAsync(CancellationToken.None);
        await waiting;

        var token = await _node.ConfirmedAsync();
        waiting = FiredAsync((await _node.OpenAsync(token)).Ended);
        await _node.SignInAsync("alice", token);
        await waiting;

        var old = await _node.ConfirmedAsync();
        waiting = FiredAsync((await _node.OpenAsync(await _node.RotateAsync(old))).Ended);
        _node.Pass(TimeSpan.FromMinutes(11));
        await _node.PresentAsync(old);
        await waiting;
    }

    [Fact]
    public async Task Rotation_and_step_up_end_nothing_and_the_session_watches_on()
    {
        var token = await _node.ConfirmedAsync();
        var session = await _node.OpenAsync(token);
        var ended = session.Ended;
        token = await _node.RotateAsync(token);
        token = (await _node.Manager.StepUpAsync(token, ["pwd"]))!.Value;
        Assert.False(ended.IsCancellationRequested);

        var waiting = FiredAsync(ended);
        await _node.Manager.RevokeAsync(token.Id, SessionEndReason.SignedOut);
        await waiting;
    }

    [Fact]
    public async Task Many_watchers_of_one_session_share_an_entry_that_goes_with_the_last()
    {
        var token = await _node.ConfirmedAsync();
        var (first, second) = (await _node.OpenAsync(token), await _node.OpenAsync(token));
        Assert.Equal(first.Ended, second.Ended);
        first.Request.Release();
        first.Request.Release();
        Assert.Equal(second.Ended, (await _node.OpenAsync(token)).Ended);

        var other = await _node.OpenAsync(await _node.ConfirmedAsync("bob"));
        var before = other.Ended;
        other.Request.Release();
        Assert.NotEqual(before, _node.Engine.Live.WatchFor(other.Id!.Value).Ended);
    }

    [Fact]
    [Requirement("ASVS-15.4.1")]
    public async Task Watching_and_leaving_on_many_threads_never_misses_an_end()
    {
        for (var round = 0; round < 100; round++)
        {
            var token = await _node.ConfirmedAsync($"user{round}");
            var watched = new LiveSessions.Watch[3];
            await Threads.RunAsync(3, number =>
            {
                for (var i = 0; i < 200; i++)
                {
                    _node.Engine.Live.WatchFor(token.Id).Dispose();
                }

                watched[number] = _node.Engine.Live.WatchFor(token.Id);
                return Task.CompletedTask;
            });

            var waits = watched.Select(watch => FiredAsync(watch.Ended)).ToArray();
            await _node.Manager.RevokeAsync(token.Id, SessionEndReason.SignedOut);
            await Task.WhenAll(waits);
        }
    }

    private static async Task FiredAsync(CancellationToken ended)
    {
        var fired = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = ended.Register(fired.SetResult);
        await fired.Task;
    }
}
