using Sojourn.Storage;

namespace Sojourn.Sqlite;

/// <summary>
/// Notices what other processes wrote: <c>data_version</c> of the writer's connection changes with every commit that is
/// not its own, and only then is there anything to read.
/// </summary>
internal sealed class Newspaper(Connection connection, ToldTable told, Neighbours neighbours, SchemaGuard schema)
{
    private readonly Statement _version = connection.Prepare("PRAGMA data_version");
    private long _seen = -1;

    /// <summary>Reads on, if anybody else wrote; may be called inside a transaction.</summary>
    /// <returns>Whether there is more to read.</returns>
    public bool Read(List<FeedMessage> news)
    {
        long version;
        using (_version.Rows())
        {
            version = _version.Step() ? _version.Integer(0) : 0;
        }

        if (version == _seen)
        {
            return false;
        }

        schema.Check();
        neighbours.Look();
        var hasMore = told.ReadNews(news);
        _seen = hasMore ? -1 : version;
        return hasMore;
    }
}
