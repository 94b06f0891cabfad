using System.Security.Cryptography;
using Sojourn.Sqlite;

namespace Sojourn.Benchmarks;

/// <summary>
/// The counterpart of the store: a table of keys and blobs in a file of its own, one connection, prepared statements, a
/// synced log. The library's own calls without a layer between, no checksums, no owners, no events.
/// </summary>
internal sealed class RawFile : IDisposable
{
    /// <summary>As large as a session's row.</summary>
    private const int RowBytes = 300;

    private readonly Connection _connection;
    private readonly Statement _insert;
    private readonly Statement _select;
    private readonly byte[] _row = RandomNumberGenerator.GetBytes(RowBytes);

    public RawFile(string path)
    {
        _connection = Connection.Open(new Uri(path).AbsoluteUri, SqliteCode.OpenReadWrite | SqliteCode.OpenCreate);
        _connection.Execute("""
            PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -8000;
            CREATE TABLE session (n INTEGER PRIMARY KEY, id BLOB NOT NULL, expires_at INTEGER NOT NULL, value BLOB NOT NULL) STRICT;
            CREATE UNIQUE INDEX session_id ON session (id);
            CREATE INDEX session_expires ON session (expires_at);
            """);
        _insert = _connection.Prepare("INSERT INTO session (id, expires_at, value) VALUES (?1, ?2, ?3)");
        _select = _connection.Prepare("SELECT expires_at, value FROM session WHERE id = ?1");
    }

    /// <summary>Fills it with as many sessions, in one transaction, and gives their keys.</summary>
    public byte[][] Fill(int sessions)
    {
        _connection.Execute("BEGIN");
        byte[][] keys = [.. Enumerable.Range(0, sessions).Select(_ => Insert())];
        _connection.Execute("COMMIT");
        return keys;
    }

    /// <summary>One row: a transaction of its own, unless one is open.</summary>
    public byte[] Insert()
    {
        var key = RandomNumberGenerator.GetBytes(SessionId.Size);
        _insert.Bind(1, key).Bind(2, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()).Bind(3, _row).Run();
        return key;
    }

    /// <summary>One row by its key, its blob copied.</summary>
    public byte[] Find(byte[] key)
    {
        using var rows = _select.Bind(1, key).Rows();
        return _select.Step() ? _select.Bytes(1).ToArray() : throw new InvalidOperationException("The row is missing.");
    }

    public void Dispose() => _connection.Dispose();
}
