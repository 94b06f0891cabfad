using Sojourn.Storage;

namespace Sojourn.Sqlite;

/// <summary>What a write works with inside the writer's transaction: the tables of one tenant, and the messages that go out after the commit.</summary>
internal sealed class Desk
{
    private readonly long _tenant;
    private readonly ToldTable _told;

    public Desk(Connection connection, StoreFacts facts, KnownNames names, ToldTable told)
    {
        _tenant = facts.TenantNumber;
        _told = told;
        Shards = new(connection);
        Owners = new(connection, Shards);
        Sessions = new(connection, facts.Tenant, names);
        Data = new(connection);
        Events = new(connection, facts.TenantNumber);
        Sweeps = new(connection, facts.Tenant, names);
    }

    public ShardTable Shards { get; }

    public OwnerTable Owners { get; }

    public SessionTable Sessions { get; }

    public DataTable Data { get; }

    public EventTable Events { get; }

    public SweepTable Sweeps { get; }

    /// <summary>For the blobs of an operation.</summary>
    public ByteWriter Bytes { get; } = new();

    /// <summary>What this process's listeners hear once the transaction is committed.</summary>
    public List<FeedMessage> Messages { get; } = [];

    /// <summary>The storage number of a shard of this tenant.</summary>
    public long ShardOf(byte shard) => _tenant * 256 + shard;

    public long ShardOf(SessionId id) => ShardOf(id.Shard);

    public SessionRow? Find(SessionId id) => Sessions.Find(ShardOf(id), id);

    /// <summary>Tells everybody: this process after the commit, others by the table that they read.</summary>
    public void Tell(in FeedMessage message)
    {
        _told.Tell(message);
        Messages.Add(message);
    }
}
