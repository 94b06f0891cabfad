using System.Xml.Linq;

namespace Sojourn.Conventions.Tests;

public sealed class ReferenceTests
{
    /// <summary>The only arrows between our libraries. A new arrow is a decision: say why in the pull request.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Sojourn"] = [],
        ["Sojourn.AspNetCore"] = ["Sojourn"],
        ["Sojourn.Sqlite"] = ["Sojourn"],
        ["Sojourn.Testing"] = ["Sojourn"],
    };

    [Theory]
    [MemberData(nameof(Repository.LibraryNames), MemberType = typeof(Repository))]
    public void Libraries_reference_only_what_the_table_allows(string library)
    {
        Assert.True(Allowed.TryGetValue(library, out var allowed), $"{library} has no line in the table of allowed references.");
        var ours = References(library).Where(name => name == "Sojourn" || name.StartsWith("Sojourn.", StringComparison.Ordinal));
        Assert.Empty(ours.Except(allowed));
    }

    [Theory]
    [InlineData("Sojourn")]
    [InlineData("Sojourn.Testing")]
    public void Engine_and_test_kit_know_no_AspNetCore(string library) =>
        Assert.DoesNotContain(References(library), name => name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal));

    [Fact]
    public void Libraries_reference_neither_samples_nor_tests() =>
        Repository.ExpectNone(
            from file in Repository.ProjectFiles("src")
            from path in Items(file, "ProjectReference")
            where !path.StartsWith("../Sojourn", StringComparison.Ordinal)
            select $"{file} references {path}");

    /// <summary>What the assembly uses, and what its project file declares even if nothing uses it yet.</summary>
    private static IEnumerable<string> References(string library)
    {
        var project = $"src/{library}/{library}.csproj";
        return Repository.Libraries.Single(each => each.GetName().Name == library).GetReferencedAssemblies().Select(each => each.Name!)
            .Concat(Items(project, "ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path)))
            .Concat(Items(project, "PackageReference"))
            .Concat(Items(project, "FrameworkReference"))
            .Distinct();
    }

    private static IEnumerable<string> Items(string projectFile, string kind) =>
        XDocument.Load(Path.Combine(Repository.Root, projectFile)).Descendants(kind).Select(item => (string)item.Attribute("Include")!);
}
