namespace Sojourn.Storage;

/// <summary>The owners of a shard, with the counter that their versions come from.</summary>
/// <remarks>
/// A subject that nothing is left of is forgotten. When it comes back, its version is higher than any it had, since all
/// owners of the shard draw from one counter: a version that was read before then matches nothing.
/// </remarks>
internal sealed class MemoryOwners
{
    private readonly MemoryTable<string, MemoryOwner> _subjects = new();
    private readonly MemoryOwner _visitors = new(null);
    private long _versions;

    /// <summary>How many subjects are known.</summary>
    public int Count => _subjects.Count;

    public MemoryOwner? Find(string? subject) => subject is null ? _visitors : _subjects.Find(subject);

    public MemoryOwner FindOrAdd(string? subject)
    {
        if (Find(subject) is { } owner)
        {
            return owner;
        }

        owner = new(subject);
        _subjects.Add(owner);
        return owner;
    }

    /// <summary>Forgets a subject that nothing is left of.</summary>
    public void ForgetIfEmpty(MemoryOwner owner)
    {
        if (owner is { IsEmpty: true, Subject: not null })
        {
            _subjects.Remove(owner);
        }
    }

    /// <summary>Gives an owner its next version.</summary>
    public void MoveOn(MemoryOwner owner) => owner.Version = ++_versions;
}
