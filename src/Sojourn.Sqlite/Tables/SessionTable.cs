using Sojourn.Storage;

namespace Sojourn.Sqlite;

/// <summary>Reads and writes of session rows, within the writer's transaction.</summary>
internal sealed class SessionTable(Connection connection, string tenant, KnownNames names)
{
    private readonly ByteWriter _record = new();
    private readonly ByteWriter _small = new();

    private readonly Statement _find = connection.Prepare($"SELECT {SessionRow.WriteColumns} FROM session WHERE shard = ?1 AND id = ?2");

    private readonly Statement _insert = connection.Prepare("""
        INSERT INTO session (shard, id, owner, is_ended, started_at, shard_epoch, sweep_at, sweep_turn, seen_at, is_confirmed,
            idle_seconds, absolute_at, version, data_version, data_bytes, device, client, record)
        VALUES (?1, ?2, ?3, 0, ?4, ?5, ?6, 0, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)
        """);

    private readonly Statement _replace = connection.Prepare("UPDATE session SET record = ?2, version = ?3, absolute_at = ?4 WHERE n = ?1");

    private readonly Statement _lookAt = connection.Prepare("UPDATE session SET sweep_at = ?2, sweep_turn = ?3 WHERE n = ?1");

    private readonly Statement _end = connection.Prepare("""
        UPDATE session SET is_ended = 1, ending = ?2, version = ?3, purge_at = ?4, forget_at = NULL WHERE n = ?1
        """);

    // The stored deadline is the earlier one of idle and absolute. The client stays if the touch brings none (NULL), and
    // if it was overtaken by a later one; it still confirms.
    private readonly Statement _touch = connection.Prepare("""
        UPDATE session
        SET seen_at = max(seen_at, ?3), is_confirmed = 1, client = CASE WHEN ?4 IS NULL OR ?3 < seen_at THEN client ELSE ?4 END
        WHERE shard = ?1 AND id = ?2 AND is_ended = 0 AND ?3 <= min(seen_at + 1000 * idle_seconds, absolute_at)
            AND (is_confirmed = 0 OR ?3 > seen_at OR (?3 = seen_at AND ?4 IS NOT NULL))
        """);

    private readonly Statement _data = connection.Prepare("UPDATE session SET data_version = ?2, data_bytes = ?3, forget_at = ?4 WHERE n = ?1");

    private readonly Statement _delete = connection.Prepare("DELETE FROM session WHERE n = ?1");

    private readonly Statement _purgeAt = connection.Prepare("UPDATE session SET purge_at = ?2, data_bytes = 0 WHERE n = ?1");

    private readonly Statement _ofDevice = connection.Prepare("SELECT n FROM session WHERE owner = ?1 AND is_ended = 0 AND device = ?2");

    private readonly Statement _isConfirmed = connection.Prepare("SELECT is_confirmed FROM session WHERE n = ?1");

    // An end that keeps nothing deletes its row, so these are at most 201.
    private readonly Statement _endedOf = connection.Prepare($"SELECT {SessionRow.WriteColumns} FROM session WHERE owner = ?1 AND is_ended = 1");

    public SessionRow? Find(long shard, SessionId id)
    {
        using var rows = _find.Bind(1, shard).Bind(2, id).Rows();
        return _find.Step() ? SessionRow.Read(_find, tenant, names) : null;
    }

    public long Insert(long shard, long owner, SessionRecord record, long sweepAt, long dataVersion, long dataBytes)
    {
        RecordCodec.Write(_record.Clear(), record);
        _insert.Bind(1, shard).Bind(2, record.Id).Bind(3, owner).Bind(4, record.StartedAt.ToUnixTimeMilliseconds()).Bind(5, record.ShardEpoch)
            .Bind(6, sweepAt).Bind(7, record.LastSeenAt.ToUnixTimeMilliseconds()).Bind(8, record.IsConfirmed ? 1 : 0)
            .Bind(9, (long)record.IdleTimeout.TotalSeconds).Bind(10, record.AbsoluteExpiresAt.ToUnixTimeMilliseconds()).Bind(11, record.Version)
            .Bind(12, dataVersion).Bind(13, dataBytes).Bind(16, Seal.Close(_record));
        BindDevice(_insert, 14, record.Device);
        BindClient(_insert, 15, record.Client);
        _insert.Run();
        return SqliteNative.LastInsertRow(connection.Handle);
    }

