using Sojourn.Storage;

namespace Sojourn.Engine;

/// <summary>
/// A request's view of its session's data: what it read, and what it will write before the first response byte. Merged
/// per key, so two requests that write different keys both win. Not thread-safe, as a <see cref="Session"/> is not.
/// </summary>
internal sealed class SessionDataBuffer(SessionDataWriter writer)
{
    private Dictionary<string, DataChange>? _changes; // made with the first change: most requests only read
    private ReadValue? _read;

    public bool HasChanges => _changes is { Count: > 0 };

    /// <summary>Whether anything is to be kept; removals alone need no session.</summary>
    public bool HoldsValues => _changes is not null && _changes.Values.Any(change => change.Kind != DataChangeKind.Remove);

    private Dictionary<string, DataChange> Changes => _changes ??= new(StringComparer.Ordinal);

    public async ValueTask<T?> GetAsync<T>(SessionRecord? session, SessionKey<T> key, CancellationToken cancellationToken)
    {
        if (_changes is not null && _changes.TryGetValue(key.Name, out var change))
        {
            if (change.Kind == DataChangeKind.Remove)
            {
                return default;
            }

            if (key.ReadOnce)
            {
                Remove(key);
            }

            return writer.Serializer.Read(key, change.Bytes);
        }

        if (session is null)
        {
            return default;
        }

        if (key.ReadOnce)
        {
            return await writer.TakeAsync(session, key.Name, cancellationToken) is { } taken ? writer.Serializer.Read(key, taken.Bytes) : default;
        }

        if (Find(key.Name) is not { } read)
        {
            _read = read = new(key.Name, await writer.LoadAsync(session, key.Names, cancellationToken), _read);
        }

        return read.Value is null ? default : writer.Serializer.Read(key, read.Value.Bytes);
    }

    public void Set<T>(SessionKey<T> key, T value) => Changes[key.Name] = writer.Change(key, DataChangeKind.Set, value);

    public void Remove<T>(SessionKey<T> key) => Changes[key.Name] = new(key.Name, DataChangeKind.Remove, []);

    public async ValueTask<T> UpdateAsync<T>(SessionRecord session, SessionKey<T> key, Func<T?, T> change, CancellationToken cancellationToken)
    {
        if (_changes is not null && _changes.TryGetValue(key.Name, out var pending))
        {
            await writer.WriteAsync(session, [pending]);
            _changes.Remove(key.Name);
        }

        _read = Without(_read, key.Name);
        return await writer.UpdateAsync(session, key, change, cancellationToken);
    }

    /// <summary>Writes the changes, all or none; they stay buffered when the store fails.</summary>
    public async ValueTask CommitAsync(SessionRecord session)
    {
        await writer.WriteAsync(session, [.. Changes.Values]);
        Clear();
    }

    /// <summary>Forgets what was read and what was not written.</summary>
    public void Clear()
    {
        _changes?.Clear();
        _read = null;
    }

    /// <summary>The session is another one now: what was read is forgotten, and changes that do not survive a sign-in.</summary>
    public void MoveToNewSession()
    {
        _read = null;
        foreach (var change in Changes.Values.Where(change => !change.SurvivesSignIn).ToArray())
        {
            Changes.Remove(change.Key);
        }
    }

    private ReadValue? Find(string key)
    {
        var read = _read;
        while (read is not null && read.Key != key)
        {
            read = read.Before;
        }

        return read;
    }

    private static ReadValue? Without(ReadValue? read, string key)
        => read is null ? null : read.Key == key ? Without(read.Before, key) : new(read.Key, read.Value, Without(read.Before, key));

    /// <summary>A value that was read, in a chain: requests read few keys, and one is most common.</summary>
    private sealed class ReadValue(string key, DataValue? value, ReadValue? before)
    {
        public string Key { get; } = key;

        public DataValue? Value { get; } = value;

        public ReadValue? Before { get; } = before;
    }
}
