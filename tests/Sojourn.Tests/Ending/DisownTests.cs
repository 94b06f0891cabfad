namespace Sojourn.Tests.Ends;

/// <summary>"This wasn't me": who goes, who has to authenticate again, and what is left of it when something fails.</summary>
public sealed class DisownTests
{
    private static readonly SessionDeviceId Strange = new([1, .. new byte[15]]);
    private static readonly SessionDeviceId Known = new([2, .. new byte[15]]);

    private readonly EngineHarness _node = EngineHarness.Create();

    [Fact, Requirement("ASVS-7.5.2"), Requirement("ASVS-7.4.1"), Requirement("NIST-5.3-2")]
    public async Task The_session_ends_with_all_from_its_device_and_the_others_but_the_caller_s_must_authenticate_again()
    {
        var (named, mate) = (await OnAsync(Strange), await OnAsync(Strange));
        var (caller, other, bare) = (await OnAsync(Known), await OnAsync(Known), await OnAsync(default));
        var bob = await _node.StartedAsync(new() { Subject = "bob", Device = Strange });

        Assert.Equal(new(2, 2), await _node.Manager.DisownAsync(named.Id, by: caller.Id));

        await _node.ExpectAsync(SessionOutcome.Ended, named, SessionEndReason.ReportedByOwner);
        await _node.ExpectAsync(SessionOutcome.Ended, mate, SessionEndReason.ReportedByOwner);
        Assert.NotNull((await _node.ExpectAsync(SessionOutcome.Active, caller)).Record!.AuthenticatedAt);
        Assert.NotNull((await _node.ExpectAsync(SessionOutcome.Active, bob)).Record!.AuthenticatedAt); // another person's on that device
        foreach (var token in new[] { other, bare })
        {
            Assert.Null((await _node.ExpectAsync(SessionOutcome.Active, token)).Record!.AuthenticatedAt);
            Assert.NotNull(await _node.RequestAsync(token)); // and the token changes with the next answer
        }
    }

    [Fact, Requirement("CSMCS-44")]
    public async Task What_was_said_and_what_came_of_it_is_in_the_log_in_one_step_with_the_ends()
    {
        var (named, mate, other) = (await OnAsync(Strange), await OnAsync(Strange), await OnAsync(Known));

        await _node.Manager.DisownAsync(named.Id, actor: "support");

        var log = await _node.ShardEventsAsync(named.Id.Shard);
        var said = log.FindIndex(each => each.Kind == SessionEventKind.Disowned);
        Assert.Equal((named.Id, SessionEndReason.ReportedByOwner, true), (log[said].Session, log[said].Reason, log[said].Commitments.ContainsKey(PersonalField.Actor)));
        Assert.All(log[(said + 1)..(said + 3)], each => Assert.Equal((SessionEventKind.Ended, SessionEndReason.ReportedByOwner), (each.Kind, each.Reason)));
        Assert.Equivalent(new[] { named.Id, mate.Id }, log[(said + 1)..(said + 3)].Select(each => each.Session));
        Assert.Equal(1, await _node.CountAsync(other.Id, SessionEventKind.AuthenticationForgotten));
        Assert.Equal(0, await _node.CountAsync(other.Id, SessionEventKind.ClaimsChanged));
        Assert.Equal(0, await _node.CountAsync(named.Id, SessionEventKind.SubjectRevoked));
    }

    [Fact]
    public async Task A_caller_on_the_reported_device_ends_too()
    {
        var (named, caller, other) = (await OnAsync(Strange), await OnAsync(Strange), await OnAsync(Known));

        Assert.Equal(new(2, 1), await _node.Manager.DisownAsync(named.Id, by: caller.Id));

        await _node.ExpectAsync(SessionOutcome.Ended, caller, SessionEndReason.ReportedByOwner);
        await _node.ExpectAsync(SessionOutcome.Active, other);
    }

