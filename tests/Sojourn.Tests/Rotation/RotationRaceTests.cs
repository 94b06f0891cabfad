namespace Sojourn.Tests.Rotation;

/// <summary>Races on real threads, by the names that protocol section 11 gives them.</summary>
public sealed class RotationRaceTests
{
    private const int Rounds = 150;

    private readonly EngineHarness _node = EngineHarness.Create();

    [Fact]
    [Requirement("ASVS-7.2.4")]
    [Requirement("ASVS-15.4.2")]
    public async Task Rotation_PromoteRacesStepUp_StepUpAlwaysWins_OldLineageDead()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var (token, successor) = await DueAsync(round);
            SessionToken? steppedUp = null;
            SessionOutcome promoted = default;

            await Threads.RunAsync(
                async () => promoted = (await _node.PresentAsync(successor)).Outcome,
                async () => steppedUp = await _node.Manager.StepUpAsync(token, ["pwd"]),
                async () => await _node.RequestAsync(token));

            // The promotion can be first: then the step-up came with a graced token, and its person tries again.
            var fresh = steppedUp ?? (await _node.Manager.StepUpAsync(successor, ["pwd"]))!.Value;
            Assert.Contains(promoted, new[] { SessionOutcome.Active, SessionOutcome.Superseded });
            await _node.ExpectAsync(SessionOutcome.Active, fresh);
            await _node.ExpectAsync(SessionOutcome.Superseded, token);
            await _node.ExpectAsync(SessionOutcome.Superseded, successor);
            var state = (await _node.RecordAsync(token)).Token;
            Assert.Equal((2, TokenHash.Of(fresh)), (state.Lineage, state.Current));
            Assert.Equal(1, await _node.CountAsync(token.Id, SessionEventKind.SteppedUp));
        }
    }

    [Fact]
    public async Task Rotation_StepUpWithTheSuccessorRacesItsPromotion_StepUpAlwaysWins()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var (_, successor) = await DueAsync(round);
            SessionToken? fresh = null;

            await Threads.RunAsync(
                async () => await _node.PresentAsync(successor),
                async () => fresh = await _node.Manager.StepUpAsync(successor, ["pwd"]));

            await _node.ExpectAsync(SessionOutcome.Active, fresh!.Value);
            await _node.ExpectAsync(SessionOutcome.Superseded, successor);
        }
    }

    [Fact]
    [Requirement("ASVS-7.4.1")]
    public async Task Rotation_PromoteRacesRevoke_StaysEnded()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var (token, successor) = await DueAsync(round);
            var revoked = false;

            await Threads.RunAsync(
                async () => Assert.Contains((await _node.PresentAsync(successor)).Outcome, new[] { SessionOutcome.Active, SessionOutcome.Ended }),
                async () => revoked = await _node.Manager.RevokeAsync(token.Id, SessionEndReason.RevokedByAdministrator),
                async () => await _node.RequestAsync(token));

            Assert.True(revoked);
            await _node.ExpectAsync(SessionOutcome.Ended, successor, SessionEndReason.RevokedByAdministrator);
            await _node.ExpectAsync(SessionOutcome.Ended, token, SessionEndReason.RevokedByAdministrator);
            Assert.Equal(1, await _node.CountAsync(token.Id, SessionEventKind.Ended));
        }
    }

    [Fact]
    public async Task A_replay_that_races_a_step_up_has_exactly_one_winner()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var old = await _node.ConfirmedAsync($"user{round}");
            var current = await _node.RotateAsync(old);
            _node.Pass(TimeSpan.FromMinutes(12));
            SessionToken? fresh = null;
            SessionOutcome replay = default;

            await Threads.RunAsync(
                async () => replay = (await _node.PresentAsync(old)).Outcome,
                async () => fresh = await _node.Manager.StepUpAsync(current, ["pwd"]));

            // Whoever is first decides: a token of the dead lineage is no replay, and an ended session is not stepped up.
            if (fresh is { } token && replay == SessionOutcome.Superseded)
            {
                await _node.ExpectAsync(SessionOutcome.Active, token);
            }
            else
            {
                Assert.Equal(SessionOutcome.Replayed, replay);
                Assert.Null(fresh);
                await _node.ExpectAsync(SessionOutcome.Ended, current, SessionEndReason.TokenReplay);
            }
        }
    }

    private async Task<(SessionToken Token, SessionToken Successor)> DueAsync(int round)
    {
        var token = await _node.ConfirmedAsync($"user{round}");
        _node.Pass(EngineHarness.Interval);
        return (token, (await _node.RequestAsync(token))!.Value);
    }
}
