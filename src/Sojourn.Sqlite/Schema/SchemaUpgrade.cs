namespace Sojourn.Sqlite;

/// <summary>
/// Brings the schema up, one numbered script after the other, within a transaction of the caller. Scripts only add:
/// what an older program that is still running reads and writes stays valid. One that cannot keep to that says so by a
/// higher "oldest reader", and stops the older programs.
/// </summary>
internal static class SchemaUpgrade
{
    /// <summary>The scripts, each with the oldest version of the program that may still use the file after it.</summary>
    private static readonly (string Script, int OldestReader)[] Steps = [("001.sql", 1)];

    /// <summary>The schema that this program knows.</summary>
    public static int Current => Steps.Length;

    /// <summary>Runs what is missing, up to a version (all of them, outside of tests).</summary>
    public static void Run(Connection connection, int upTo = int.MaxValue)
    {
        var version = connection.ReadInteger("SELECT count(*) FROM sqlite_schema WHERE name = 'schema_version'") == 0
            ? 0
            : connection.ReadInteger("SELECT max(version) FROM schema_version");
        for (var next = (int)version; next < Math.Min(upTo, Steps.Length); next++)
        {
            connection.Execute(Script(Steps[next].Script));
            connection.Execute($"INSERT INTO schema_version (version, oldest_reader) VALUES ({next + 1}, {Steps[next].OldestReader})");
        }
    }

    private static string Script(string name)
    {
        using var stream = typeof(SchemaUpgrade).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
