namespace Sojourn.Conventions.Tests;

public sealed class ComplianceTests
{
    [Fact]
    public void Compliance_page_is_what_the_tests_say() => Repository.Expect("docs/compliance.md", Compliance.Page());

    [Fact]
    public void Every_id_on_a_test_is_a_known_requirement() =>
        Repository.ExpectNone(
            from use in Compliance.Uses
            where Compliance.Requirements.All(each => each.Id != use.Id)
            select $"{use.Test}: {use.Id} is not in requirements.tsv.");

    [Fact]
    public void Every_id_belongs_to_a_test() =>
        Repository.ExpectNone(
            from use in Compliance.Uses
            where use.Test.EndsWith("no test", StringComparison.Ordinal)
            select $"{use.Id}: {use.Test}");

    [Fact]
    public void Requirements_are_listed_once_and_in_a_family_that_the_page_shows() =>
        Assert.Equal(Compliance.Requirements.Select(each => each.Id), Compliance.ListedIds());
}