    [Fact]
    public async Task Sessions_without_a_known_device_are_not_one_device()
    {
        var (named, other) = (await OnAsync(default), await OnAsync(default));

        Assert.Equal(new(1, 1), await _node.Manager.DisownAsync(named.Id));

        await _node.ExpectAsync(SessionOutcome.Active, other);
    }

    [Fact, Requirement("NIST-5.3-2")]
    public async Task One_named_out_of_the_history_takes_along_what_still_runs_from_its_device()
    {
        var (named, caller) = (await OnAsync(Strange), await OnAsync(Known));
        await _node.Manager.RevokeAsync(named.Id, SessionEndReason.SignedOut);
        var mate = await OnAsync(Strange);

        Assert.Equal(new(1, 0), await _node.Manager.DisownAsync(named.Id, by: caller.Id));

        await _node.ExpectAsync(SessionOutcome.Ended, named, SessionEndReason.SignedOut); // how it ended stays as it was
        await _node.ExpectAsync(SessionOutcome.Ended, mate, SessionEndReason.ReportedByOwner);
        Assert.Equal(1, await _node.CountAsync(named.Id, SessionEventKind.Disowned));
    }

    [Fact]
    public async Task One_that_ended_long_ago_with_nothing_left_of_its_device_is_recorded_all_the_same()
    {
        var (named, caller, other) = (await OnAsync(Strange), await OnAsync(Known), await OnAsync(default));
        await _node.Manager.RevokeAsync(named.Id, SessionEndReason.SignedOut);

        Assert.Equal(new(0, 1), await _node.Manager.DisownAsync(named.Id, by: caller.Id));

        Assert.Equal(1, await _node.CountAsync(named.Id, SessionEventKind.Disowned));
        Assert.Null((await _node.RecordAsync(other)).AuthenticatedAt);
    }

    [Fact]
    public async Task What_is_not_known_changes_nothing()
    {
        var other = await OnAsync(Known);

        Assert.Equal(default, await _node.Manager.DisownAsync(SessionId.Create(3)));
        Assert.Equal(default, await _node.Manager.DisownAsync(SessionId.Create(3), by: other.Id));

        Assert.NotNull((await _node.RecordAsync(other)).AuthenticatedAt);
    }

    [Fact, Requirement("ASVS-7.5.2")]
    public async Task Nobody_says_it_from_a_session_that_is_another_person_s_nobody_s_or_not_known()
    {
        var (named, other, visit) = (await OnAsync(Strange), await OnAsync(Known), await _node.VisitAsync());
        var bob = await _node.ConfirmedAsync("bob");

        foreach (var by in new[] { bob.Id, visit.Id, SessionId.Create(3) })
        {
            Assert.Equal(default, await _node.Manager.DisownAsync(named.Id, by));
        }

        Assert.Equal(default, await _node.Manager.DisownAsync(visit.Id, by: bob.Id));
        await _node.ExpectAsync(SessionOutcome.Active, named);
        await _node.ExpectAsync(SessionOutcome.Active, visit);
        Assert.NotNull((await _node.RecordAsync(other)).AuthenticatedAt);
        Assert.Equal(0, await _node.CountAsync(named.Id, SessionEventKind.Disowned));
    }

    [Fact]
    public async Task Of_an_anonymous_session_only_that_one_ends()
    {
        var (visit, another, signedIn) = (await _node.StartedAsync(new() { Device = Strange }), await _node.StartedAsync(new() { Device = Strange }), await OnAsync(Strange));

        Assert.Equal(new(1, 0), await _node.Manager.DisownAsync(visit.Id));

        await _node.ExpectAsync(SessionOutcome.Unknown, visit); // nothing is kept of a visitor
        await _node.ExpectAsync(SessionOutcome.Active, another);
        Assert.NotNull((await _node.RecordAsync(signedIn)).AuthenticatedAt);
        Assert.Equal(1, await _node.CountAsync(visit.Id, SessionEventKind.Disowned));
        Assert.Equal(default, await _node.Manager.DisownAsync(visit.Id));
    }

