namespace Sojourn.Tests.Rotation;

/// <summary>Walks through the rotation table, by the names that protocol section 11 gives them.</summary>
public sealed class RotationWalkTests
{
    private readonly EngineHarness _node = EngineHarness.Create();

    [Fact]
    public async Task Rotation_ResponseLost_NewSuccessorAfterSpacing_NobodySignedOut()
    {
        var token = await _node.ConfirmedAsync();
        _node.Pass(EngineHarness.Interval);
        var lost = await _node.RequestAsync(token);
        Assert.NotNull(lost);
        for (var second = 0; second < 59; second++)
        {
            _node.Pass(TimeSpan.FromSeconds(1));
            Assert.Null(await _node.RequestAsync(token));
        }

        _node.Pass(TimeSpan.FromSeconds(1));
        var successor = await _node.RequestAsync(token);

        Assert.NotNull(successor);
        Assert.NotEqual(lost, successor);
        await _node.ExpectAsync(SessionOutcome.Active, successor.Value);
        Assert.True((await _node.ExpectAsync(SessionOutcome.Active, token)).IsSuperseded);
        await _node.ExpectAsync(SessionOutcome.Active, lost.Value); // arrives after all: served in grace
        Assert.Empty(await _node.FindingsAsync(token.Id));
    }

    [Fact]
    [Requirement("ASVS-15.4.2")]
    public async Task Rotation_TwentyParallelRequests_OneSetCookie_AllSucceed()
    {
        var token = await _node.ConfirmedAsync();
        for (var round = 0; round < 20; round++)
        {
            _node.Pass(EngineHarness.Interval);
            var delivered = new SessionToken?[20];
            await Threads.RunAsync(20, async number => delivered[number] = await _node.RequestAsync(token));

            var successor = Assert.Single(delivered, each => each is not null)!.Value;
            await Threads.RunAsync(20, number => _node.ExpectAsync(SessionOutcome.Active, number % 2 == 0 ? successor : token));
            token = successor;
        }

        Assert.Equal(20, await _node.CountAsync(token.Id, SessionEventKind.Rotated));
    }

    [Fact]
    public async Task Rotation_OlderDeliveryArrivesLast_ServedInGrace_RefusedLate_NotEndedBeforeTenMinutes()
    {
        var token = await _node.ConfirmedAsync();
        _node.Pass(EngineHarness.Interval);
        var slow = (await _node.RequestAsync(token))!.Value;
        _node.Pass(RotationRules.Spacing);
        var fast = (await _node.RequestAsync(token))!.Value;
        await _node.ExpectAsync(SessionOutcome.Active, fast);

        _node.Pass(TimeSpan.FromSeconds(60));
        Assert.True((await _node.ExpectAsync(SessionOutcome.Active, slow)).IsSuperseded);
        _node.Pass(TimeSpan.FromMilliseconds(1));
        await _node.ExpectAsync(SessionOutcome.Superseded, slow);
        _node.Pass(TimeSpan.FromMinutes(9));
        await _node.ExpectAsync(SessionOutcome.Superseded, slow);
        await _node.ExpectAsync(SessionOutcome.Active, fast);

        _node.Pass(TimeSpan.FromSeconds(5)); // the tolerance
        await _node.ExpectAsync(SessionOutcome.Replayed, slow, SessionEndReason.TokenReplay);
    }

    [Fact]
    [Requirement("ASVS-10.4.5")]
    public async Task Theft_AttackerFirst_VictimReturnsAfterNineRotations_IsReplayed()
    {
        var stolen = await _node.ConfirmedAsync();
        var thief = stolen;
        for (var rotation = 0; rotation < 9; rotation++)
        {
            thief = await _node.RotateAsync(thief);
        }

        await _node.ExpectAsync(SessionOutcome.Replayed, stolen, SessionEndReason.TokenReplay);
        await _node.ExpectAsync(SessionOutcome.Ended, thief, SessionEndReason.TokenReplay);
    }

