using Sojourn.Storage;

namespace Sojourn.Sqlite;

/// <summary>Writes down what other processes must hear, and reads what they wrote.</summary>
internal sealed class ToldTable(Connection connection, long tenant, long teller)
{
    /// <summary>Whoever is further behind than this has missed messages, and is told so.</summary>
    private const int Kept = 20_000;

    private readonly Statement _tell = connection.Prepare("INSERT INTO told (teller, tenant, kind, reason, shard, session) VALUES (?1, ?2, ?3, ?4, ?5, ?6)");

    private readonly Statement _trim = connection.Prepare("DELETE FROM told WHERE n <= ?1");

    private readonly Statement _news = connection.Prepare("SELECT n, teller, tenant, kind, reason, shard, session FROM told WHERE n > ?1 ORDER BY n LIMIT 1000");

    private readonly Statement _first = connection.Prepare("SELECT n FROM told ORDER BY n LIMIT 1");

    private readonly Statement _last = connection.Prepare("SELECT n FROM told ORDER BY n DESC LIMIT 1");

    private long _read;

    public void Tell(in FeedMessage message)
    {
        _tell.Bind(1, teller).Bind(2, tenant).Bind(3, (long)message.Kind).Bind(4, (long)message.Reason).Bind(5, message.Shard);
        _ = message.Session == default ? _tell.BindNull(6) : _tell.Bind(6, message.Session);
        _tell.Run();
        var number = SqliteNative.LastInsertRow(connection.Handle);
        if (number % 1024 == 0)
        {
            _trim.Bind(1, number - Kept).Run();
        }
    }

    /// <summary>Begins to listen here: what was told before is no news.</summary>
    public void SkipToEnd() => _read = Number(_last);

    /// <summary>What others told since the last call, at most a thousand; whether there is more.</summary>
    public bool ReadNews(List<FeedMessage> messages)
    {
        if (Number(_first) > _read + 1)
        {
            messages.Add(new(FeedMessageKind.Gap));
            SkipToEnd();
            return false;
        }

        var count = 0;
        using var rows = _news.Bind(1, _read).Rows();
        while (_news.Step())
        {
            count++;
            _read = _news.Integer(0);
            if (_news.Integer(1) != teller && _news.Integer(2) == tenant)
            {
                var session = _news.Bytes(6);
                messages.Add(new((FeedMessageKind)_news.Integer(3), session.IsEmpty ? default : new(session), (SessionEndReason)_news.Integer(4), (byte)_news.Integer(5)));
            }
        }

        return count == 1000;
    }

    private static long Number(Statement statement)
    {
        using var rows = statement.Rows();
        return statement.Step() ? statement.Integer(0) : 0;
    }
}
