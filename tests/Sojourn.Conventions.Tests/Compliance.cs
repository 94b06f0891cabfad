using System.Text;
using System.Text.RegularExpressions;

namespace Sojourn.Conventions.Tests;

/// <summary>Joins the requirements with the tests that carry their ids.</summary>
internal static partial class Compliance
{
    private static readonly (string Prefix, string Title)[] Families =
    [
        ("ASVS", "OWASP ASVS 5.0"),
        ("CSMCS", "OWASP Session Management Cheat Sheet"),
        ("WSTG", "OWASP Web Security Testing Guide, session tests"),
        ("NIST", "NIST SP 800-63B-4 and 800-63C-4"),
        ("CK", "Cookies (RFC 6265bis, layered cookies)"),
        ("CSD", "Clear-Site-Data"),
        ("FM", "Fetch Metadata and CSRF"),
        ("BCL", "OpenID Connect Back-Channel Logout 1.0"),
        ("SSF", "Shared Signals Framework and CAEP 1.0"),
        ("BFF", "OAuth 2.0 for Browser-Based Applications"),
        ("PRIV", "Privacy of session records"),
    ];

    public static IReadOnlyList<(string Id, string Text)> Requirements { get; } =
        [.. Repository.Text("tests/Sojourn.Conventions.Tests/requirements.tsv")!.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1)
            .Select(line => line.Split('\t')).Select(cells => (cells[0], cells[2]))];

    /// <summary>Every use of the attribute in the tests' sources. Sources, because a test project cannot load all the others.</summary>
    public static IReadOnlyList<(string Id, string Test)> Uses { get; } =
        [.. Repository.Files("tests").Where(file => file.EndsWith(".cs", StringComparison.Ordinal))
            .SelectMany(file => Scan(Repository.Text(file)!))];

    /// <summary>The ids in the order of the page, without repetition.</summary>
    public static IEnumerable<string> ListedIds() =>
        Families.SelectMany(family => Requirements.Select(each => each.Id).Where(id => Family(id) == family.Prefix)).Distinct();

    private static string Family(string id) => id.Split('-')[0];

    public static string Page()
    {
        var tests = Uses.Distinct().ToLookup(use => use.Id, use => use.Test);
        var shown = Requirements.Count(each => tests.Contains(each.Id));
        var page = new StringBuilder($"""
            # Compliance

            Which requirement is shown to hold by which test. The texts are shortened: the source has the exact words. Some requirements are
            duties of the application, or concern capabilities that Sojourn does not have (yet); they are among those not shown.
            This page is generated from the tests; do not edit it: `{Repository.UpdateCommand}`.

            **{shown} of {Requirements.Count} shown.**

            | source | shown | all |
            |---|---:|---:|

            """);
        foreach (var (prefix, title) in Families)
        {
            var family = Requirements.Where(each => Family(each.Id) == prefix).ToList();
            page.Append($"| {title} ({prefix}) | {family.Count(each => tests.Contains(each.Id))} | {family.Count} |\n");
        }

        foreach (var (prefix, title) in Families)
        {
            var family = Requirements.ToLookup(each => Family(each.Id) == prefix ? tests.Contains(each.Id) : (bool?)null);
            page.Append($"\n## {title}\n\n");
            if (family[true].Any())
            {
                page.Append("| id | requirement | tests |\n|---|---|---|\n");
            }

            foreach (var (id, text) in family[true])
            {
                var names = string.Join("<br>", tests[id].Order(StringComparer.Ordinal).Select(test => $"`{test}`"));
                page.Append($"| {id} | {text.Replace("|", "\\|", StringComparison.Ordinal)} | {names} |\n");
            }

            if (family[false].Any())
            {
                var gap = family[true].Any() ? "\n" : "";
                page.Append($"{gap}not shown yet: {string.Join(", ", family[false].Select(each => each.Id))}\n");
            }
        }

        return page.ToString();
    }

    /// <summary>Attribute lines, then the class or method that they belong to.</summary>
    private static IEnumerable<(string Id, string Test)> Scan(string source)
    {
        var type = "";
        var pending = new List<string>();
        foreach (var line in source.Split('\n').Select(line => line.Trim()).Where(line => !line.StartsWith("//", StringComparison.Ordinal)))
        {
            pending.AddRange(Attribute().Matches(line).Select(match => match.Groups["id"].Value));
            var (ofType, ofMethod) = (TypeLine().Match(line), MethodLine().Match(line));
            if (ofType.Success)
            {
                type = ofType.Groups["name"].Value;
            }
            else if (!ofMethod.Success)
            {
                continue;
            }

            foreach (var id in pending)
            {
                yield return (id, ofType.Success ? type : $"{type}.{ofMethod.Groups["name"].Value}");
            }

            pending.Clear();
        }

        foreach (var id in pending)
        {
            yield return (id, $"{type}: belongs to no test");
        }
    }

    // A string literal is the documented form; anything else is reported as an unknown id.
    [GeneratedRegex(@"(?<=[\[,]\s*)Requirement(Attribute)?\(""?(?<id>[^"")]*)""?\)")]
    private static partial Regex Attribute();

    [GeneratedRegex(@"^(\[.*\]\s*)?((public|internal|private|sealed|static|abstract|partial|file)\s+)*(class|record)\s+(?<name>\w+)")]
    private static partial Regex TypeLine();

    [GeneratedRegex(@"^(\[.*\]\s*)?((public|static|virtual|override|async)\s+)+(void|Task|ValueTask)\s+(?<name>\w+)\s*(<[^>]*>)?\(")]
    private static partial Regex MethodLine();
}
