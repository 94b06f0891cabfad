using Microsoft.Extensions.Logging;
using Sojourn.Storage;

namespace Sojourn.Sqlite;

/// <summary>The writer's connection and what hangs on it: made when the store is opened, used by the writer's thread alone.</summary>
internal sealed class WriterParts
{
    public WriterParts(Connection connection, StoreFacts facts, DatabaseFile file, KnownNames names, SqliteFeed feed, CommitMark mark, SqliteStoreOptions options, ILogger logger)
    {
        Connection = connection;
        Path = file.Path;
        Feed = feed;
        Mark = mark;
        LockTimeout = options.LockTimeout;
        Logger = logger;
        Room = new(connection, file, options, Time, logger);
        var told = new ToldTable(connection, facts.TenantNumber, facts.Teller);
        told.SkipToEnd();
        Desk = new(connection, facts, names, told);
        Neighbours = new(connection, Time, facts.Teller);
        News = new(connection, told, Neighbours, new(connection));
        Checkpoints = new(connection, Time, options);
        Batches = new(this);
    }

    public Connection Connection { get; }

    public string Path { get; }

    /// <summary>The machine's time, for waits on the machine.</summary>
    public TimeProvider Time { get; } = TimeProvider.System;

    public TimeSpan LockTimeout { get; }

    public ILogger Logger { get; }

    public SqliteFeed Feed { get; }

    public CommitMark Mark { get; }

    public Room Room { get; }

    public Desk Desk { get; }

    public Neighbours Neighbours { get; }

    public Newspaper News { get; }

    public Checkpoints Checkpoints { get; }

    public Batches Batches { get; }

    /// <summary>Leaves the file: the last one out moves the log into the database and deletes it.</summary>
    public void Close()
    {
        try
        {
            Neighbours.Leave();
        }
        finally
        {
            Connection.Dispose();
            Mark.Dispose();
        }
    }
}
