using System.Security.Cryptography;
using Sojourn.Storage;

namespace Sojourn.Sqlite;

/// <summary>Opens the file for writing: rights, schema, identity, tenant, and what became of it while nobody looked.</summary>
internal static class StoreOpener
{
    /// <summary>For another process that creates, upgrades or restores the file meanwhile.</summary>
    private static readonly TimeSpan LeastPatience = TimeSpan.FromSeconds(5);

    /// <summary>Settings of every connection. FULL: each commit is synced before it returns.</summary>
    private const string EveryConnection = "PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0;";

    public static Connection OpenReader(DatabaseFile file)
    {
        var connection = Connection.Open(file.Uri, SqliteCode.OpenReadWrite, ChecksumFiles.Name);
        try
        {
            _ = SqliteNative.BusyTimeout(connection.Handle, 1000); // only while another process recovers or closes the log
            connection.Execute(EveryConnection + "PRAGMA query_only = ON; PRAGMA cache_size = -8000;");
            return connection;
        }
        catch
        {
            connection.Dispose(); // a damaged file fails here at each read, and would use up the process's descriptors
            throw;
        }
    }

    public static (Connection Connection, StoreFacts Facts, CommitMark Mark) Open(DatabaseFile file, SqliteStoreOptions options, string tenant)
    {
        if (FileSystems.RemoteTypeOf(file.Folder) is { } remote)
        {
            throw new SessionStoreException("Open", $"{file.Path} lies on a network file system ({remote}), where locks do not hold. Choose a path on a local disk", isTransient: false);
        }

        RefuseForeign(file);
        var mark = CommitMark.Open(file);
        Connection? connection = null;
        try
        {
            file.Restrict();
            connection = Connection.Open(file.Uri, SqliteCode.OpenReadWrite | SqliteCode.OpenCreate, ChecksumFiles.Name);
            connection.KeepsLog = true;
            _ = SqliteNative.BusyTimeout(connection.Handle, (int)options.LockTimeout.TotalMilliseconds);
            if (SqliteNative.IsReadOnly(connection.Handle, "main") == 1)
            {
                throw new SqliteFault(SqliteCode.ReadOnly, "the file is read-only");
            }

            Prepare(connection);
            var facts = OpenTenant(connection, mark, options, tenant, file);
            connection.KeepsLog = false;
            file.Restrict();
            return (connection, facts, mark);
        }
        catch
        {
            connection?.Dispose();
            mark.Dispose();
            throw;
        }
    }

    private static void Prepare(Connection connection)
    {
        connection.Execute(EveryConnection);
        if (connection.ReadInteger("PRAGMA page_count") == 0)
        {
            var reserved = SchemaFile.ReservedBytes;
            connection.Execute($"PRAGMA page_size = {SchemaFile.PageSize}");
            _ = SqliteNative.FileControl(connection.Handle, "main", SqliteCode.ControlReservedBytes, ref reserved);
        }

        connection.Execute("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; PRAGMA journal_size_limit = 67108864;");
    }

    /// <summary>What belongs to another program is left as it is: its rights, its journal, the files beside it.</summary>
    private static void RefuseForeign(DatabaseFile file)
    {
        if (!file.HasContent)
        {
            return;
        }

        using var look = Connection.Open(file.PlainUri, SqliteCode.OpenReadWrite, ChecksumFiles.Name);
        look.KeepsLog = true;
        _ = SqliteNative.BusyTimeout(look.Handle, 1000);
        _ = look.ReadInteger("PRAGMA application_id"); // reads the first page, which ChecksumFiles knows by its checksum
    }

    /// <summary>Takes the write lock, however busy another process keeps it, if it lets go of it at all.</summary>
    private static void Begin(Connection connection, SqliteStoreOptions options, string path)
    {
        var begin = connection.Prepare("BEGIN IMMEDIATE");
        var (begun, patience) = (TimeProvider.System.GetTimestamp(), TimeSpan.FromTicks(Math.Max(options.LockTimeout.Ticks, LeastPatience.Ticks)));
        _ = SqliteNative.BusyTimeout(connection.Handle, 0);
        while (begin.TryStep() is not SqliteCode.Done)
        {
            if (TimeProvider.System.GetElapsedTime(begun) > patience)
            {
                throw FileErrors.Locked("Open", path, patience);
            }

            Polling.Pause();
        }
    }

    private static StoreFacts OpenTenant(Connection connection, CommitMark mark, SqliteStoreOptions options, string tenant, DatabaseFile file)
    {
        var wasRestored = false;
        Begin(connection, options, file.Path);
        try
        {
            if (connection.ReadInteger("SELECT count(*) FROM sqlite_schema") == 0)
            {
                Create(connection, mark);
            }
            else
            {
                if (connection.ReadInteger("PRAGMA application_id") != SchemaFile.ApplicationId)
                {
                    throw new SqliteFault(SqliteCode.NotADatabase, "the file is a database of another program");
                }

                new SchemaGuard(connection).Check();
                SchemaUpgrade.Run(connection);
                wasRestored = Timeline.Check(connection, mark, options.AfterRestore);
            }

            var number = TenantNumber(connection, tenant);
            var identity = Identity(connection);
            using var beat = connection.Prepare("UPDATE store SET commits = commits + 1 WHERE n = 1");
            beat.Run();
            var teller = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(8)) >>> 1;
            Neighbours.Arrive(connection, teller);
            connection.Execute("COMMIT");
            return new(identity, tenant, number, teller, wasRestored);
        }
        catch
        {
            if (connection.IsInTransaction)
            {
                connection.Execute("ROLLBACK");
            }

            throw;
        }
    }

    private static void Create(Connection connection, CommitMark mark)
    {
        SchemaUpgrade.Run(connection);
        connection.Execute($"PRAGMA application_id = {SchemaFile.ApplicationId}");
        var timeline = RandomNumberGenerator.GetBytes(CommitMark.TimelineSize);
        connection.Prepare("INSERT INTO store (n, deployment_key, store_id, timeline, commits) VALUES (1, ?1, ?2, ?3, 0)")
            .Bind(1, RandomNumberGenerator.GetBytes(32)).Bind(2, RandomNumberGenerator.GetBytes(16)).Bind(3, timeline).Run();
        mark.Begin(timeline, 0);
    }

    private static long TenantNumber(Connection connection, string tenant)
    {
        var find = connection.Prepare("SELECT n FROM tenant WHERE name = ?1").BindText(1, tenant);
        using (find.Rows())
        {
            if (find.Step())
            {
                return find.Integer(0);
            }
        }

        connection.Prepare("INSERT INTO tenant (name) VALUES (?1)").BindText(1, tenant).Run();
        var number = SqliteNative.LastInsertRow(connection.Handle);
        var shard = connection.Prepare("INSERT INTO shard (n, epoch, reason, epoch_writes, owner_version) VALUES (?1, 0, 0, x'', 0)");
        for (var i = 0; i <= byte.MaxValue; i++)
        {
            shard.Bind(1, number * 256 + i).Run();
        }

        return number;
    }

    private static StoreIdentity Identity(Connection connection)
    {
        var read = connection.Prepare("SELECT deployment_key, store_id FROM store WHERE n = 1");
        using var rows = read.Rows();
        return read.Step() && read.Bytes(0).Length == 32
            ? new([.. read.Bytes(0)], new ByteReader(read.Bytes(1)).Write(), HasClock: false)
            : throw ByteReader.Damage();
    }
}
