using Sojourn.Storage;

namespace Sojourn.Sqlite;

/// <summary>Finds what a sweep has to look at, within the writer's transaction.</summary>
internal sealed class SweepTable(Connection connection, string tenant, KnownNames names)
{
    private readonly Statement _older = connection.Prepare($"""
        SELECT {SessionRow.WriteColumns} FROM session
        WHERE shard = ?1 AND is_ended = 0 AND shard_epoch < ?2 ORDER BY shard_epoch, sweep_at, sweep_turn LIMIT ?3
        """);

    private readonly Statement _due = connection.Prepare($"""
        SELECT {SessionRow.WriteColumns} FROM session
        WHERE shard = ?1 AND is_ended = 0 AND shard_epoch = ?2 AND sweep_at <= ?3 ORDER BY sweep_at, sweep_turn LIMIT ?4
        """);

    private readonly Statement _last = connection.Prepare("""
        SELECT sweep_at, sweep_turn FROM session
        WHERE shard = ?1 AND is_ended = 0 AND shard_epoch = ?2 AND sweep_at <= ?3 ORDER BY sweep_at DESC, sweep_turn DESC LIMIT 1
        """);

    private readonly Statement _purge = connection.Prepare($"""
        SELECT {SessionRow.WriteColumns} FROM session WHERE shard = ?1 AND purge_at <= ?2 ORDER BY purge_at LIMIT ?3
        """);

    private readonly Statement _forget = connection.Prepare($"""
        SELECT {SessionRow.WriteColumns} FROM session WHERE shard = ?1 AND forget_at < ?2 ORDER BY forget_at LIMIT ?3
        """);

    private readonly Statement _revoked = connection.Prepare("SELECT n FROM owner WHERE shard = ?1 AND forget_at < ?2 ORDER BY forget_at LIMIT ?3");

    /// <summary>Active sessions of older epochs of the shard: all are due.</summary>
    public List<SessionRow> OlderThan(long shard, long epoch, int limit) => Read(_older.Bind(1, shard).Bind(2, epoch).Bind(3, limit));

    /// <summary>Active sessions of the shard's epoch whose time to be looked at has come, longest waiting first.</summary>
    public List<SessionRow> Due(long shard, long epoch, long now, int limit) => Read(_due.Bind(1, shard).Bind(2, epoch).Bind(3, now).Bind(4, limit));

    /// <summary>The place behind all that wait at or before a time.</summary>
    public (long SweepAt, long Turn) Behind(long shard, long epoch, long at)
    {
        using var rows = _last.Bind(1, shard).Bind(2, epoch).Bind(3, at).Rows();
        return _last.Step() && (at == long.MaxValue || _last.Integer(0) == at) ? (_last.Integer(0), _last.Integer(1) + 1) : (at, 0);
    }

    public List<SessionRow> ToPurge(long shard, long now, int limit) => Read(_purge.Bind(1, shard).Bind(2, now).Bind(3, limit));

    public List<SessionRow> ToForget(long shard, long now, int limit) => Read(_forget.Bind(1, shard).Bind(2, now).Bind(3, limit));

    public List<long> RevokedOwners(long shard, long now, int limit)
    {
        var owners = new List<long>();
        using var rows = _revoked.Bind(1, shard).Bind(2, now).Bind(3, limit).Rows();
        while (_revoked.Step())
        {
            owners.Add(_revoked.Integer(0));
        }

        return owners;
    }

    private List<SessionRow> Read(Statement statement)
    {
        var found = new List<SessionRow>();
        using var rows = statement.Rows();
        while (statement.Step())
        {
            found.Add(SessionRow.Read(statement, tenant, names));
        }

        return found;
    }
}