    /// <summary>Writes what a <see cref="RecordChange"/> may replace.</summary>
    public void Replace(SessionRow row)
    {
        RecordCodec.Write(_record.Clear(), row.Record);
        _replace.Bind(1, row.Number).Bind(2, Seal.Close(_record)).Bind(3, row.Record.Version).Bind(4, row.Record.AbsoluteExpiresAt.ToUnixTimeMilliseconds()).Run();
    }

    public void LookAt(long number, long sweepAt, long turn) => _lookAt.Bind(1, number).Bind(2, sweepAt).Bind(3, turn).Run();

    public void End(SessionRow row, long purgeAt)
    {
        EndingCodec.Write(_small.Clear(), row.Record.Ending!);
        _end.Bind(1, row.Number).Bind(2, Seal.Close(_small)).Bind(3, row.Record.Version).Bind(4, purgeAt).Run();
    }

    public void Touch(long shard, in SessionTouch touch)
    {
        _touch.Bind(1, shard).Bind(2, touch.Id).Bind(3, touch.At.ToUnixTimeMilliseconds());
        if (touch.Client is { } client)
        {
            // An unknown client is a value too: it replaces the one before.
            ClientCodec.Write(_small.Clear(), client);
            _touch.Bind(4, Seal.Close(_small));
        }
        else
        {
            _touch.BindNull(4);
        }

        _touch.Run();
    }

    public void WriteData(SessionRow row) => _data.Bind(1, row.Number).Bind(2, row.DataVersion).Bind(3, row.DataBytes).Bind(4, row.ForgetAt).Run();

    public void Delete(long number) => _delete.Bind(1, number).Run();

    public void PurgeLater(long number, long purgeAt) => _purgeAt.Bind(1, number).Bind(2, purgeAt).Run();

    /// <summary>Whether an owner has an active, unconfirmed session of a device other than the given ones.</summary>
    public bool HasUnconfirmed(long owner, SessionDeviceId device, IReadOnlyList<SessionRow> except)
    {
        Span<byte> bytes = stackalloc byte[SessionDeviceId.Size];
        device.CopyTo(bytes);
        using var rows = _ofDevice.Bind(1, owner).Bind(2, bytes).Rows();
        while (_ofDevice.Step())
        {
            var number = _ofDevice.Integer(0);
            using var row = _isConfirmed.Bind(1, number).Rows();
            if (_isConfirmed.Step() && !_isConfirmed.Flag(0) && !except.Any(each => each.Number == number))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The ended session of an owner that ended first.</summary>
    public SessionRow? OldestEnded(long owner)
    {
        SessionRow? oldest = null;
        using var rows = _endedOf.Bind(1, owner).Rows();
        while (_endedOf.Step())
        {
            var row = SessionRow.Read(_endedOf, tenant, names);
            oldest = oldest is null || row.Record.Ending!.At < oldest.Record.Ending!.At ? row : oldest;
        }

        return oldest;
    }

    private static void BindDevice(Statement statement, int place, SessionDeviceId device)
    {
        if (device.IsUnknown)
        {
            statement.BindNull(place);
            return;
        }

        Span<byte> bytes = stackalloc byte[SessionDeviceId.Size];
        device.CopyTo(bytes);
        statement.Bind(place, bytes);
    }

    private void BindClient(Statement statement, int place, SessionClient client)
    {
        if (client == default)
        {
            statement.BindNull(place);
            return;
        }

        ClientCodec.Write(_small.Clear(), client);
        statement.Bind(place, Seal.Close(_small));
    }
}