    [Fact]
    public async Task Theft_AttackerFirst_VictimIsLate_SignsInAgain_AndTheThiefIsOut()
    {
        var stolen = await _node.ConfirmedAsync();
        var thief = await _node.RotateAsync(stolen);
        _node.Pass(TimeSpan.FromMinutes(2));
        await _node.ExpectAsync(SessionOutcome.Superseded, stolen);

        var victim = await _node.SignInAsync("alice", stolen);

        await _node.ExpectAsync(SessionOutcome.Ended, thief, SessionEndReason.Replaced);
        await _node.ExpectAsync(SessionOutcome.Active, victim);
    }

    [Fact]
    [Requirement("CSMCS-42")]
    public async Task Theft_PatientThief_WithheldSuccessors_StalledFinding_AndExpelled()
    {
        var stolen = await _node.ConfirmedAsync();
        _node.Pass(EngineHarness.Interval);
        var withheld = new List<SessionToken>();
        for (var run = 1; run <= 6; run++) // the thief asks first each time and presents nothing
        {
            withheld.Add((await _node.RequestAsync(stolen))!.Value);
            _node.Pass(RotationRules.Spacing);
        }

        Assert.Equal([SessionFindings.RotationStalled], await _node.FindingsAsync(stolen.Id));
        Assert.Null(await _node.RequestAsync(stolen)); // the current token goes on alone

        // One successor did reach the victim, who presents it: from there the thief's copies age.
        await _node.ExpectAsync(SessionOutcome.Active, withheld[4]);
        Assert.True((await _node.ExpectAsync(SessionOutcome.Active, stolen)).IsSuperseded);
        _node.Pass(TimeSpan.FromMinutes(1.1));
        await _node.ExpectAsync(SessionOutcome.Superseded, stolen);
        await _node.ExpectAsync(SessionOutcome.Superseded, withheld[5]);
        _node.Pass(TimeSpan.FromMinutes(10));
        await _node.ExpectAsync(SessionOutcome.Replayed, withheld[5], SessionEndReason.TokenReplay);
    }

    [Fact]
    [Requirement("CSMCS-21")]
    [Requirement("WSTG-SESS-03.b")]
    public async Task Replay_UnknownSecretWithKnownSessionId_EndsNothing_TellsNothing()
    {
        var token = await _node.ConfirmedAsync();
        var record = await _node.RecordAsync(token);
        var absent = await _node.PresentAsync(TokenLab.New());
        _node.Store.ResetCalls();
        for (var i = 0; i < 100; i++)
        {
            var answer = await _node.PresentAsync(SessionToken.Create(token.Id, LineageKey.Create()));

            Assert.Equal(absent.Outcome, answer.Outcome);
            Assert.Null(answer.Session);
            Assert.Equal(absent.ToString(), answer.ToString());
        }

        Assert.Equal((100, 100), (_node.Store.Calls(StoreOperation.Find), _node.Store.TotalCalls)); // as for a session that is not there
        Assert.Same(record, await _node.RecordAsync(token));
        Assert.Empty(await _node.FindingsAsync(token.Id));
        await _node.ExpectAsync(SessionOutcome.Active, token);
    }

    [Fact]
    public async Task Idle_LateTouchFromPausedNode_DoesNotRevive()
    {
        var token = await _node.ConfirmedAsync();
        var paused = _node.AnotherNode();
        _node.Pass(TimeSpan.FromMinutes(30));
        await paused.ExpectAsync(SessionOutcome.Active, token); // in its buffer, then the process stops

        _node.Pass(TimeSpan.FromMinutes(30));
        await _node.ExpectAsync(SessionOutcome.Ended, token, SessionEndReason.Idle);
        await paused.Engine.Touches.FlushAsync(CancellationToken.None);

        await _node.ExpectAsync(SessionOutcome.Ended, token, SessionEndReason.Idle);
        await paused.ExpectAsync(SessionOutcome.Ended, token, SessionEndReason.Idle);
        Assert.Equal(_node.Now - TimeSpan.FromHours(1), (await _node.RecordAsync(token)).LastSeenAt);
    }
}
