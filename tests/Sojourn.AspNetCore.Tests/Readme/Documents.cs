namespace Sojourn.AspNetCore.Tests;

/// <summary>The repository's own files.</summary>
internal static class Documents
{
    private static readonly string Root = FindRoot();

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path)).ReplaceLineEndings("\n");

    /// <summary>The code block that follows a comment which names its source.</summary>
    public static string Block(string document, string source)
    {
        var text = Read(document);
        var mark = $"<!-- {source} -->\n```csharp\n";
        var at = text.IndexOf(mark, StringComparison.Ordinal);
        Assert.True(at >= 0, $"{document} has no code block from {source}.");
        var rest = text[(at + mark.Length)..];
        return rest[..rest.IndexOf("```", StringComparison.Ordinal)];
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Sojourn.slnx")))
        {
            folder = folder.Parent;
        }

        return folder.FullName;
    }
}
