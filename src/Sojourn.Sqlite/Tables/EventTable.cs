using Sojourn.Storage;

namespace Sojourn.Sqlite;

/// <summary>Appends to the audit log.</summary>
internal sealed class EventTable(Connection connection, long tenant)
{
    private readonly ByteWriter _bytes = new();

    // Unique by (writer, number): a batch that is repeated changes nothing.
    private readonly Statement _append = connection.Prepare("""
        INSERT INTO event (shard, writer, number, at, kind, reason, session, canonical, personal)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT DO NOTHING
        """);

    public void Append(EventBatch batch)
    {
        if (batch.Events.IsDefaultOrEmpty)
        {
            return;
        }

        foreach (var each in batch.Events)
        {
            _append.Bind(1, tenant * 256 + each.Shard).Bind(2, _bytes.Clear().Write(each.Writer).Written).Bind(3, each.Number)
                .Bind(4, each.At.ToUnixTimeMilliseconds()).Bind(5, (long)each.Kind).Bind(6, (long)each.Reason)
                .Bind(8, Seal.Close(_bytes.Clear().Raw(each.Canonical.AsSpan())));
            _ = each.Session == default ? _append.BindNull(7) : _append.Bind(7, each.Session);
            _ = each.Personal.IsDefaultOrEmpty ? _append.BindNull(9) : _append.Bind(9, Personal(each));
            _append.Run();
        }
    }

    private ReadOnlySpan<byte> Personal(StoredEvent each)
    {
        _bytes.Clear().Byte(each.Personal.Length);
        foreach (var value in each.Personal)
        {
            _bytes.Byte((int)value.Field).Bytes(value.Salt.AsSpan()).Text(value.Value);
        }

        return Seal.Close(_bytes);
    }
}
