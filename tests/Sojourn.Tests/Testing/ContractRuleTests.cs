using Sojourn.Testing;

namespace Sojourn.Tests.Testing;

[Collection(RunAlone.Name)]
public sealed class ContractRuleTests
{
    [Fact]
    public void Every_rule_has_a_sentence_of_its_own()
    {
        Assert.Equal(SessionStoreContract.Rules.Count, SessionStoreContract.Rules.Select(rule => rule.Name).Distinct().Count());
        Assert.All(SessionStoreContract.Rules, rule => Assert.Equal(rule.Name, rule.ToString()));
    }

    [Fact]
    public void Every_capability_has_rules() => Assert.Equal(
        ["cancellation", "changing", "data", "ending", "events", "feed", "finding", "limits", "listing", "missing", "opening", "races", "repeats", "sharing", "starting", "sweeping", "tenants", "time", "touching"],
        SessionStoreContract.Rules.Select(rule => rule.Capability).Distinct().Order());

    [Fact]
    public async Task A_rule_that_is_cancelled_is_not_broken()
    {
        await using var fixture = new InMemoryFixture();
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => SessionStoreContract.Rules[1].RunAsync(fixture, cancelled.Token));
    }

    [Fact]
    public async Task A_race_that_always_ends_one_way_is_no_proof()
    {
        // Where one racer always comes first, nobody has seen what happens when it comes second.
        await using var fixture = new InMemoryFixture(rounds: 200);
        var rule = new ContractRule("races", "A race", async t => await Race.RunAsync<int>(t, round => new(round), _ => new(0), _ => default, _ => default));
        var violation = await Assert.ThrowsAsync<ContractViolationException>(() => rule.RunAsync(fixture, TestContext.Current.CancellationToken));
        Assert.Contains("the race never ran both ways: 200 to 0", violation.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_racer_that_fails_ends_the_race_with_its_failure()
    {
        await using var fixture = new InMemoryFixture(rounds: 200);
        var rule = new ContractRule("races", "A race", async t => await Race.RunAsync<int>(t, round => new(round), round => new(round % 2),
            _ => default, round => round < 7 ? default : throw new SessionStoreException("End", "down", isTransient: true)));
        var violation = await Assert.ThrowsAsync<ContractViolationException>(() => rule.RunAsync(fixture, TestContext.Current.CancellationToken));
        Assert.IsType<SessionStoreException>(violation.InnerException);
        Assert.Equal(("A race", "no exception"), (violation.Rule, violation.Expected));
    }

    [Fact]
    public async Task A_race_works_with_a_store_that_answers_later()
    {
        await using var fixture = new InMemoryFixture(rounds: 200);
        var wins = new int[3];
        var rule = new ContractRule("races", "A race", async t => await Race.RunAsync(t, async round =>
            {
                await Task.Yield();
                return round;
            }, round => new(wins[round % 3]++ >= 0 ? round % 3 : -1), async _ => await Task.Yield(), async _ => await Task.Delay(1), _ => default));
        await rule.RunAsync(fixture, TestContext.Current.CancellationToken);
        Assert.Equal(200, wins.Sum());
    }
}
