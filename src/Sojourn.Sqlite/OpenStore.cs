using Microsoft.Extensions.Logging;
using Sojourn.Storage;

namespace Sojourn.Sqlite;

/// <summary>A store that is open: one writer, some readers.</summary>
internal sealed class OpenStore : IAsyncDisposable
{
    private readonly Writer _writer;
    private readonly ReaderPool _readers;

    public OpenStore(DatabaseFile file, SqliteStoreOptions options, string tenant, SqliteFeed feed, ILogger logger)
    {
        File = file;
        var names = new KnownNames();
        var (connection, facts, mark) = StoreOpener.Open(file, options, tenant);
        Facts = facts;
        if (facts.WasRestored && options.AfterRestore == SqliteRestore.EndSessions)
        {
            SqliteLog.Restored(logger, file.Path);
        }
        else if (facts.WasRestored)
        {
            SqliteLog.Kept(logger, file.Path);
        }

        WriterParts parts;
        try
        {
            parts = new(connection, facts, file, names, feed, mark, options, logger);
            parts.Room.Begin();
        }
        catch
        {
            connection.Dispose();
            mark.Dispose();
            throw;
        }

        _writer = new(parts);
        _readers = new(options.Readers, () => OpenReader(file, facts, names));
    }

    public DatabaseFile File { get; }

    public StoreFacts Facts { get; }

    public Writer Writer => _writer;

    public ReaderPool Readers => _readers;

    /// <summary>Reads on this thread, unless all readers are in use.</summary>
    public ValueTask<T> ReadAsync<TArgument, T>(string operation, TArgument argument, Func<Reader, TArgument, T> read, CancellationToken cancellationToken)
    {
        Refuse(operation);
        try
        {
            return _readers.TryTake(out var reader) ? new(Read(reader, argument, read)) : WaitAndReadAsync(operation, argument, read, cancellationToken);
        }
        catch (Exception fault) when (FileErrors.IsFault(fault))
        {
            throw FileErrors.Of(operation, fault, File.Path);
        }
    }

    /// <summary>Once a newer schema has shut this program out, it neither writes nor reads.</summary>
    public void Refuse(string operation)
    {
        if (_writer.Refusal is { } refusal)
        {
            throw FileErrors.Of(operation, refusal, File.Path);
        }
    }

    public async ValueTask DisposeAsync()
    {
        // The writer's connection goes last: closing the last one moves the log into the database.
        _readers.Dispose();
        await _writer.StopAsync();
    }

    private static Reader OpenReader(DatabaseFile file, StoreFacts facts, KnownNames names)
    {
        var connection = StoreOpener.OpenReader(file);
        try
        {
            return new Reader(connection, facts, names);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private async ValueTask<T> WaitAndReadAsync<TArgument, T>(string operation, TArgument argument, Func<Reader, TArgument, T> read, CancellationToken cancellationToken)
    {
        try
        {
            return Read(await _readers.TakeAsync(cancellationToken), argument, read);
        }
        catch (Exception fault) when (FileErrors.IsFault(fault))
        {
            throw FileErrors.Of(operation, fault, File.Path);
        }
    }

    private T Read<TArgument, T>(Reader reader, TArgument argument, Func<Reader, TArgument, T> read)
    {
        try
        {
            return read(reader, argument);
        }
        finally
        {
            _readers.Return(reader);
        }
    }
}
