using Sojourn.Testing.Rules;

namespace Sojourn.Testing;

/// <summary>
/// What every store has to do, rule by rule. Whoever writes a store runs all rules against it, with any test framework:
/// a theory over <see cref="Rules"/> is enough. There are no optional rules and no flags.
/// </summary>
/// <remarks>Thread-safe. Each rule opens tenants of its own and leaves them behind.</remarks>
/// <example>
/// <code>
/// public static TheoryData&lt;ContractRule&gt; Rules =&gt; [.. SessionStoreContract.Rules];
///
/// [Theory, MemberData(nameof(Rules))]
/// public async Task Keeps(ContractRule rule)
/// {
///     await using var fixture = new MyStoreFixture();
///     await rule.RunAsync(fixture, TestContext.Current.CancellationToken);
/// }
/// </code>
/// </example>
public static class SessionStoreContract
{
    /// <summary>All rules, ordered by capability.</summary>
    public static IReadOnlyList<ContractRule> Rules { get; } =
    [
        .. OpeningRules.All,
        .. StartingRules.All,
        .. FindingRules.All,
        .. ListingRules.All,
        .. ListingSteadyRules.All,
        .. ChangingRules.All,
        .. EndingRules.All,
        .. EndedStaysEndedRules.All,
        .. EndingManyRules.All,
        .. LimitRules.All,
        .. OwnerRules.All,
        .. TouchingRules.All,
        .. DataRules.All,
        .. DataLimitRules.All,
        .. DataVersionRules.All,
        .. SweepingRules.All,
        .. PurgingRules.All,
        .. EventRules.All,
        .. FeedRules.All,
        .. MissingRules.All,
        .. RepeatRules.All,
        .. CancellationRules.All,
        .. SharingRules.All,
        .. TimeRules.All,
        .. TenantRules.All,
        .. EndingRaces.All,
        .. ChangingRaces.All,
        .. OwnerRaces.All,
        .. DataRaces.All,
        .. SweepingRaces.All,
    ];
}
