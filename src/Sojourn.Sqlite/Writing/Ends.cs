using Sojourn.Storage;

namespace Sojourn.Sqlite;

/// <summary>Ends of one session, of a subject, of a shard.</summary>
internal static class Ends
{
    /// <summary>Newest ended sessions that are kept of a subject.</summary>
    private const int MaxEndedPerSubject = 200;

    /// <summary>How long the end of a subject is remembered, in milliseconds: a sign-in that began before it is refused, and none takes longer than this.</summary>
    private const long RevocationsKeptFor = 24 * 60 * 60 * 1000;

    public static EndResult End(Desk desk, SessionId id, EndGuard guard, SessionEnding ending, EventBatch events)
    {
        if (desk.Find(id) is not { } row)
        {
            return new(EndStatus.Missing, null);
        }

        var record = row.Record;
        if (record.Ending is { } before)
        {
            return new(before.Write == ending.Write ? EndStatus.Ended : EndStatus.AlreadyEnded, record);
        }

        if ((guard.LastSeenAt is { } seen && record.LastSeenAt.ToUnixTimeMilliseconds() > seen.ToUnixTimeMilliseconds())
            || (guard.Token is { } token && token != record.Token.Stamp))
        {
            return new(EndStatus.Lost, record);
        }

        var owner = desk.Owners.Get(desk.ShardOf(id), row.Owner);
        End(desk, row, owner, ending);
        desk.Owners.Save(owner);
        desk.Events.Append(events);
        return new(EndStatus.Ended, row.Record);
    }

    public static EndSubjectResult EndSubject(Desk desk, SubjectEnd request)
    {
        var shard = desk.ShardOf(request.Owner.Shard);
        var owner = desk.Owners.Find(shard, request.Owner.Subject);
        var write = desk.Bytes.Clear().Write(request.Write).Written.ToArray();
        if (owner?.RevokeWrite is { } before && before.AsSpan().SequenceEqual(write))
        {
            return new(EndSubjectStatus.Done, (int)(owner.RevokeEnded ?? 0));
        }

        if ((owner?.Version ?? 0) != request.OwnerVersion || FindActive(desk, owner, request.Ends) is not { } sessions)
        {
            return new(EndSubjectStatus.Lost, 0);
        }

        owner ??= desk.Owners.Add(shard, request.Owner.Subject);
        for (var i = 0; i < sessions.Count; i++)
        {
            End(desk, sessions[i], owner, request.Ends[i].Ending);
        }

        // Not-before never moves back, and what moved it is remembered for as long as it counts.
        var notBefore = request.NotBefore?.ToUnixTimeMilliseconds();
        owner.NotBefore = owner.NotBefore > notBefore || notBefore is null ? owner.NotBefore : notBefore;
        (owner.RevokeWrite, owner.RevokeEnded) = (write, sessions.Count);
        owner.ForgetAt = TimeOf(request, owner.NotBefore) + RevocationsKeptFor;
        owner.Version++;
        desk.Owners.SaveRevocation(owner);
        desk.Owners.Save(owner);
        desk.Events.Append(request.Events);
        return new(EndSubjectStatus.Done, sessions.Count);
    }

    public static ShardEndResult EndShard(Desk desk, byte number, WriteId write, SessionEndReason reason, EventBatch events)
    {
        var shard = desk.ShardOf(number);
        var raised = desk.Shards.Raise(shard, write, reason);
        if (raised)
        {
            desk.Tell(new(FeedMessageKind.ShardEnded, Reason: reason, Shard: number));
            desk.Events.Append(events);
        }

        return new(desk.Shards.Get(shard).Epoch, raised);
    }

    /// <summary>The named sessions; null if one of them is not an active one of the owner, or is named twice.</summary>
    public static List<SessionRow>? FindActive(Desk desk, OwnerRow? owner, IReadOnlyList<SessionEnd> ends)
    {
        var found = new List<SessionRow>(ends.Count);
        var ids = new HashSet<SessionId>(ends.Count);
        foreach (var end in ends)
        {
            if (owner is null || !ids.Add(end.Id) || desk.Find(end.Id) is not { Record.IsActive: true } row || row.Owner != owner.Number)
            {
                return null;
            }

            found.Add(row);
        }

        return found;
    }

    /// <summary>Ends an active session: it is counted out, loses or seals its data, and is kept as long as its ending says. The caller saves the owner.</summary>
    public static void End(Desk desk, SessionRow row, OwnerRow owner, SessionEnding ending)
    {
        row.Record = row.Record with { Ending = ending, Version = row.Record.Version + 1 };
        owner.Active--;
        owner.Version++;
        desk.Tell(new(FeedMessageKind.Ended, row.Record.Id, ending.Reason));

        // Nobody writes any more, so nobody repeats a write.
        Forget(desk, row);
        var isSealed = ending.KeepDataUntil is not null && desk.Data.HasAny(row.Number);
        if (!isSealed)
        {
            desk.Data.RemoveAll(row.Number);
        }

        if (ending.KeepDataUntil is null && ending.KeepUntil <= ending.At)
        {
            desk.Sessions.Delete(row.Number);
            return;
        }

        desk.Sessions.End(row, isSealed ? ending.KeepDataUntil!.Value.ToUnixTimeMilliseconds() : KeptUntil(ending));
        owner.Ended++;
        if (!owner.IsVisitors && owner.Ended > MaxEndedPerSubject && desk.Sessions.OldestEnded(owner.Number) is { } oldest)
        {
            Delete(desk, oldest, owner);
        }
    }

    /// <summary>Deletes an ended session with what is left of its data. The caller saves the owner.</summary>
    public static void Delete(Desk desk, SessionRow row, OwnerRow owner)
    {
        desk.Data.RemoveAll(row.Number);
        desk.Sessions.Delete(row.Number);
        owner.Ended--;
    }

    /// <summary>Sealed data can be taken over only as long as the record tells by whom.</summary>
    public static long KeptUntil(SessionEnding ending)
        => Math.Max(ending.KeepUntil.ToUnixTimeMilliseconds(), ending.KeepDataUntil?.ToUnixTimeMilliseconds() ?? long.MinValue);

    private static void Forget(Desk desk, SessionRow row)
    {
        if (row.ForgetAt is not null)
        {
            desk.Data.ForgetUpTo(row.Number, long.MaxValue);
            row.ForgetAt = null;
        }
    }

    private static long TimeOf(SubjectEnd request, long? notBefore)
    {
        var at = notBefore ?? long.MinValue;
        foreach (var end in request.Ends)
        {
            at = Math.Max(at, end.Ending.At.ToUnixTimeMilliseconds());
        }

        foreach (var each in request.Events.Events)
        {
            at = Math.Max(at, each.At.ToUnixTimeMilliseconds());
        }

        return at == long.MinValue ? 0 : at;
    }
}
