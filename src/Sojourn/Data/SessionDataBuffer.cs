using Sojourn.Storage;

namespace Sojourn.Engine;

/// <summary>
/// A request's view of its session's data: what it read, and what it will write before the first response byte. Merged
/// per key, so two requests that write different keys both win. Not thread-safe, as a <see cref="Session"/> is not.
/// </summary>
internal sealed class SessionDataBuffer(SessionDataWriter writer)
{
    private readonly Dictionary<string, DataChange> _changes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DataValue?> _read = new(StringComparer.Ordinal);

    public bool HasChanges => _changes.Count > 0;

    /// <summary>Whether anything is to be kept; removals alone need no session.</summary>
    public bool HoldsValues => _changes.Values.Any(change => change.Kind != DataChangeKind.Remove);

    public async ValueTask<T?> GetAsync<T>(SessionRecord? session, SessionKey<T> key, CancellationToken cancellationToken)
    {
        if (_changes.TryGetValue(key.Name, out var change))
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

        if (!_read.TryGetValue(key.Name, out var value))
        {
            _read[key.Name] = value = await writer.LoadAsync(session, key.Name, cancellationToken);
        }

        return value is null ? default : writer.Serializer.Read(key, value.Bytes);
    }

    public void Set<T>(SessionKey<T> key, T value) => _changes[key.Name] = writer.Change(key, DataChangeKind.Set, value);

    public void Remove<T>(SessionKey<T> key) => _changes[key.Name] = new(key.Name, DataChangeKind.Remove, []);

    public async ValueTask<T> UpdateAsync<T>(SessionRecord session, SessionKey<T> key, Func<T?, T> change, CancellationToken cancellationToken)
    {
        if (_changes.TryGetValue(key.Name, out var pending))
        {
            await writer.WriteAsync(session, [pending]);
            _changes.Remove(key.Name);
        }

        _read.Remove(key.Name);
        return await writer.UpdateAsync(session, key, change, cancellationToken);
    }

    /// <summary>Writes the changes, all or none; they stay buffered when the store fails.</summary>
    public async ValueTask CommitAsync(SessionRecord session)
    {
        await writer.WriteAsync(session, [.. _changes.Values]);
        Clear();
    }

    /// <summary>Forgets what was read and what was not written.</summary>
    public void Clear()
    {
        _changes.Clear();
        _read.Clear();
    }

    /// <summary>The session is another one now: what was read is forgotten, and changes that do not survive a sign-in.</summary>
    public void MoveToNewSession()
    {
        _read.Clear();
        foreach (var change in _changes.Values.Where(change => !change.SurvivesSignIn).ToArray())
        {
            _changes.Remove(change.Key);
        }
    }
}
