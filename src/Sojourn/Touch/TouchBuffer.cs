using System.Collections.Concurrent;
using Sojourn.Storage;

namespace Sojourn.Engine;

/// <summary>
/// Collects activity and writes it together: at most one touch a session and interval, none lost at shutdown, never
/// more than the bound in memory (protocol 4). It writes at once what cannot wait: the first sight of a session, and
/// activity close to the stored deadline.
/// </summary>
internal sealed class TouchBuffer(SessionEngine engine)
{
    private const int BatchSize = 1000;

    private readonly ConcurrentDictionary<SessionId, SessionTouch> _touches = new();
    private readonly SemaphoreSlim _flushing = new(1, 1);
    private int _count;

    /// <summary>D of protocol 4: how far a touch can lag behind.</summary>
    public TimeSpan Lag(SessionRecord record)
        => SessionLifetime.TouchInterval(engine.Policies.Of(record), SessionLifetime.Idle(record, engine.Policies.Times(record))) + engine.Options.FlushInterval;

    /// <summary>The last activity that this node knows of.</summary>
    public DateTimeOffset LastSeen(SessionRecord record)
        => _touches.TryGetValue(record.Id, out var touch) && touch.At > record.LastSeenAt ? touch.At : record.LastSeenAt;

    /// <summary>Notes activity. Allocates nothing while the last touch is recent.</summary>
    public ValueTask NoteAsync(SessionRecord record, SessionClient? client, DateTimeOffset now)
    {
        var policy = engine.Policies.Of(record);
        var idle = SessionLifetime.Idle(record, PolicyBook.Times(policy, record.Subject, record.IsPersistent));
        var interval = SessionLifetime.TouchInterval(policy, idle);
        if (record.IsConfirmed && now - record.LastSeenAt < interval)
        {
            return default;
        }

        var changed = client is { } seen && seen != record.Client ? client : null;
        var touch = new SessionTouch(record.Id, now, changed);
        var lag = interval + engine.Options.FlushInterval;
        if (!record.IsConfirmed || record.ExpiresAt - now < lag)
        {
            return WriteNowAsync(touch, required: false);
        }

        return TryKeep(touch, interval) ? default : WriteNowAsync(touch, required: false);
    }

    /// <summary>Keeps a touch for the next flush; false when there is no room for more.</summary>
    private bool TryKeep(SessionTouch touch, TimeSpan interval)
    {
        while (true)
        {
            if (_touches.TryGetValue(touch.Id, out var waiting))
            {
                if (touch.At - waiting.At < interval || _touches.TryUpdate(touch.Id, touch, waiting))
                {
                    return true;
                }

                continue; // a flush has just written that one
            }

            if (Interlocked.Increment(ref _count) <= engine.Options.MaxBufferedTouches && _touches.TryAdd(touch.Id, touch))
            {
                return true;
            }

            Interlocked.Decrement(ref _count);
            if (!_touches.ContainsKey(touch.Id))
            {
                return false;
            }
        }
    }

    /// <summary>Writes everything. Touches that a failing store did not take stay, and are tried again.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        await _flushing.WaitAsync(cancellationToken);
        try
        {
            foreach (var batch in _touches.Values.ToArray().Chunk(BatchSize))
            {
                await engine.Store.TouchAsync(batch, cancellationToken);
                foreach (var touch in batch)
                {
                    Drop(touch);
                }
            }
        }
        finally
        {
            _flushing.Release();
        }
    }

    /// <summary>Writes one session's activity, where a decision waits for it.</summary>
    public async ValueTask FlushAsync(SessionId id)
    {
        if (_touches.TryGetValue(id, out var touch))
        {
            await WriteNowAsync(touch, required: true);
            Drop(touch);
        }
    }

    /// <summary>It is written; a later one of the same session stays.</summary>
    private void Drop(SessionTouch touch)
    {
        if (_touches.TryRemove(new(touch.Id, touch)))
        {
            Interlocked.Decrement(ref _count);
        }
    }

    private async ValueTask WriteNowAsync(SessionTouch touch, bool required)
    {
        try
        {
            await engine.Store.TouchAsync([touch]);
        }
        catch (SessionStoreException fault) when (!required && fault.IsTransient)
        {
            // The person is not to pay for it: the session was valid when it was read, and the next request touches again.
            SojournLog.TouchPutOff(engine.Logger, touch.Id, fault);
        }
    }
}
