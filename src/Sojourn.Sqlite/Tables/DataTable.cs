using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;
using Sojourn.Storage;

namespace Sojourn.Sqlite;

/// <summary>Reads and writes of session data and of the answers to data writes.</summary>
internal sealed class DataTable(Connection connection)
{
    public const string Columns = "name, version, expires_at, survives, value";

    private readonly ByteWriter _bytes = new();

    private readonly Statement _find = connection.Prepare($"SELECT {Columns} FROM data WHERE session = ?1 AND name = ?2");

    private readonly Statement _put = connection.Prepare("""
        INSERT INTO data (session, name, version, expires_at, survives, value) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
        ON CONFLICT DO UPDATE SET version = ?3, expires_at = ?4, survives = ?5, value = ?6
        """);

    private readonly Statement _remove = connection.Prepare("DELETE FROM data WHERE session = ?1 AND name = ?2");

    private readonly Statement _lapsed = connection.Prepare("""
        SELECT octet_length(name) + octet_length(value) - 4 FROM data WHERE session = ?1 AND expires_at <= ?2
        """);

    private readonly Statement _removeLapsed = connection.Prepare("DELETE FROM data WHERE session = ?1 AND expires_at <= ?2");

    private readonly Statement _any = connection.Prepare("SELECT 1 FROM data WHERE session = ?1 LIMIT 1");

    private readonly Statement _removeAll = connection.Prepare("DELETE FROM data WHERE session = ?1");

    private readonly Statement _answers = connection.Prepare("SELECT n, write, at, body FROM answer WHERE session = ?1 ORDER BY n");

    private readonly Statement _remember = connection.Prepare("INSERT INTO answer (session, n, write, at, body) VALUES (?1, ?2, ?3, ?4, ?5)");

    private readonly Statement _forgetUpTo = connection.Prepare("DELETE FROM answer WHERE session = ?1 AND n <= ?2");

    public static int SizeOf(string key, int bytes) => Encoding.UTF8.GetByteCount(key) + bytes;

    public static DataValue Read(Statement row) => new(
        row.Text(0), Seal.Open(row.Bytes(4)) is { IsEmpty: false } bytes ? ImmutableCollectionsMarshal.AsImmutableArray(bytes.ToArray()) : [], row.Integer(1),
        row.IntegerOrNull(2) is { } expires ? DateTimeOffset.FromUnixTimeMilliseconds(expires) : null, row.Flag(3));

    public DataValue? Find(long session, string key)
    {
        using var rows = _find.Bind(1, session).BindText(2, key).Rows();
        return _find.Step() ? Read(_find) : null;
    }

    public void Put(long session, string key, ImmutableArray<byte> value, long version, DateTimeOffset? expiresAt, bool survives)
        => _put.Bind(1, session).BindText(2, key).Bind(3, version).Bind(4, expiresAt?.ToUnixTimeMilliseconds()).Bind(5, survives ? 1 : 0)
            .Bind(6, Seal.Close(_bytes.Clear().Raw(value.IsDefault ? [] : value.AsSpan()))).Run();

    public void Remove(long session, string key) => _remove.Bind(1, session).BindText(2, key).Run();

    /// <summary>Drops what has lapsed, and tells how many bytes that were.</summary>
    public long RemoveLapsed(long session, long now)
    {
        var bytes = 0L;
        var any = false;
        using (_lapsed.Bind(1, session).Bind(2, now).Rows())
        {
            while (_lapsed.Step())
            {
                any = true;
                bytes += _lapsed.Integer(0);
            }
        }

        if (any)
        {
            _removeLapsed.Bind(1, session).Bind(2, now).Run();
        }

        return bytes;
    }

    public bool HasAny(long session)
    {
        using var rows = _any.Bind(1, session).Rows();
        return _any.Step();
    }

    public void RemoveAll(long session) => _removeAll.Bind(1, session).Run();

    /// <summary>The answers that are remembered, oldest first.</summary>
    public List<Answer> Answers(long session)
    {
        var answers = new List<Answer>();
        using var rows = _answers.Bind(1, session).Rows();
        while (_answers.Step())
        {
            var write = new ByteReader(_answers.Bytes(1)).Write();
            answers.Add(new(_answers.Integer(0), write, _answers.Integer(2), Seal.Open(_answers.Bytes(3)).ToArray()));
        }

        return answers;
    }

    public void Remember(long session, long number, WriteId write, long at, ReadOnlySpan<byte> body)
    {
        _bytes.Clear().Write(write);
        _remember.Bind(1, session).Bind(2, number).Bind(3, _bytes.Written).Bind(4, at).Bind(5, Seal.Close(_bytes.Clear().Raw(body))).Run();
    }

    public void ForgetUpTo(long session, long number) => _forgetUpTo.Bind(1, session).Bind(2, number).Run();
}

/// <summary>A remembered answer.</summary>
internal readonly record struct Answer(long Number, WriteId Write, long At, byte[] Body);
