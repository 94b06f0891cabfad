using Sojourn.Storage;

namespace Sojourn.Sqlite;

/// <summary>Changes and touches of active sessions. Neither inserts.</summary>
internal static class Changes
{
    public static ChangeResult Change(Desk desk, SessionId id, TokenStamp expected, RecordChange change, EventBatch events)
    {
        if (desk.Find(id) is not { } row)
        {
            return new(ChangeStatus.Missing, null);
        }

        var record = row.Record;
        if (!record.IsActive)
        {
            return new(ChangeStatus.Ended, record);
        }

        if (change.IsAppliedTo(record))
        {
            return new(ChangeStatus.AlreadyDone, record);
        }

        if (record.Token.Stamp != expected)
        {
            return new(ChangeStatus.Lost, record);
        }

        row.Record = change.Apply(record);
        desk.Sessions.Replace(row);

        // A sweep moves the time at which it looks; but a deadline that was brought forward may not wait for the old one.
        if (row.Record.ExpiresAt.ToUnixTimeMilliseconds() is var expires && expires < row.SweepAt)
        {
            desk.Sessions.LookAt(row.Number, expires, 0);
        }

        if (change.Announce)
        {
            desk.Tell(new(FeedMessageKind.Changed, id));
        }

        desk.Events.Append(events);
        return new(ChangeStatus.Done, row.Record);
    }

    public static bool Touch(Desk desk, SessionTouch[] touches)
    {
        foreach (var touch in touches)
        {
            desk.Sessions.Touch(desk.ShardOf(touch.Id), touch);
        }

        return true;
    }
}
