namespace Sojourn.Sqlite;

/// <summary>
/// Asks whether a sweep or a purge would find anything, so that the 256 shards without work cost no transaction.
/// </summary>
internal sealed class WorkReader(Connection connection)
{
    private readonly Statement _due = connection.Prepare("""
        SELECT EXISTS (SELECT 1 FROM session WHERE shard = ?1 AND is_ended = 0 AND shard_epoch < (SELECT epoch FROM shard WHERE n = ?1))
            OR EXISTS (SELECT 1 FROM session WHERE shard = ?1 AND is_ended = 0
                AND shard_epoch = (SELECT epoch FROM shard WHERE n = ?1) AND sweep_at <= ?2)
        """);

    private readonly Statement _purge = connection.Prepare("""
        SELECT EXISTS (SELECT 1 FROM session WHERE shard = ?1 AND purge_at <= ?2)
            OR EXISTS (SELECT 1 FROM session WHERE shard = ?1 AND forget_at < ?2)
            OR EXISTS (SELECT 1 FROM owner WHERE shard = ?1 AND forget_at < ?2)
        """);

    public bool HasDue(long shard, long now) => Answer(_due, shard, now);

    public bool HasPurge(long shard, long now) => Answer(_purge, shard, now);

    private static bool Answer(Statement statement, long shard, long now)
    {
        using var rows = statement.Bind(1, shard).Bind(2, now).Rows();
        return statement.Step() && statement.Flag(0);
    }
}
