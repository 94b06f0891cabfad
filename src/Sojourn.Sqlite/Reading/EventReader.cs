using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Sojourn.Storage;

namespace Sojourn.Sqlite;

/// <summary>Reads the audit log of a shard by the index on (shard, position).</summary>
internal sealed class EventReader(Connection connection)
{
    private readonly Statement _read = connection.Prepare("""
        SELECT n, writer, number, at, kind, reason, session, canonical, personal
        FROM event WHERE shard = ?1 AND n > ?2 ORDER BY n LIMIT ?3
        """);

    public IReadOnlyList<LoggedEvent> Read(long shard, byte number, long after, int limit)
    {
        var events = new List<LoggedEvent>();
        using var rows = _read.Bind(1, shard).Bind(2, after).Bind(3, limit).Rows();
        while (_read.Step())
        {
            var session = _read.Bytes(6);
            events.Add(new(_read.Integer(0), new()
            {
                Writer = new ByteReader(_read.Bytes(1)).Write(),
                Number = _read.Integer(2),
                At = DateTimeOffset.FromUnixTimeMilliseconds(_read.Integer(3)),
                Kind = (SessionEventKind)_read.Integer(4),
                Reason = (SessionEndReason)_read.Integer(5),
                Shard = number,
                Session = session.IsEmpty ? default : new(session),
                Canonical = ImmutableCollectionsMarshal.AsImmutableArray(Seal.Open(_read.Bytes(7)).ToArray()),
                Personal = Personal(_read.Bytes(8)),
            }));
        }

        return events;
    }

    private static ImmutableArray<PersonalValue> Personal(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return [];
        }

        var from = new ByteReader(Seal.Open(bytes));
        var values = ImmutableArray.CreateBuilder<PersonalValue>(from.Byte());
        for (var i = 0; i < values.Capacity; i++)
        {
            values.Add(new((PersonalField)from.Byte(), from.Array(), from.Text()));
        }

        from.End();
        return values.MoveToImmutable();
    }
}
