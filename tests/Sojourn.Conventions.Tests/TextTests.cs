using System.Text.RegularExpressions;

namespace Sojourn.Conventions.Tests;

/// <summary>Rules about the text of the files. Forbidden words are spelt in two halves, or this file would break its own rules.</summary>
public sealed partial class TextTests
{
    private const int LineLimit = 300;

    private static readonly Regex UnfinishedWord = new(@"\b(TO" + "DO|FIX" + "ME|HA" + "CK|NotImplemented" + @"Exception)\b");

    private static readonly string[] PrivatePlaces =
    [
        "/wo" + "rk/", "registry.npm" + "js.org", "registry.yarn" + "pkg.com", "npm.pkg." + "github.com",
        "api.nu" + "get.org", "/v3/" + "index.json", "proxy.go" + "lang.org", "_auth" + "Token",
    ];

    [Fact]
    public void Nothing_is_left_unfinished() =>
        Repository.ExpectNone(Lines().Where(line => UnfinishedWord.IsMatch(line.Text)).Select(line => $"{line.Place}: {line.Text.Trim()}"));

    [Fact]
    public void No_regions() =>
        Repository.ExpectNone(
            from line in Lines(".cs")
            where line.Text.TrimStart().StartsWith("#reg" + "ion", StringComparison.Ordinal)
            select line.Place);

    [Fact]
    public void No_test_is_switched_off() =>
        Repository.ExpectNone(
            from file in Repository.Files("tests").Concat(Repository.Files("src"))
            where file.EndsWith(".cs", StringComparison.Ordinal) && SwitchedOff().IsMatch(Repository.Text(file)!)
            select $"{file}: use Assert.Skip with a reason that depends on the machine.");

    [Fact]
    public void Source_files_are_short() =>
        Repository.ExpectNone(
            from file in Repository.Files("src").Concat(Repository.Files("samples"))
            where Path.GetExtension(file) is ".cs" or ".cshtml" or ".razor" or ".js" or ".ts" or ".css"
            let length = Repository.Text(file)!.TrimEnd('\n').Split('\n').Length
            where length > LineLimit
            select $"{file} has {length} lines; the limit is {LineLimit}.");

    [Fact]
    public void No_file_knows_the_machine_or_registry_it_was_made_with() =>
        Repository.ExpectNone(Lines()
            .Where(line => PrivatePlaces.Any(place => line.Text.Contains(place, StringComparison.OrdinalIgnoreCase)))
            .Select(line => $"{line.Place}: {line.Text.Trim()}"));

    [Fact]
    public void Lock_files_hold_no_download_addresses() =>
        Repository.ExpectNone(Lines("package-lock.json").Where(line => line.Text.Contains("\"resolved\"", StringComparison.Ordinal))
            .Select(line => $"{line.Place}: npm ci needs omit-lockfile-registry-resolved=true in .npmrc"));

    private static IEnumerable<(string Place, string Text)> Lines(string suffix = "") =>
        from file in Repository.Files()
        where file.EndsWith(suffix, StringComparison.Ordinal)
        from line in (Repository.Text(file) ?? "").Split('\n').Index()
        select ($"{file}:{line.Index + 1}", line.Item);

    [GeneratedRegex(@"\b(Fact|Theory|InlineData|MemberData|ClassData)\s*\([^\]]*?\bSkip\s*=")]
    private static partial Regex SwitchedOff();
}
