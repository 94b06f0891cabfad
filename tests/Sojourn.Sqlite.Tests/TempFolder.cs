namespace Sojourn.Sqlite.Tests;

/// <summary>A folder of a test's own, gone with it.</summary>
public sealed class TempFolder : IDisposable
{
    public TempFolder() => Path = Directory.CreateTempSubdirectory("sojourn-sqlite-").FullName;

    public string Path { get; }

    public string Database => System.IO.Path.Combine(Path, "sojourn.db");

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
