using System.Text;

namespace Sojourn.Storage;

/// <summary>The data of one session, its version counter, and the answers to its last writes.</summary>
internal sealed class MemoryData
{
    private readonly Dictionary<string, DataValue> _values = new(StringComparer.Ordinal);
    private long _version;

    /// <summary>What keys and values take: the bytes of the keys in UTF-8 and of the values.</summary>
    public long Bytes { get; private set; }

    public bool HasValues => _values.Count > 0;

    /// <summary>Whether there is nothing to remember, the version counter included.</summary>
    public bool IsUnused => _version == 0 && _values.Count == 0 && Answers.OldestUntil is null;

    /// <summary>Whether a reminder to forget answers is waiting.</summary>
    public bool IsReminded { get; set; }

    /// <summary>The answers to the last writes.</summary>
    public MemoryAnswers Answers { get; } = new();

    /// <summary>All that is counted against the store's bound.</summary>
    public long CountedBytes => Bytes + Answers.HeldBytes;

    /// <summary>Copies the data that a session starts with; the versions begin anew, one for each key.</summary>
    public static MemoryData? CopyOf(IReadOnlyList<DataValue> values)
    {
        if (values.Count == 0)
        {
            return null;
        }

        var data = new MemoryData();
        foreach (var value in values)
        {
            data.Put(value with { Version = data.NextVersion() });
        }

        return data;
    }

    public static int SizeOf(string key, int bytes) => Encoding.UTF8.GetByteCount(key) + bytes;

    public static int SizeOf(DataValue value) => SizeOf(value.Key, value.Bytes.Length);

    /// <summary>One for each commit; never repeated, whatever is removed.</summary>
    public long NextVersion() => ++_version;

    public DataValue? Find(string key) => _values.GetValueOrDefault(key);

    public void Put(DataValue value)
    {
        Remove(value.Key);
        _values.Add(value.Key, value);
        Bytes += SizeOf(value);
    }

    public DataValue? Remove(string key)
    {
        if (!_values.Remove(key, out var value))
        {
            return null;
        }

        Bytes -= SizeOf(value);
        return value;
    }

    /// <summary>Drops what has lapsed.</summary>
    /// <returns>How many bytes that makes free.</returns>
    public long DropLapsed(DateTimeOffset now)
    {
        var before = Bytes;
        foreach (var value in _values.Values)
        {
            if (value.ExpiresAt <= now)
            {
                // Removing while enumerating is allowed: it moves no other entry.
                Remove(value.Key);
            }
        }

        return before - Bytes;
    }

    /// <summary>What a read asks for, as far as present. The list is the caller's own.</summary>
    public IReadOnlyList<DataValue> Read(in SessionRead read)
    {
        if (read.AllData)
        {
            return _values.Count == 0 ? [] : [.. _values.Values];
        }

        if (read.DataKeys is { Count: 1 } one)
        {
            return _values.TryGetValue(one[0], out var only) ? [only] : [];
        }

        List<DataValue>? found = null;
        for (var i = 0; i < (read.DataKeys?.Count ?? 0); i++)
        {
            if (_values.TryGetValue(read.DataKeys![i], out var value))
            {
                (found ??= []).Add(value);
            }
        }

        return (IReadOnlyList<DataValue>?)found ?? [];
    }
}
