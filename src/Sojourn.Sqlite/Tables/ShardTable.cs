using Sojourn.Storage;

namespace Sojourn.Sqlite;

/// <summary>Reads and writes of shards. All of a tenant's are made with it, so a missing one is damage, not epoch 0.</summary>
internal sealed class ShardTable(Connection connection)
{
    private const int MaxEpochWrites = 16;
    private const int WriteSize = 16;

    private readonly ByteWriter _bytes = new();

    private readonly Statement _get = connection.Prepare("SELECT epoch, reason, owner_version, epoch_writes FROM shard WHERE n = ?1");

    private readonly Statement _raise = connection.Prepare("UPDATE shard SET epoch = epoch + 1, reason = ?2, epoch_writes = ?3 WHERE n = ?1");

    private readonly Statement _keep = connection.Prepare("UPDATE shard SET owner_version = max(owner_version, ?2) WHERE n = ?1");

    public ShardRow Get(long shard)
    {
        using var rows = _get.Bind(1, shard).Rows();
        return _get.Step() ? new(_get.Integer(0), (SessionEndReason)_get.Integer(1), _get.Integer(2)) : throw ByteReader.Damage();
    }

    /// <summary>Raises the epoch unless this write did so before, and tells whether it was raised now.</summary>
    public bool Raise(long shard, WriteId write, SessionEndReason reason)
    {
        _bytes.Clear().Write(write);
        using (_get.Bind(1, shard).Rows())
        {
            if (!_get.Step())
            {
                throw ByteReader.Damage();
            }

            var before = _get.Bytes(3);
            for (var i = 0; i < before.Length; i += WriteSize)
            {
                if (before.Slice(i, WriteSize).SequenceEqual(_bytes.Written))
                {
                    return false;
                }
            }

            var kept = before[Math.Max(0, before.Length - (MaxEpochWrites - 1) * WriteSize)..];
            _bytes.Clear();
            kept.CopyTo(_bytes.Next(kept.Length));
            _bytes.Write(write);
        }

        _raise.Bind(1, shard).Bind(2, (long)reason).Bind(3, _bytes.Written).Run();
        return true;
    }

    public void KeepOwnerVersion(long shard, long version) => _keep.Bind(1, shard).Bind(2, version).Run();
}

/// <summary>A shard as it stands.</summary>
internal readonly record struct ShardRow(long Epoch, SessionEndReason Reason, long OwnerVersion);
