using System.Security.Cryptography;
using Sojourn.Storage;

namespace Sojourn.Sqlite;

/// <summary>Compares the database with its mark when it is opened: is it the one that was here last, and all of it?</summary>
internal static class Timeline
{
    /// <summary>Runs within the transaction in which the store is opened.</summary>
    /// <returns>Whether the file was restored.</returns>
    public static bool Check(Connection connection, CommitMark mark, SqliteRestore rule)
    {
        var read = connection.Prepare("SELECT timeline, commits FROM store WHERE n = 1");
        byte[] timeline;
        long commits;
        using (read.Rows())
        {
            if (!read.Step())
            {
                throw ByteReader.Damage();
            }

            (timeline, commits) = (read.Bytes(0).ToArray(), read.Integer(1));
        }

        var noted = mark.Read();
        if (noted is { } here && here.Timeline.AsSpan().SequenceEqual(timeline))
        {
            if (commits < here.Commits)
            {
                throw new SqliteFault(SqliteCode.Corrupt, $"{here.Commits - commits} acknowledged commits are missing (if an older copy was put back on purpose, delete the file that ends in -mark, and it counts as restored)");
            }

            mark.Continue(timeline);
            return false;
        }

        // No mark, an empty one (made a moment ago by this or another process), or that of another database. A new
        // database has its mark before its first commit, so this is none.
        Restore(connection, mark, commits, rule);
        return true;
    }

    /// <summary>The file comes from a backup or from elsewhere: a new timeline begins, without its old sessions.</summary>
    private static void Restore(Connection connection, CommitMark mark, long commits, SqliteRestore rule)
    {
        var timeline = RandomNumberGenerator.GetBytes(CommitMark.TimelineSize);
        connection.Prepare("UPDATE store SET timeline = ?1 WHERE n = 1").Bind(1, timeline).Run();
        if (rule == SqliteRestore.EndSessions)
        {
            connection.Prepare("UPDATE shard SET epoch = epoch + 1, reason = ?1").Bind(1, (long)SessionEndReason.Restored).Run();
        }

        mark.Begin(timeline, commits);
    }
}
