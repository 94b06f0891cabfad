using System.Text;

namespace Sojourn.Sqlite;

/// <summary>A prepared statement: bind, step, read, reset. Places and columns as SQLite counts them, from 1 and from 0.</summary>
internal sealed unsafe class Statement(Connection connection, nint handle) : IDisposable
{
    // Lone surrogates have no UTF-8: two such strings would become one, and one person another.
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private nint _handle = handle;

    public Statement Bind(int place, long value)
    {
        connection.Check(SqliteNative.BindInteger(_handle, place, value));
        return this;
    }

    public Statement Bind(int place, long? value) => value is { } number ? Bind(place, number) : BindNull(place);

    public Statement BindNull(int place)
    {
        connection.Check(SqliteNative.BindNull(_handle, place));
        return this;
    }

    public Statement Bind(int place, ReadOnlySpan<byte> value)
    {
        // An empty span has no address, and SQLite takes that for NULL.
        var nothing = (byte)0;
        fixed (byte* start = value)
        {
            connection.Check(SqliteNative.BindBlob(_handle, place, start is null ? &nothing : start, value.Length, SqliteCode.Transient));
        }

        return this;
    }

    public Statement Bind(int place, byte[]? value) => value is null ? BindNull(place) : Bind(place, value.AsSpan());

    public Statement Bind(int place, SessionId id)
    {
        Span<byte> bytes = stackalloc byte[SessionId.Size];
        id.CopyTo(bytes);
        return Bind(place, bytes);
    }

    public Statement BindText(int place, string? value)
    {
        if (value is null)
        {
            return BindNull(place);
        }

        var bytes = value.Length <= 128 ? stackalloc byte[128 * 3] : new byte[Strict.GetByteCount(value)];
        var length = Strict.GetBytes(value, bytes);
        fixed (byte* start = bytes)
        {
            var nothing = (byte)0;
            connection.Check(SqliteNative.BindText(_handle, place, start is null ? &nothing : start, length, SqliteCode.Transient));
        }

        return this;
    }

    /// <summary>Goes to the next row; false when there is none, and the statement is then ready for its next use.</summary>
    public bool Step()
    {
        var code = SqliteNative.Step(_handle);
        if (code == SqliteCode.Row)
        {
            return true;
        }

        _ = SqliteNative.Reset(_handle);
        return code == SqliteCode.Done ? false : throw connection.Fault(code);
    }

    /// <summary>Goes to the next row; the code instead of an exception when the database is locked, which is no surprise.</summary>
    public int TryStep()
    {
        var code = SqliteNative.Step(_handle);
        _ = SqliteNative.Reset(_handle);
        return code is SqliteCode.Row or SqliteCode.Done || (code & 0xff) is SqliteCode.Busy or SqliteCode.Locked ? code : throw connection.Fault(code);
    }

    /// <summary>Runs a statement that answers with no row, and tells how many rows it changed.</summary>
    public long Run()
    {
        using (Rows())
        {
            while (Step())
            {
                // Nothing to read.
            }
        }

        return SqliteNative.Changes(connection.Handle);
    }

    /// <summary>Resets the statement at the end of a using block, whatever happens in it.</summary>
    public Scope Rows() => new(this);

    public long Integer(int column) => SqliteNative.ColumnInteger(_handle, column);

    public bool Flag(int column) => SqliteNative.ColumnInteger(_handle, column) != 0;

    public bool IsNull(int column) => SqliteNative.ColumnType(_handle, column) == SqliteCode.TypeNull;

    public long? IntegerOrNull(int column) => IsNull(column) ? null : Integer(column);

    /// <summary>A blob or text as bytes, valid until the next step.</summary>
    public ReadOnlySpan<byte> Bytes(int column)
    {
        var start = SqliteNative.ColumnBytes(_handle, column);
        return new(start, SqliteNative.ColumnLength(_handle, column));
    }

    public string Text(int column) => Encoding.UTF8.GetString(Bytes(column));

    public void Reset() => _ = SqliteNative.Reset(_handle);

    public void Dispose()
    {
        _ = SqliteNative.Finalize(_handle);
        _handle = 0;
    }

    public readonly ref struct Scope(Statement statement)
    {
        public void Dispose() => statement.Reset();
    }
}
