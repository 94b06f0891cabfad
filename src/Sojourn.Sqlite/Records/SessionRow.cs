using Sojourn.Storage;

namespace Sojourn.Sqlite;

/// <summary>A row of the session table: the record, and what only the store needs.</summary>
internal sealed class SessionRow
{
    /// <summary>The columns of a record, in the order in which <see cref="ReadRecord"/> reads them.</summary>
    public const string RecordColumns =
        "session.id, session.started_at, session.seen_at, session.is_confirmed, session.idle_seconds, session.absolute_at, "
        + "session.shard_epoch, session.version, session.device, session.client, session.record, session.ending";

    /// <summary>The columns behind them that a write needs.</summary>
    public const string WriteColumns = RecordColumns + ", session.n, session.owner, session.sweep_at, session.data_version, session.data_bytes, session.forget_at";

    /// <summary>How many <see cref="RecordColumns"/> are.</summary>
    public const int RecordCount = 12;

    public required long Number { get; init; }

    public required long Owner { get; init; }

    public required SessionRecord Record { get; set; }

    public long SweepAt { get; set; }

    public long DataVersion { get; set; }

    public long DataBytes { get; set; }

    /// <summary>When the oldest remembered answer may be forgotten; null when there is none.</summary>
    public long? ForgetAt { get; set; }

    public static SessionRow Read(Statement row, string tenant, KnownNames names) => new()
    {
        Record = ReadRecord(row, tenant, names),
        Number = row.Integer(RecordCount),
        Owner = row.Integer(RecordCount + 1),
        SweepAt = row.Integer(RecordCount + 2),
        DataVersion = row.Integer(RecordCount + 3),
        DataBytes = row.Integer(RecordCount + 4),
        ForgetAt = row.IntegerOrNull(RecordCount + 5),
    };

    public static SessionRecord ReadRecord(Statement row, string tenant, KnownNames names)
    {
        var parts = RecordCodec.Read(Seal.Open(row.Bytes(10)), names);
        var device = row.Bytes(8);
        var client = row.Bytes(9);
        var ending = row.Bytes(11);
        return new()
        {
            Id = new(row.Bytes(0)),
            Tenant = tenant,
            Subject = parts.Subject,
            Policy = parts.Policy,
            Token = parts.Token,
            StartedAt = Time(row.Integer(1)),
            AuthenticatedAt = parts.AuthenticatedAt == 0 ? null : Time(parts.AuthenticatedAt),
            LastSeenAt = Time(row.Integer(2)),
            IsConfirmed = row.Flag(3),
            IdleTimeout = TimeSpan.FromSeconds(row.Integer(4)),
            AbsoluteExpiresAt = Time(row.Integer(5)),
            ShardEpoch = row.Integer(6),
            Version = (int)row.Integer(7),
            Device = device.IsEmpty ? default : new(device),
            Client = client.IsEmpty ? default : ClientCodec.Read(Seal.Open(client), names),
            IsPersistent = parts.IsPersistent,
            Assurance = parts.Assurance,
            Claims = parts.Claims,
            Extensions = parts.Extensions,
            Ending = ending.IsEmpty ? null : EndingCodec.Read(Seal.Open(ending)),
        };
    }

    private static DateTimeOffset Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
}
