using System.Runtime.InteropServices;
using System.Text;

namespace Sojourn.Sqlite;

/// <summary>One connection to the database with its prepared statements. Used by one thread at a time.</summary>
internal sealed class Connection : IDisposable
{
    private readonly List<Statement> _statements = [];
    private nint _database;

    private Connection(nint database) => _database = database;

    /// <summary>The library's handle.</summary>
    public nint Handle => _database;

    /// <summary>Whether it is inside a transaction.</summary>
    public bool IsInTransaction => SqliteNative.IsAutoCommit(_database) == 0;

    /// <summary>Rows changed since it was opened.</summary>
    public long TotalChanges => SqliteNative.TotalChanges(_database);

    /// <summary>Opens a file by its URI.</summary>
    public static Connection Open(string uri, int flags, string? vfs = null)
    {
        var code = SqliteNative.Open(uri, out var database, flags | SqliteCode.OpenUri | SqliteCode.OpenNoMutex, vfs);
        var connection = new Connection(database);
        if (code == SqliteCode.Ok)
        {
            _ = SqliteNative.ExtendedResultCodes(database, 1);
            return connection;
        }

        var fault = connection.Fault(code);
        connection.Dispose();
        throw fault;
    }

    /// <summary>
    /// Whether closing this connection, as the last one, leaves the log as it is. Otherwise what is left of a damaged
    /// log would be moved into the database, and the rest of it, which could tell what happened, deleted.
    /// </summary>
    public bool KeepsLog
    {
        set
        {
            var on = value ? 1 : 0;
            Check(OperatingSystem.IsMacOS() && RuntimeInformation.ProcessArchitecture == Architecture.Arm64
                ? SqliteNative.ConfigureByStack(_database, SqliteCode.ConfigNoCheckpointOnClose, 0, 0, 0, 0, 0, 0, on, 0)
                : SqliteNative.Configure(_database, SqliteCode.ConfigNoCheckpointOnClose, on, 0));
        }
    }

    /// <summary>Prepares a statement that lives as long as the connection.</summary>
    public unsafe Statement Prepare(string sql)
    {
        var text = Encoding.UTF8.GetBytes(sql);
        fixed (byte* start = text)
        {
            Check(SqliteNative.Prepare(_database, start, text.Length, SqliteCode.PreparePersistent, out var handle, null));
            var statement = new Statement(this, handle);
            _statements.Add(statement);
            return statement;
        }
    }

    /// <summary>Runs statements that are separated by semicolons and need no parameters.</summary>
    public unsafe void Execute(string script)
    {
        var text = Encoding.UTF8.GetBytes(script);
        fixed (byte* start = text)
        {
            for (var next = start; next < start + text.Length;)
            {
                byte* rest;
                Check(SqliteNative.Prepare(_database, next, (int)(start + text.Length - next), 0, out var handle, &rest));
                next = rest;
                if (handle == 0)
                {
                    continue; // nothing but space or a comment
                }

                using var statement = new Statement(this, handle);
                while (statement.Step())
                {
                    // A pragma may answer with rows.
                }
            }
        }
    }

    /// <summary>Runs one statement and reads the first column of its first row.</summary>
    public long ReadInteger(string sql)
    {
        var statement = Prepare(sql);
        try
        {
            return statement.Step() ? statement.Integer(0) : 0;
        }
        finally
        {
            _statements.Remove(statement);
            statement.Dispose();
        }
    }

    public void Check(int code)
    {
        if (code != SqliteCode.Ok)
        {
            throw Fault(code);
        }
    }

    public SqliteFault Fault(int code)
    {
        var message = _database == 0 ? "out of memory" : Marshal.PtrToStringUTF8(SqliteNative.ErrorMessage(_database));
        return new(code, $"{message} (SQLite code {code})", _database == 0 ? 0 : SqliteNative.SystemError(_database));
    }

    public void Dispose()
    {
        foreach (var statement in _statements)
        {
            statement.Dispose();
        }

        _statements.Clear();
        _ = SqliteNative.Close(_database);
        _database = 0;
    }
}
