namespace Sojourn.Storage;

/// <summary>Changes and touches of active sessions on a shard whose lock is held. Neither inserts.</summary>
internal static class MemoryChanges
{
    public static ChangeResult Change(MemoryShard shard, SessionId id, TokenStamp expected, RecordChange change, EventBatch events)
    {
        if (shard.Sessions.Find(id) is not { } session)
        {
            return new(ChangeStatus.Missing, null);
        }

        var record = session.Record;
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

        var changed = change.Apply(record);
        session.Record = changed;

        // A sweep moves the time at which it looks; but a deadline that was brought forward may not wait for the old one.
        if (UnixTime.ToMilliseconds(changed.ExpiresAt) is var expires && expires < MemoryQueue.TimeOf(session))
        {
            shard.Due.Remove(session);
            shard.Due.Add(session, expires);
        }

        if (change.Announce)
        {
            shard.Post(new(FeedMessageKind.Changed, id));
        }

        shard.Log.Append(events);
        return new(ChangeStatus.Done, changed);
    }

    public static void Touch(MemoryShard shard, in SessionTouch touch, MemoryStrings strings)
    {
        var at = UnixTime.ToTime(UnixTime.ToMilliseconds(touch.At));
        if (shard.Sessions.Find(touch.Id) is not { Record: { IsActive: true } record } session || at > record.ExpiresAt)
        {
            return;
        }

        // A touch that was overtaken still confirms, but is not the last place that the session was seen from.
        var isLatest = at >= record.LastSeenAt;
        if (record.IsConfirmed && (!isLatest || (at == record.LastSeenAt && touch.Client is null)))
        {
            return;
        }

        session.Record = record with
        {
            IsConfirmed = true,
            LastSeenAt = isLatest ? at : record.LastSeenAt,
            Client = isLatest && touch.Client is { } client ? strings.Shared(client) : record.Client,
        };
    }
}
