namespace Sojourn.Tests.Ends;

public sealed class RevocationTests
{
    private readonly EngineHarness _node = EngineHarness.Create();

    [Fact]
    [Requirement("ASVS-7.4.5")]
    [Requirement("ASVS-7.5.2")]
    public async Task Revoking_a_subject_ends_all_its_sessions_in_one_step_with_an_event_each()
    {
        var tokens = new[] { await _node.ConfirmedAsync(), await _node.ConfirmedAsync(), await _node.SignInAsync() };
        var bob = await _node.ConfirmedAsync("bob");

        Assert.Equal(3, await _node.Manager.RevokeSubjectAsync("alice", SessionEndReason.SubjectDisabled, actor: "root"));

        foreach (var token in tokens)
        {
            await _node.ExpectAsync(SessionOutcome.Ended, token, SessionEndReason.SubjectDisabled);
            Assert.Equal(1, await _node.CountAsync(token.Id, SessionEventKind.Ended));
        }

        await _node.ExpectAsync(SessionOutcome.Active, bob);
        var revoked = Assert.Single(await _node.ShardEventsAsync(tokens[0].Id.Shard), each => each.Kind == SessionEventKind.SubjectRevoked);
        Assert.Equal(SessionEndReason.SubjectDisabled, revoked.Reason);
        Assert.Equal([PersonalField.Subject, PersonalField.Actor], revoked.Commitments.Keys.Order());
        Assert.Equal(0, await _node.Manager.RevokeSubjectAsync("alice", SessionEndReason.SubjectDisabled));
        Assert.Equal(0, await _node.Manager.RevokeSubjectAsync("nobody", SessionEndReason.SubjectDisabled));
    }

    [Fact]
    [Requirement("ASVS-7.4.3")]
    public async Task Everywhere_else_keeps_the_callers_own_session()
    {
        var (mine, other) = (await _node.ConfirmedAsync(), await _node.ConfirmedAsync());

        Assert.Equal(1, await _node.Manager.RevokeSubjectAsync("alice", SessionEndReason.CredentialsChanged, except: mine.Id));

        await _node.ExpectAsync(SessionOutcome.Active, mine);
        await _node.ExpectAsync(SessionOutcome.Ended, other, SessionEndReason.CredentialsChanged);
    }

    [Fact]
    [Requirement("ASVS-15.4.2")]
    public async Task A_revocation_that_loses_against_a_start_lists_again_and_misses_nobody()
    {
        var first = await _node.ConfirmedAsync();
        var calls = 0;
        SessionToken second = default;
        var raced = StoreProxy.Over(_node.Memory, (method, _) =>
        {
            if (method == nameof(ISessionStore.EndSubjectAsync) && ++calls == 1)
            {
                second = _node.SignInAsync().GetAwaiter().GetResult();
            }

            return null;
        });
        var engine = new SessionEngine(_node.Options, raced, _node.Time, _node);

        Assert.Equal(2, await engine.Subjects.RevokeAsync("alice", SessionEndReason.SubjectDisabled, null, null, CancellationToken.None));

        Assert.Equal(2, calls);
        await _node.ExpectAsync(SessionOutcome.Ended, first, SessionEndReason.SubjectDisabled);
        await _node.ExpectAsync(SessionOutcome.Ended, second, SessionEndReason.SubjectDisabled);
    }

    [Fact]
    [Requirement("ASVS-7.4.5")]
    public async Task Everybody_is_one_event_for_each_shard_and_goes_on_where_it_stopped()
    {
        var token = await _node.ConfirmedAsync();
        var operation = WriteId.Create();
        _node.Store.Inject(StoreOperation.EndShard, StoreFault.Delay(TimeSpan.FromMilliseconds(1)), times: 1);
        var revoking = _node.Engine.Subjects.RevokeEverybodyAsync(SessionEndReason.Everybody, "root", operation, CancellationToken.None).AsTask();
        _node.Store.Inject(StoreOperation.EndShard, StoreFault.FailBefore, times: 1);
        _node.Pass(TimeSpan.FromMilliseconds(1));
        await Assert.ThrowsAsync<SessionStoreException>(() => revoking); // stopped after the first shard

        await _node.Engine.Subjects.RevokeEverybodyAsync(SessionEndReason.Everybody, "root", operation, CancellationToken.None);

        for (var shard = 0; shard <= byte.MaxValue; shard++)
        {
            Assert.Single(await _node.ShardEventsAsync((byte)shard), each => each.Kind == SessionEventKind.ShardEnded);
        }

        await _node.ExpectAsync(SessionOutcome.Ended, token, SessionEndReason.Everybody);
    }

    [Fact]
    public async Task An_end_needs_a_named_reason()
    {
        var token = await _node.ConfirmedAsync();

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await _node.Manager.RevokeAsync(token.Id, SessionEndReason.None));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await _node.Manager.RevokeSubjectAsync("alice", (SessionEndReason)99));
        await _node.ExpectAsync(SessionOutcome.Active, token);
    }

    [Fact]
    [Requirement("ASVS-7.5.2")]
    [Requirement("CSMCS-49")]
    public async Task Lists_are_paged_running_ones_oldest_first_and_ended_ones_newest_first()
    {
        var tokens = new List<SessionToken>();
        for (var i = 0; i < 7; i++)
        {
            tokens.Add(await _node.SignInAsync());
            _node.Pass(TimeSpan.FromSeconds(1));
        }

        var ids = new List<SessionId>();
        SessionCursor? next = null;
        do
        {
            var page = await _node.Manager.ListAsync("alice", limit: 3, after: next);
            ids.AddRange(page.Sessions.Select(session => session.Id));
            next = page.Next;
        }
        while (next is not null);
        Assert.Equal(tokens.Select(token => token.Id), ids);

        await _node.Manager.RevokeSubjectAsync("alice", SessionEndReason.SignedOutEverywhere);
        var ended = (await _node.Manager.ListAsync("alice", ended: true)).Sessions;
        Assert.Equal(tokens.Select(token => token.Id).Reverse(), ended.Select(session => session.Id));
        Assert.All(ended, session => Assert.Equal((SessionEndReason.SignedOutEverywhere, _node.Now), (session.EndReason, session.EndedAt)));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await _node.Manager.ListAsync("alice", limit: 0));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await _node.Manager.ListAsync("alice", limit: 1001));
    }

    [Fact]
    [Requirement("ASVS-7.4.1")]
    public async Task An_acknowledged_end_is_final_for_every_validation_that_begins_after_it()
    {
        for (var round = 0; round < 50; round++)
        {
            var token = await _node.ConfirmedAsync($"user{round}");
            var acknowledged = false;
            var accepted = 0;
            await Threads.RunAsync(3, async number =>
            {
                if (number == 0)
                {
                    await _node.Manager.RevokeAsync(token.Id, SessionEndReason.SignedOut);
                    Volatile.Write(ref acknowledged, true);
                    return;
                }

                for (var last = false; !last;)
                {
                    last = Volatile.Read(ref acknowledged);
                    var active = (await _node.PresentAsync(token)).IsActive;
                    if (last && active)
                    {
                        Interlocked.Increment(ref accepted);
                    }
                }
            });

            Assert.Equal(0, accepted);
        }
    }
}
