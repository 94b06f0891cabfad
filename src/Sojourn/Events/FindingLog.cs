using System.Collections.Concurrent;
using Sojourn.Storage;

namespace Sojourn.Engine;

/// <summary>
/// Findings of the engine on their way into the log: off the request, at most one of a kind a session and minute,
/// bounded. What does not fit is counted and told.
/// </summary>
internal sealed class FindingLog(SessionEngine engine)
{
    private const int MaxWaiting = 4096;
    private static readonly TimeSpan Repeat = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<(SessionId, string), DateTimeOffset> _noted = new();
    private readonly ConcurrentQueue<EventDraft> _waiting = new();
    private readonly SemaphoreSlim _flushing = new(1, 1);
    private EventBatch? _unwritten;
    private int _dropped;

    public void Note(string finding, SessionRecord record, DateTimeOffset now)
    {
        var key = (record.Id, finding);
        if (_noted.TryGetValue(key, out var last) && now - last < Repeat)
        {
            return;
        }

        if (_noted.Count >= MaxWaiting || _waiting.Count >= MaxWaiting)
        {
            Interlocked.Increment(ref _dropped);
            return;
        }

        _noted[key] = now;
        SojournLog.Finding(engine.Logger, finding, record.Id);
        _waiting.Enqueue(EventDraft.About(record, SessionEventKind.Finding) with { Detail = EventDetail.Of("finding", finding) });
    }

    /// <summary>
    /// Writes what is waiting and forgets what is older than a minute. A batch that a failing store did not take stays as
    /// it is, and is tried again: the store knows its numbers, should it have been written.
    /// </summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        await _flushing.WaitAsync(cancellationToken);
        try
        {
            var now = engine.Clock.Now;
            foreach (var (key, at) in _noted)
            {
                if (now - at >= Repeat)
                {
                    _noted.TryRemove(key, out _);
                }
            }

            await WriteAsync(cancellationToken);
            _unwritten = Collect(now);
            await WriteAsync(cancellationToken);
        }
        finally
        {
            _flushing.Release();
        }
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        if (_unwritten is { } batch)
        {
            await engine.Store.AppendAsync(batch, cancellationToken);
            _unwritten = null;
        }
    }

    private EventBatch? Collect(DateTimeOffset now)
    {
        var drafts = new List<EventDraft>();
        while (drafts.Count < MaxWaiting && _waiting.TryDequeue(out var draft))
        {
            drafts.Add(draft);
        }

        var dropped = Interlocked.Exchange(ref _dropped, 0);
        if (dropped > 0)
        {
            drafts.Add(new EventDraft(SessionEventKind.Finding, 0) { Detail = "dropped=" + dropped });
        }

        return drafts.Count > 0 ? engine.Events.Write(now, drafts.ToArray()) : null;
    }
}
