using System.Collections.Immutable;
using Sojourn.Storage;

namespace Sojourn.Engine;

/// <summary>
/// Numbers this process's events and finishes them, so that a store only has to keep them (protocol 10). Events whose
/// change did not happen give their numbers back by name: the next event lists them, and no gap is left unexplained.
/// </summary>
internal sealed class EventWriter(string tenant)
{
    private const int MaxNamed = 1000;

    private readonly Lock _lock = new();
    private readonly WriteId _writer = WriteId.Create();
    private readonly Queue<VoidedNumber> _voided = new();
    private long _number;

    public EventBatch Write(DateTimeOffset at, params ReadOnlySpan<EventDraft> drafts)
    {
        var events = ImmutableArray.CreateBuilder<StoredEvent>(drafts.Length);
        lock (_lock)
        {
            foreach (ref readonly var draft in drafts)
            {
                events.Add(EventFormat.Write(draft, tenant, _writer, ++_number, at, _voided.Count == 0 ? [] : TakeVoided()));
            }
        }

        return new(events.MoveToImmutable());
    }

    private List<VoidedNumber> TakeVoided()
    {
        var voided = new List<VoidedNumber>();
        while (voided.Count < MaxNamed && _voided.TryDequeue(out var missing))
        {
            voided.Add(missing);
        }

        return voided;
    }

    /// <summary>Awaits the write that carries these events, and names their numbers as rolled back when it did not happen.</summary>
    public async ValueTask<T> WatchAsync<T>(EventBatch batch, ValueTask<T> write, Func<T, bool> isWritten)
    {
        T result;
        try
        {
            result = await write;
        }
        catch (SessionStoreException fault) when (!fault.InDoubt)
        {
            Void(batch);
            throw;
        }

        if (!isWritten(result))
        {
            Void(batch);
        }

        return result;
    }

    /// <summary>The change did not happen, so these events were not written. Numbers that they named are named again.</summary>
    public void Void(EventBatch batch)
    {
        lock (_lock)
        {
            foreach (var unwritten in batch.Events)
            {
                foreach (var named in EventFormatReader.Read(unwritten.Canonical.AsSpan()).Voided)
                {
                    _voided.Enqueue(new(named));
                }

                _voided.Enqueue(new(unwritten.Number));
            }
        }
    }
}
