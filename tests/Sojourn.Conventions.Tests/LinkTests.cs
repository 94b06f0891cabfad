using System.Text.RegularExpressions;

namespace Sojourn.Conventions.Tests;

public sealed partial class LinkTests
{
    private static IEnumerable<string> Pages => Repository.Files()
        .Where(file => file.EndsWith(".md", StringComparison.Ordinal))
        .Where(file => !file.Contains('/', StringComparison.Ordinal) || file.StartsWith("docs/", StringComparison.Ordinal));

    [Fact]
    public void Relative_links_resolve() =>
        Repository.ExpectNone(
            from page in Pages
            from Match link in Link().Matches(Prose(page))
            let target = link.Groups["target"].Value
            where !target.Contains(':', StringComparison.Ordinal) && !Resolves(page, target)
            select $"{page}: {target} leads nowhere.");

    private static bool Resolves(string page, string target)
    {
        var parts = target.Split('#', 2);
        var path = parts[0].Length == 0 ? page : Path.GetRelativePath(Repository.Root,
            Path.GetFullPath(Uri.UnescapeDataString(parts[0]), Path.GetFullPath(Path.Combine(Repository.Root, page, ".."))));
        return Path.Exists(Path.Combine(Repository.Root, path))
            && (parts.Length == 1 || !path.EndsWith(".md", StringComparison.Ordinal) || Anchors(path).Contains(parts[1]));
    }

    /// <summary>The anchors that GitHub gives to headings.</summary>
    private static IEnumerable<string> Anchors(string page) =>
        Heading().Matches(Fence().Replace(Repository.Text(page)!, ""))
            .Select(heading => NotInAnchor().Replace(heading.Groups["text"].Value.Trim().ToLowerInvariant(), "").Replace(' ', '-'));

    private static string Prose(string page) => Code().Replace(Fence().Replace(Repository.Text(page)!, ""), "");

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)(\s+""[^""]*"")?\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^#{1,6} (?<text>.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"`[^`\n]*`")]
    private static partial Regex Code();

    [GeneratedRegex(@"[^\p{L}\p{N} _-]")]
    private static partial Regex NotInAnchor();
}
