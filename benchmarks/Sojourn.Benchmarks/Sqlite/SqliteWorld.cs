using System.Buffers.Binary;
using Sojourn.Sqlite;
using Sojourn.Storage;

namespace Sojourn.Benchmarks;

/// <summary>An engine over a SQLite file, and what only a look at the file tells.</summary>
internal sealed class SqliteWorld : IAsyncDisposable
{
    private const int FillingCallers = 256;
    private readonly string _path;
    private Connection? _reader;

    public SqliteWorld(string path, int sessions)
    {
        _path = path;
        Store = new(new SqliteStoreOptions { Path = path });
        World = World.Over(Store, sessions);
    }

    public SqliteSessionStore Store { get; }

    public World World { get; }

    /// <summary>How many transactions the file has seen.</summary>
    public long Commits => (_reader ??= Open()).ReadInteger("SELECT commits FROM store");

    /// <summary>How often the log began again, which it does after a checkpoint: a number in its header.</summary>
    public uint LogRestarts
    {
        get
        {
            // SQLite has no locks on this file, so it may be opened beside it.
            using var log = File.OpenHandle(_path + "-wal", FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            Span<byte> header = stackalloc byte[32];
            return RandomAccess.Read(log, header, 0) == header.Length ? BinaryPrimitives.ReadUInt32BigEndian(header[12..]) : 0;
        }
    }

    /// <summary>Starts all sessions and shows each token once: the first sight confirms it, which is a write.</summary>
    public async Task FillAsync()
    {
        var tokens = World.Tokens;
        await Parallel.ForAsync(0, tokens.Length, new ParallelOptions { MaxDegreeOfParallelism = FillingCallers }, async (i, cancellationToken) =>
        {
            var start = await World.Manager.StartAsync(StartRequest.Of(World.Subject(i % World.Subjects)), cancellationToken);
            tokens[i] = start.Token!.Value;
            await World.Manager.ValidateAsync(tokens[i], cancellationToken: cancellationToken);
        });
        await World.Engine.Touches.FlushAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        _reader?.Dispose();
        await World.Engine.DisposeAsync();
    }

    private Connection Open()
    {
        var connection = Connection.Open(new DatabaseFile(_path).Uri, SqliteCode.OpenReadWrite, ChecksumFiles.Name);
        connection.Execute("PRAGMA query_only = ON");
        return connection;
    }
}