    [Fact]
    public async Task Said_twice_it_is_done_and_recorded_once()
    {
        var (named, other) = (await OnAsync(Strange), await OnAsync(Known));
        await _node.Manager.DisownAsync(named.Id);
        var before = (await _node.ShardEventsAsync(named.Id.Shard)).Count;

        Assert.Equal(new(0, 1), await _node.Manager.DisownAsync(named.Id)); // one that must still step up

        Assert.Equal(before, (await _node.ShardEventsAsync(named.Id.Shard)).Count);
    }

    [Theory, InlineData(nameof(ISessionStore.ListAsync)), InlineData(nameof(ISessionStore.EndSubjectAsync))]
    public async Task Of_two_clicks_at_once_one_is_recorded_and_moves_what_is_refused(string overtakenAt)
    {
        var (named, other) = (await OnAsync(Strange), await OnAsync(Known));
        var isOvertaken = false;
        var raced = StoreProxy.Over(_node.Memory, (method, _) =>
        {
            if (method == overtakenAt && !isOvertaken)
            {
                isOvertaken = true;
                Assert.Equal(new(1, 1), _node.Manager.DisownAsync(named.Id).AsTask().GetAwaiter().GetResult());
                _node.Pass(TimeSpan.FromMilliseconds(100));
            }

            return null;
        });
        var engine = new SessionEngine(_node.Options, raced, _node.Time, _node);

        Assert.Equal(new(0, 1), await engine.Disowner.DisownAsync(named.Id, null, null, CancellationToken.None));

        Assert.Equal(1, await _node.CountAsync(named.Id, SessionEventKind.Disowned));
        Assert.Equal(1, await _node.CountAsync(other.Id, SessionEventKind.AuthenticationForgotten));
        Assert.True(await NotBeforeAsync() < _node.Now);
    }

    [Fact]
    public async Task Where_nothing_was_left_to_end_no_sign_in_is_refused_however_often_it_is_said()
    {
        var (named, other) = (await OnAsync(Strange), await OnAsync(Known));
        await _node.Manager.RevokeAsync(named.Id, SessionEndReason.SignedOut);
        var began = _node.Now;
        for (var i = 0; i < 3; i++)
        {
            _node.Pass(TimeSpan.FromSeconds(1));
            Assert.Equal(new(0, 1), await _node.Manager.DisownAsync(named.Id));
        }

        Assert.Null(await NotBeforeAsync());
        await _node.StartedAsync(new() { Subject = "alice", Device = Known, AuthenticationBegan = began });
        Assert.Null((await _node.RecordAsync(other)).AuthenticatedAt);
    }

    [Fact]
    public async Task One_session_that_cannot_be_changed_keeps_none_of_the_others_fresh()
    {
        var (named, caller) = (await OnAsync(Strange), await OnAsync(Known));
        var others = new SessionToken[3];
        for (var i = 0; i < others.Length; i++)
        {
            _node.Pass(TimeSpan.FromSeconds(1)); // lists are in the order of the starts
            others[i] = await OnAsync(default);
        }

        var faults = 0;
        var failing = StoreProxy.Over(_node.Memory, (method, arguments) => method == nameof(ISessionStore.ChangeAsync) && arguments[0] is SessionId id && id == others[faults == 0 ? 0 : 2].Id
            ? throw new SessionStoreException("Change", $"fault {++faults}", isTransient: false)
            : null);
        var engine = new SessionEngine(_node.Options, failing, _node.Time, _node);

        var thrown = await Assert.ThrowsAsync<SessionStoreException>(async () => await engine.Disowner.DisownAsync(named.Id, caller.Id, null, CancellationToken.None));

        Assert.Contains("fault 1", thrown.ToString(), StringComparison.Ordinal);
        Assert.Null((await _node.RecordAsync(others[1])).AuthenticatedAt);
        Assert.Equal(new(0, 3), await _node.Manager.DisownAsync(named.Id, caller.Id));
        foreach (var other in others)
        {
            Assert.Null((await _node.RecordAsync(other)).AuthenticatedAt);
        }
    }

