namespace Sojourn.Sqlite;

/// <summary>Looks whether the schema still allows this version of the program: a newer process may have changed it meanwhile.</summary>
internal sealed class SchemaGuard(Connection connection)
{
    private readonly Statement _oldest = connection.Prepare("SELECT max(oldest_reader), max(version) FROM schema_version");

    /// <summary>Throws when it does not.</summary>
    public void Check()
    {
        using var rows = _oldest.Rows();
        if (!_oldest.Step() || _oldest.IsNull(0))
        {
            throw ByteReader.Damage();
        }

        if (_oldest.Integer(0) > SchemaUpgrade.Current)
        {
            throw new NewerSchemaException(_oldest.Integer(1), _oldest.Integer(0));
        }
    }
}

/// <summary>The schema is newer than this program, and says that this program must not use it.</summary>
internal sealed class NewerSchemaException(long version, long oldest) : Exception($"The schema has version {version} and may be used by programs that know version {oldest} or later.")
{
    public long Version { get; } = version;

    public long Oldest { get; } = oldest;
}
