using Sojourn.Storage;

namespace Sojourn.Sqlite;

/// <summary>Reads an owner and a page of its sessions, by the index on (owner, ended, start, id).</summary>
internal sealed class ListReader(Connection connection, StoreFacts facts, KnownNames names)
{
    private readonly Statement _owner = connection.Prepare("SELECT n, version, active, not_before FROM owner WHERE shard = ?1 AND subject IS ?2");

    private readonly Statement _active = connection.Prepare($"""
        SELECT {SessionRow.RecordColumns} FROM session
        WHERE owner = ?1 AND is_ended = 0 AND (started_at, id) > (?2, ?3) ORDER BY started_at, id LIMIT ?4
        """);

    private readonly Statement _ended = connection.Prepare($"""
        SELECT {SessionRow.RecordColumns} FROM session
        WHERE owner = ?1 AND is_ended = 1 AND (started_at, id) < (?2, ?3) ORDER BY started_at DESC, id DESC LIMIT ?4
        """);

    public OwnerSnapshot Read(long shard, SessionOwner owner, SessionListQuery query)
    {
        long number;
        OwnerSnapshot found;
        using (_owner.Bind(1, shard).BindText(2, owner.Subject).Rows())
        {
            if (!_owner.Step())
            {
                return new([], null, 0, 0, null);
            }

            number = _owner.Integer(0);
            var notBefore = _owner.IntegerOrNull(3) is { } time ? DateTimeOffset.FromUnixTimeMilliseconds(time) : (DateTimeOffset?)null;
            found = new([], null, _owner.Integer(1), (int)_owner.Integer(2), notBefore);
        }

        var records = Page(number, query);
        if (records.Count <= query.Limit)
        {
            return found with { Records = records };
        }

        records.RemoveAt(query.Limit);
        return found with { Records = records, Next = new(records[^1].StartedAt, records[^1].Id) };
    }

    private List<SessionRecord> Page(long owner, SessionListQuery query)
    {
        var statement = query.Ended ? _ended : _active;
        var start = query.After?.StartedAt.ToUnixTimeMilliseconds() ?? (query.Ended ? long.MaxValue : long.MinValue);
        statement.Bind(1, owner).Bind(2, start).Bind(4, query.Limit + 1L);
        _ = query.After is { } after ? statement.Bind(3, after.Id) : statement.Bind(3, []);
        using var rows = statement.Rows();
        var records = new List<SessionRecord>();
        while (statement.Step())
        {
            records.Add(SessionRow.ReadRecord(statement, facts.Tenant, names));
        }

        return records;
    }
}
