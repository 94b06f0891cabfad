namespace Sojourn.Sqlite.Tests;

public sealed class SqliteStoreContractTests
{
    public static TheoryData<ContractRule> Rules => [.. SessionStoreContract.Rules];

    [Theory, MemberData(nameof(Rules))]
    public async Task Keeps(ContractRule rule)
    {
        await using var fixture = new SqliteFixture();
        await rule.RunAsync(fixture, TestContext.Current.CancellationToken);
    }
}
