namespace Sojourn.Tests.Validation;

/// <summary>What another request, or another session, did first must not be overlooked.</summary>
public sealed class OvertakenTests
{
    [Theory, InlineData("idle"), InlineData("everybody"), InlineData("visitor")]
    public async Task Whoever_loses_the_end_of_a_session_is_refused_too(string why)
    {
        var node = EngineHarness.Create();
        var token = why == "visitor" ? await node.VisitAsync() : await node.ConfirmedAsync();
        await node.ExpectAsync(SessionOutcome.Active, token);
        if (why == "everybody")
        {
            await node.Manager.RevokeEverybodyAsync();
        }
        else
        {
            node.Pass(TimeSpan.FromHours(why == "visitor" ? 25 : 2));
        }

        var others = 0;
        var raced = StoreProxy.Over(node.Memory, (method, arguments) =>
        {
            if (method == nameof(ISessionStore.EndAsync) && others++ == 0)
            {
                var ending = (SessionEnding)arguments[2]! with { Write = WriteId.Create() };
                _ = node.Memory.EndAsync((SessionId)arguments[0]!, default, ending, EventBatch.None).AsTask(); // done when it returns
            }

            return null;
        });
        var validation = await new SessionEngine(node.Options, raced, node.Time, node).Validator.ValidateAsync(token, default, default);

        Assert.Equal(1, others);
        Assert.False(validation.IsActive);
        Assert.Equal(why == "visitor" ? SessionOutcome.Unknown : SessionOutcome.Ended, validation.Outcome);
    }

    [Fact, Requirement("ASVS-7.2.4")]
    public async Task Signing_in_again_ends_the_session_whose_newer_token_somebody_else_may_hold()
    {
        var node = EngineHarness.Create();
        var stolen = await node.ConfirmedAsync();
        var newer = await node.Manager.StepUpAsync(stolen, ["pwd"]);
        Assert.NotNull(newer);

        await node.StartedAsync(new() { Subject = "alice", Shown = [stolen] });

        await node.ExpectAsync(SessionOutcome.Ended, newer.Value, SessionEndReason.Replaced);
    }

    [Fact]
    public async Task A_sign_in_that_began_before_revocations_are_remembered_is_refused()
    {
        var node = EngineHarness.Create();
        var start = new SessionStart { Subject = "alice", AuthenticationBegan = node.Now.AddHours(-24) };

        Assert.Equal(SessionStartOutcome.Started, (await node.Manager.StartAsync(start)).Outcome);
        Assert.Equal(SessionStartOutcome.RevokedMeanwhile, (await node.Manager.StartAsync(start with { AuthenticationBegan = node.Now.AddHours(-24).AddMilliseconds(-1) })).Outcome);
    }

    [Fact]
    public async Task The_session_that_a_sign_in_replaces_makes_room_for_it_before_any_other()
    {
        var node = EngineHarness.Create(options =>
        {
            options.DefaultPolicy.MaxSessions = 2;
            options.DefaultPolicy.WhenFull = SessionLimitBehavior.Refuse;
        });
        var (elsewhere, here) = (await node.ConfirmedAsync(), await node.ConfirmedAsync());

        await node.ExpectAsync(SessionOutcome.Active, await node.StartedAsync(new() { Subject = "alice", Shown = [here] }));

        await node.ExpectAsync(SessionOutcome.Active, elsewhere);
        await node.ExpectAsync(SessionOutcome.Ended, here, SessionEndReason.Replaced);
        Assert.Equal(SessionStartOutcome.LimitReached, (await node.Manager.StartAsync(new() { Subject = "alice" })).Outcome);
    }
}
