namespace Sojourn.Sqlite;

/// <summary>Reads and writes of owners, within the writer's transaction.</summary>
internal sealed class OwnerTable(Connection connection, ShardTable shards)
{
    private const string Columns = "n, version, active, ended, not_before, revoke_write, revoke_ended, forget_at";

    private readonly Statement _find = connection.Prepare($"SELECT {Columns}, subject FROM owner WHERE shard = ?1 AND subject IS ?2");

    private readonly Statement _get = connection.Prepare($"SELECT {Columns}, subject FROM owner WHERE n = ?1");

    private readonly Statement _insert = connection.Prepare("INSERT INTO owner (shard, subject, version, active, ended) VALUES (?1, ?2, ?3, 0, 0)");

    private readonly Statement _update = connection.Prepare("UPDATE owner SET version = ?2, active = ?3, ended = ?4 WHERE n = ?1");

    private readonly Statement _revoke = connection.Prepare("""
        UPDATE owner SET not_before = ?2, revoke_write = ?3, revoke_ended = ?4, forget_at = ?5 WHERE n = ?1
        """);

    private readonly Statement _delete = connection.Prepare("DELETE FROM owner WHERE n = ?1");

    public OwnerRow? Find(long shard, string? subject)
    {
        using var rows = _find.Bind(1, shard).BindText(2, subject).Rows();
        return _find.Step() ? Read(_find, shard) : null;
    }

    public OwnerRow Get(long shard, long number)
    {
        using var rows = _get.Bind(1, number).Rows();
        return _get.Step() ? Read(_get, shard) : throw ByteReader.Damage();
    }

    /// <summary>Makes a row for an owner that has none; its versions go on where a forgotten namesake's stopped.</summary>
    public OwnerRow Add(long shard, string? subject)
    {
        var version = shards.Get(shard).OwnerVersion;
        _insert.Bind(1, shard).BindText(2, subject).Bind(3, version).Run();
        return new() { Number = SqliteNative.LastInsertRow(connection.Handle), Shard = shard, IsVisitors = subject is null, Version = version };
    }

    /// <summary>Writes version and counts, or forgets a subject that nothing is left of.</summary>
    public void Save(OwnerRow owner)
    {
        if (owner is { IsVisitors: false, Active: 0, Ended: 0, ForgetAt: null })
        {
            shards.KeepOwnerVersion(owner.Shard, owner.Version);
            _delete.Bind(1, owner.Number).Run();
            return;
        }

        _update.Bind(1, owner.Number).Bind(2, owner.Version).Bind(3, owner.Active).Bind(4, owner.Ended).Run();
    }

    /// <summary>Writes the end of the whole owner, or (all null) forgets it.</summary>
    public void SaveRevocation(OwnerRow owner) => _revoke.Bind(1, owner.Number).Bind(2, owner.NotBefore).Bind(3, owner.RevokeWrite)
        .Bind(4, owner.RevokeEnded).Bind(5, owner.ForgetAt).Run();

    private static OwnerRow Read(Statement row, long shard) => new()
    {
        Number = row.Integer(0),
        Shard = shard,
        IsVisitors = row.IsNull(8),
        Version = row.Integer(1),
        Active = row.Integer(2),
        Ended = row.Integer(3),
        NotBefore = row.IntegerOrNull(4),
        RevokeWrite = row.IsNull(5) ? null : row.Bytes(5).ToArray(),
        RevokeEnded = row.IntegerOrNull(6),
        ForgetAt = row.IntegerOrNull(7),
    };
}

/// <summary>A row of the owner table.</summary>
internal sealed class OwnerRow
{
    public required long Number { get; init; }

    public required long Shard { get; init; }

    public required bool IsVisitors { get; init; }

    public required long Version { get; set; }

    public long Active { get; set; }

    public long Ended { get; set; }

    public long? NotBefore { get; set; }

    public byte[]? RevokeWrite { get; set; }

    public long? RevokeEnded { get; set; }

    public long? ForgetAt { get; set; }
}
