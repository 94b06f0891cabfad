using System.Reflection;

namespace Sojourn.Conventions.Tests;

/// <summary>The checkout that the tests were built from.</summary>
internal static class Repository
{
    /// <summary>What .gitignore names, and .git itself.</summary>
    private static readonly HashSet<string> Skipped =
        ["artifacts", "bin", "obj", "TestResults", "BenchmarkDotNet.Artifacts", "node_modules", "data", ".git", ".vs", ".idea"];

    public const string UpdateCommand = "SOJOURN_UPDATE=1 ./test.sh --filter Conventions";

    public static string Root { get; } = FindRoot();

    /// <summary>Every library of <c>src</c>; our project file references them all, so a new one is checked too.</summary>
    public static IReadOnlyList<Assembly> Libraries { get; } =
        [.. ProjectFiles("src").Select(file => Assembly.Load(Path.GetFileNameWithoutExtension(file)))];

    public static TheoryData<string> LibraryNames => [.. Libraries.Select(library => library.GetName().Name!)];

    public static IEnumerable<string> ProjectFiles(string folder) =>
        Files(folder).Where(file => file.EndsWith(".csproj", StringComparison.Ordinal));

    /// <summary>Paths below <paramref name="folder"/>, relative to the root, with forward slashes, sorted.</summary>
    public static IEnumerable<string> Files(string folder = "") =>
        Walk(new DirectoryInfo(Path.Combine(Root, folder)))
            .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'))
            .Order(StringComparer.Ordinal);

    /// <summary>Null for a file that is not text.</summary>
    public static string? Text(string path)
    {
        var text = File.ReadAllText(Path.Combine(Root, path));
        return text.Contains('\0', StringComparison.Ordinal) ? null : text.ReplaceLineEndings("\n");
    }

    /// <summary>Fails when the file differs from what it should hold, or writes it when asked to by the environment.</summary>
    public static void Expect(string path, string expected)
    {
        var file = Path.Combine(Root, path);
        if (Environment.GetEnvironmentVariable("SOJOURN_UPDATE") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, expected);
        }

        var actual = File.Exists(file) ? Text(path)! : "";
        if (actual == expected)
        {
            return;
        }

        string[] now = expected.Split('\n'), before = actual.Split('\n');
        var line = now.Zip(before).TakeWhile(pair => pair.First == pair.Second).Count();
        Assert.Fail($"""
            {path} is out of date at line {line + 1}.
              in the file: {before.ElementAtOrDefault(line) ?? "(end)"}
              should be:   {now.ElementAtOrDefault(line) ?? "(end)"}
            If that is meant: {UpdateCommand}
            """);
    }

    /// <summary>Fails with one line per complaint.</summary>
    public static void ExpectNone(IEnumerable<string> complaints)
    {
        var all = complaints.ToList();
        Assert.True(all.Count == 0, string.Join('\n', all));
    }

    private static IEnumerable<string> Walk(DirectoryInfo folder) =>
        !folder.Exists
            ? []
            : folder.EnumerateFiles().Select(file => file.FullName)
                .Concat(folder.EnumerateDirectories().Where(child => !Skipped.Contains(child.Name)).SelectMany(Walk));

    private static string FindRoot()
    {
        // Not from the compiler's file path: deterministic builds replace it.
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Sojourn.slnx")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("No Sojourn.slnx above " + AppContext.BaseDirectory);
    }
}
