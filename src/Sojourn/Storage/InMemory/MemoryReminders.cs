namespace Sojourn.Storage;

/// <summary>What a shard has to forget one day although no session ends: answers to data writes, and ends of whole subjects.</summary>
internal sealed class MemoryReminders
{
    /// <summary>
    /// How long the end of a subject is remembered, in milliseconds: a sign-in that began before it is refused, and none
    /// takes longer than this.
    /// </summary>
    private const long RevocationsKeptFor = 24 * 60 * 60 * 1000;

    private readonly PriorityQueue<MemorySession, long> _answers = new();
    private readonly PriorityQueue<MemoryOwner, long> _revocations = new();

    public void Add(MemorySession session, long until) => _answers.Enqueue(session, until);

    public void Add(MemoryOwner owner, MemoryRevocation revocation) => _revocations.Enqueue(owner, UntilOf(revocation));

    /// <summary>Forgets what is old enough, at most <paramref name="limit"/> of each kind.</summary>
    public void Run(MemoryShard shard, long now, int limit)
    {
        for (var done = 0; done < limit && _answers.TryPeek(out var session, out var until) && until < now; done++)
        {
            _answers.Dequeue();
            ForgetAnswers(shard, session, now);
        }

        for (var done = 0; done < limit && _revocations.TryPeek(out var owner, out var until) && until < now; done++)
        {
            _revocations.Dequeue();
            if (owner.Revocation is { } revocation && UntilOf(revocation) < now)
            {
                owner.Revocation = null;
                shard.Owners.ForgetIfEmpty(owner);
            }
        }
    }

    private void ForgetAnswers(MemoryShard shard, MemorySession session, long now)
    {
        shard.ForgetAnswers(session, now);
        if (session.Data is not { } data)
        {
            return;
        }

        data.IsReminded = data.Answers.OldestUntil is not null;
        if (data.Answers.OldestUntil is { } next)
        {
            Add(session, next);
        }
        else if (data.IsUnused)
        {
            session.Data = null;
        }
    }

    private static long UntilOf(MemoryRevocation revocation) => UnixTime.ToMilliseconds(revocation.At) + RevocationsKeptFor;
}