    [Fact]
    public async Task A_sign_in_of_the_stranger_that_is_under_way_is_refused()
    {
        var named = await OnAsync(Strange);
        var began = _node.Now;
        _node.Pass(TimeSpan.FromSeconds(1));
        await _node.Manager.DisownAsync(named.Id);

        Assert.Equal(SessionStartOutcome.RevokedMeanwhile, (await _node.Manager.StartAsync(new() { Subject = "alice", Device = Strange, AuthenticationBegan = began })).Outcome);
        await OnAsync(Strange); // one that begins now
    }

    [Fact]
    public async Task A_store_that_fails_half_way_has_ended_the_stranger_and_a_repetition_does_the_rest()
    {
        var (named, caller, other) = (await OnAsync(Strange), await OnAsync(Known), await OnAsync(default));
        _node.Store.Inject(StoreOperation.Change, StoreFault.FailBefore);

        await Assert.ThrowsAsync<SessionStoreException>(async () => await _node.Manager.DisownAsync(named.Id, by: caller.Id));
        Assert.Equal(SessionEndReason.ReportedByOwner, (await _node.FindAsync(named.Id))!.Ending!.Reason);
        Assert.NotNull((await _node.RecordAsync(other)).AuthenticatedAt);

        _node.Store.Clear();
        _node.Pass(TimeSpan.FromSeconds(2));
        Assert.Equal(new(0, 1), await _node.Manager.DisownAsync(named.Id, by: caller.Id));
        Assert.Null((await _node.RecordAsync(other)).AuthenticatedAt);
        Assert.Equal(1, await _node.CountAsync(named.Id, SessionEventKind.Disowned));
    }

