using Sojourn.Storage;

namespace Sojourn.Sqlite;

/// <summary>A connection that reads, with its statements. Each read sees one point in time. Used by one thread at a time.</summary>
internal sealed class Reader : IDisposable
{
    private readonly Connection _connection;
    private readonly StoreFacts _facts;
    private readonly KnownNames _names;
    private readonly Statement _begin;
    private readonly Statement _commit;
    private readonly Statement _find;
    private readonly Statement _allData;
    private readonly Statement _someData;
    private readonly ListReader _lists;
    private readonly EventReader _events;
    private readonly WorkReader _work;

    public Reader(Connection connection, StoreFacts facts, KnownNames names)
    {
        (_connection, _facts, _names) = (connection, facts, names);
        _begin = connection.Prepare("BEGIN");
        _commit = connection.Prepare("COMMIT");

        // The join is to the left: a session whose shard is missing is damage, not a session that is not there.
        _find = connection.Prepare($"""
            SELECT {SessionRow.RecordColumns}, shard.epoch, shard.reason, session.n
            FROM session LEFT JOIN shard ON shard.n = session.shard WHERE session.shard = ?1 AND session.id = ?2
            """);
        _allData = connection.Prepare($"SELECT {DataTable.Columns} FROM data WHERE session = ?1");
        _someData = connection.Prepare($"SELECT {DataTable.Columns} FROM data WHERE session = ?1 AND name = ?2");
        _lists = new(connection, facts, names);
        _events = new(connection);
        _work = new(connection);
    }

    /// <summary>Whether it can be used again: a fault may have left it inside a transaction.</summary>
    public bool IsAtRest => !_connection.IsInTransaction;

    public SessionSnapshot? Find(SessionId id, in SessionRead read)
    {
        if (!read.AllData && (read.DataKeys is null || read.DataKeys.Count == 0))
        {
            return FindRecord(id, out _); // one statement is a point in time by itself
        }

        _begin.Run();
        try
        {
            return FindRecord(id, out var number) is { } found ? found with { Data = Data(number, read) } : null;
        }
        finally
        {
            EndRead();
        }
    }

    public OwnerSnapshot List(SessionOwner owner, SessionListQuery query)
    {
        _begin.Run();
        try
        {
            return _lists.Read(ShardOf(owner.Shard), owner, query);
        }
        finally
        {
            EndRead();
        }
    }

    public IReadOnlyList<LoggedEvent> Events(byte shard, long after, int limit) => _events.Read(ShardOf(shard), shard, after, limit);

    public bool HasDue(byte shard, long now) => _work.HasDue(ShardOf(shard), now);

    public bool HasPurge(byte shard, long now) => _work.HasPurge(ShardOf(shard), now);

    public void Dispose() => _connection.Dispose();

    // After some faults SQLite has rolled back by itself, and a COMMIT would put its own complaint in the place of theirs.
    private void EndRead()
    {
        if (_connection.IsInTransaction)
        {
            _commit.Run();
        }
    }

    private long ShardOf(byte shard) => _facts.TenantNumber * 256 + shard;

    private SessionSnapshot? FindRecord(SessionId id, out long number)
    {
        number = 0;
        using var rows = _find.Bind(1, ShardOf(id.Shard)).Bind(2, id).Rows();
        if (!_find.Step())
        {
            return null;
        }

        if (_find.IsNull(SessionRow.RecordCount))
        {
            throw ByteReader.Damage();
        }

        number = _find.Integer(SessionRow.RecordCount + 2);
        var record = SessionRow.ReadRecord(_find, _facts.Tenant, _names);
        return new(record, _find.Integer(SessionRow.RecordCount), (SessionEndReason)_find.Integer(SessionRow.RecordCount + 1), []);
    }

    private List<DataValue> Data(long session, in SessionRead read)
    {
        var values = new List<DataValue>();
        if (read.AllData)
        {
            using var rows = _allData.Bind(1, session).Rows();
            while (_allData.Step())
            {
                values.Add(DataTable.Read(_allData));
            }

            return values;
        }

        foreach (var key in read.DataKeys!)
        {
            using var rows = _someData.Bind(1, session).BindText(2, key).Rows();
            if (_someData.Step())
            {
                values.Add(DataTable.Read(_someData));
            }
        }

        return values;
    }
}
