namespace Sojourn.Storage;

/// <summary>
/// One of the 256 parts of the store, with everything that its sessions and owners need: each operation takes the lock
/// of one shard and of nothing else but the event log behind it. All other members are used with the lock held.
/// </summary>
internal sealed class MemoryShard(MemoryBounds bounds, MemoryEventLog log, MemoryFeed feed)
{
    /// <summary>Newest ended sessions that are kept of a subject.</summary>
    public const int MaxEndedPerSubject = 200;

    /// <summary>Raises of the epoch that are recognised when they are repeated.</summary>
    private const int MaxEpochWrites = 16;

    private readonly MemoryOutbox _outbox = new(feed);
    private readonly Queue<WriteId> _epochWrites = new(capacity: 0);

    /// <summary>The lock, for reads. Whatever may change something takes it by <see cref="Enter"/>.</summary>
    public Lock Gate { get; } = new();

    public MemoryBounds Bounds { get; } = bounds;

    public MemoryEventLog Log { get; } = log;

    public MemoryTable<SessionId, MemorySession> Sessions { get; } = new();

    public MemoryOwners Owners { get; } = new();

    public MemoryQueue Due { get; } = new();

    public MemoryQueue Ended { get; } = new();

    public MemoryReminders Reminders { get; } = new();

    /// <summary>Raised by one for each end of the shard; sessions that started under a lower one are ended.</summary>
    public long Epoch { get; private set; }

    public SessionEndReason EpochReason { get; private set; }

    /// <summary>Takes the lock; disposing releases it and then delivers the messages that were posted meanwhile.</summary>
    public Scope Enter()
    {
        Gate.Enter();
        return new(this);
    }

    /// <summary>Leaves a message for the subscribers, who get it once the lock is released.</summary>
    public void Post(in FeedMessage message) => _outbox.Post(message);

    public void RaiseEpoch(WriteId write, SessionEndReason reason)
    {
        (Epoch, EpochReason) = (Epoch + 1, reason);
        _epochWrites.Enqueue(write);
        if (_epochWrites.Count > MaxEpochWrites)
        {
            _epochWrites.Dequeue();
        }

        Due.BringForward();
    }

    /// <summary>Whether a write has raised the epoch, as far as is remembered.</summary>
    public bool HasRaisedEpoch(WriteId write) => _epochWrites.Contains(write);

    /// <summary>Inserts an active session; its room was taken before.</summary>
    public void Insert(MemorySession session)
    {
        var record = session.Record;
        var owner = Owners.FindOrAdd(record.Subject);
        Sessions.Add(session);
        owner.AddActive(session);
        Owners.MoveOn(owner);
        Due.Add(session, UnixTime.ToMilliseconds(record.IsConfirmed ? record.ExpiresAt : record.StartedAt));
    }

    /// <summary>Ends an active session: it is counted out, loses or seals its data, and is kept as long as its ending says.</summary>
    public SessionRecord End(MemorySession session, MemoryOwner owner, SessionEnding ending)
    {
        var ended = session.Record with { Ending = ending, Version = session.Record.Version + 1 };
        session.Record = ended;
        Due.Remove(session);
        owner.RemoveActive(session);
        Owners.MoveOn(owner);
        Post(new(FeedMessageKind.Ended, ended.Id, ending.Reason));
        if (ending.KeepDataUntil is null || session.Data is { HasValues: false })
        {
            DropData(session);
        }
        else
        {
            // Nobody writes any more, so nobody repeats a write.
            ForgetAnswers(session, long.MaxValue);
        }

        if (!IsKept(ending))
        {
            Forget(session);
            return ended;
        }

        owner.AddEnded(session);
        Ended.Add(session, session.Data is null ? KeptUntil(ending) : UnixTime.ToMilliseconds(ending.KeepDataUntil));
        if (owner is { Subject: not null, EndedCount: > MaxEndedPerSubject })
        {
            var oldest = owner.EndedNewestFirst.Reverse().MinBy(each => each.Record.Ending!.At)!;
            Ended.Remove(oldest);
            RemoveEnded(oldest, owner);
        }

        return ended;
    }

    /// <summary>Whether anything is left of a session once it has ended.</summary>
    public static bool IsKept(SessionEnding ending) => ending.KeepDataUntil is not null || ending.KeepUntil > ending.At;

    /// <summary>Sealed data can be taken over only as long as the record tells by whom.</summary>
    public static long KeptUntil(SessionEnding ending)
        => Math.Max(UnixTime.ToMilliseconds(ending.KeepUntil), UnixTime.ToMilliseconds(ending.KeepDataUntil));

    /// <summary>Removes an ended session that is in no queue any more.</summary>
    public void RemoveEnded(MemorySession session, MemoryOwner owner)
    {
        owner.RemoveEnded(session);
        DropData(session);
        Forget(session);
    }

    public void DropData(MemorySession session)
    {
        if (session.Data is { } data)
        {
            Bounds.DataOf(session.Record.Subject).Give(data.CountedBytes);
            session.Data = null;
        }
    }

    /// <summary>Remembers the answer to a data write.</summary>
    public void Remember(MemorySession session, MemoryData data, WriteId write, long at, object? answer, long heldBytes)
    {
        session.Data = data;
        Bounds.DataOf(session.Record.Subject).Give(data.Answers.Add(write, at, answer, heldBytes));
        if (!data.IsReminded)
        {
            data.IsReminded = true;
            Reminders.Add(session, data.Answers.OldestUntil!.Value);
        }
    }

    /// <summary>Forgets answers to data writes that are old enough.</summary>
    public void ForgetAnswers(MemorySession session, long now)
    {
        if (session.Data is { } data)
        {
            Bounds.DataOf(session.Record.Subject).Give(data.Answers.Forget(now));
        }
    }

    private void Forget(MemorySession session)
    {
        Sessions.Remove(session);
        Bounds.SessionsOf(session.Record.Subject).Give(1);
    }

    public readonly ref struct Scope(MemoryShard shard)
    {
        public MemoryShard Shard => shard;

        public void Dispose()
        {
            shard.Gate.Exit();
            shard._outbox.Deliver();
        }
    }
}
