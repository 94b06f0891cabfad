using Sojourn.Testing;

namespace Sojourn.Tests.Testing;

[Collection(RunAlone.Name)]
public sealed class InMemorySessionStoreContractTests
{
    public static TheoryData<ContractRule> Rules => [.. SessionStoreContract.Rules];

    [Theory, MemberData(nameof(Rules))]
    public async Task Keeps(ContractRule rule)
    {
        await using var fixture = new InMemoryFixture();
        await rule.RunAsync(fixture, TestContext.Current.CancellationToken);
    }
}