    [Fact]
    public async Task A_store_that_cannot_end_the_stranger_leaves_everything_as_it_was()
    {
        var (named, other) = (await OnAsync(Strange), await OnAsync(Known));
        _node.Store.Inject(StoreOperation.EndSubject, StoreFault.FailBefore);

        await Assert.ThrowsAsync<SessionStoreException>(async () => await _node.Manager.DisownAsync(named.Id));
        Assert.NotNull((await _node.RecordAsync(other)).AuthenticatedAt);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task Who_steps_up_meanwhile_stays_fresh_and_any_other_change_does_not_help(bool stepsUp)
    {
        var (named, other) = (await OnAsync(Strange), await OnAsync(Known));
        _node.Pass(TimeSpan.FromMinutes(1));
        var changes = 0;
        var raced = StoreProxy.Over(_node.Memory, (method, arguments) =>
        {
            if (method == nameof(ISessionStore.ChangeAsync) && ++changes == 1)
            {
                var change = stepsUp ? _node.Manager.StepUpAsync(other, ["otp"]) : _node.Manager.RotateAsync(other);
                Assert.NotNull(change.AsTask().GetAwaiter().GetResult());
            }

            return null;
        });
        var engine = new SessionEngine(_node.Options, raced, _node.Time, _node);

        Assert.Equal(new(1, stepsUp ? 0 : 1), await engine.Disowner.DisownAsync(named.Id, null, null, CancellationToken.None));

        Assert.Equal(stepsUp ? _node.Now : null, (await _node.RecordAsync(other)).AuthenticatedAt);
        Assert.Equal(stepsUp ? 1 : 2, changes); // it lost once; after that there was nothing to do, or it was done
    }

    [Fact]
    public async Task However_it_races_with_a_step_up_the_old_authentication_never_counts_afterwards()
    {
        for (var round = 0; round < 200; round++)
        {
            var (named, other) = (await OnAsync(Strange), await OnAsync(Known));
            _node.Pass(TimeSpan.FromMinutes(1));
            SessionToken? fresh = null;
            await Threads.RunAsync(2, async number =>
            {
                if (number == 0)
                {
                    await _node.Manager.DisownAsync(named.Id);
                }
                else
                {
                    fresh = await _node.Manager.StepUpAsync(other, ["otp"]);
                }
            });

            var at = (await _node.ExpectAsync(SessionOutcome.Active, fresh!.Value)).Record!.AuthenticatedAt;
            Assert.True(at is null || at == _node.Now, $"{at:O}");
            await _node.Manager.RevokeSubjectAsync("alice", SessionEndReason.SignedOut);
            _node.Pass(TimeSpan.FromSeconds(1));
        }
    }

    [Fact, Requirement("NIST-5.3-2")]
    public async Task A_step_up_afterwards_is_fresh_again_and_brings_no_older_method_back()
    {
        var (named, other) = (await OnAsync(Strange), await OnAsync(Known));
        other = (await _node.Manager.StepUpAsync(other, ["otp"], "gold"))!.Value;
        await _node.Manager.DisownAsync(named.Id);
        _node.Pass(TimeSpan.FromSeconds(1));

        var token = (await _node.Manager.StepUpAsync(other, ["pwd"]))!.Value;

        var record = (await _node.ExpectAsync(SessionOutcome.Active, token)).Record!;
        Assert.Equal(_node.Now, record.AuthenticatedAt);
        Assert.Equal((null, new SessionMethod("pwd", _node.Now)), (record.Assurance.Acr, Assert.Single(record.Assurance.Methods)));
    }

    [Theory, InlineData("pwd"), InlineData(null), Requirement("ASVS-7.3.2")]
    public async Task An_authentication_that_no_longer_counts_takes_no_time_from_the_session(string? method)
    {
        var (named, other) = (await OnAsync(Strange), await OnAsync(Known));
        for (var hours = 0; hours < 20; hours++)
        {
            _node.Pass(TimeSpan.FromMinutes(59));
            await _node.ExpectAsync(SessionOutcome.Active, other);
        }

        other = (await _node.Manager.StepUpAsync(other, method is null ? [] : [method]))!.Value; // another day from here
        var until = (await _node.OpenAsync(other)).AbsoluteExpiresAt;
        await _node.Manager.DisownAsync(named.Id);

        Assert.Equal(until, (await _node.OpenAsync(other)).AbsoluteExpiresAt);
        for (var hours = 0; hours < 10; hours++)
        {
            _node.Pass(TimeSpan.FromMinutes(59));
            await _node.ExpectAsync(SessionOutcome.Active, other);
        }
    }

    [Fact]
    public async Task Other_nodes_hear_of_it()
    {
        var (named, other) = (await OnAsync(Strange), await OnAsync(Known));
        var told = new List<FeedMessage>();
        using var subscription = _node.Memory.Feed.Subscribe(message =>
        {
            lock (told)
            {
                told.Add(message);
            }
        });

        await _node.Manager.DisownAsync(named.Id);

        lock (told)
        {
            Assert.Contains(new FeedMessage(FeedMessageKind.Ended, named.Id, SessionEndReason.ReportedByOwner), told);
            Assert.Contains(new FeedMessage(FeedMessageKind.Changed, other.Id), told);
        }
    }

    private async Task<DateTimeOffset?> NotBeforeAsync() => (await _node.Memory.ListAsync(_node.Engine.OwnerOf("alice"), new(1))).NotBefore;

    private async Task<SessionToken> OnAsync(SessionDeviceId device)
    {
        var token = await _node.StartedAsync(new() { Subject = "alice", Device = device, Methods = ["pwd"] });
        await _node.ExpectAsync(SessionOutcome.Active, token); // confirmed: another one on the device does not replace it
        return token;
    }
}
