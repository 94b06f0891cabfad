namespace Sojourn.Conventions.Tests;

public sealed class ApiTests
{
    [Theory]
    [MemberData(nameof(Repository.LibraryNames), MemberType = typeof(Repository))]
    public void Public_api_is_what_the_snapshot_says(string library) =>
        Repository.Expect($"api/{library}.txt", ApiText.Of(Repository.Libraries.Single(each => each.GetName().Name == library)));

    [Fact]
    public void Every_snapshot_belongs_to_a_library() =>
        Assert.Equal(
            Repository.Libraries.Select(library => $"api/{library.GetName().Name}.txt").Order(StringComparer.Ordinal),
            Repository.Files("api"));
}
