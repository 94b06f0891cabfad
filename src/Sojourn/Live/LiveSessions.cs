using System.Collections.Concurrent;
using Sojourn.Storage;

namespace Sojourn.Engine;

/// <summary>
/// Sessions that something on this node waits for: their <see cref="Session.Ended"/> fires when the feed says that the
/// session ended, anywhere. Entries go when the last request that asked is over.
/// </summary>
internal sealed class LiveSessions : IDisposable
{
    private readonly ConcurrentDictionary<SessionId, Entry> _entries = new();
    private readonly IDisposable _subscription;

    private readonly SessionEngine _engine;

    public LiveSessions(SessionEngine engine)
    {
        _engine = engine;
        _subscription = engine.Store.Feed.Subscribe(OnMessage);
    }

    /// <summary>Watches a session until the returned watch is disposed.</summary>
    public Watch WatchFor(SessionId id)
    {
        while (true)
        {
            var entry = _entries.GetOrAdd(id, static id => new Entry(id));
            if (entry.TryJoin())
            {
                _ = CheckAsync(entry); // it may have ended between its validation and now
                return new Watch(this, entry);
            }

            _entries.TryRemove(new(id, entry)); // its last watcher has just left
        }
    }

    public void Dispose() => _subscription.Dispose();

    private void OnMessage(FeedMessage message)
    {
        switch (message.Kind)
        {
            case FeedMessageKind.Gap:
                foreach (var entry in _entries.Values)
                {
                    _ = CheckAsync(entry);
                }

                break;
            case FeedMessageKind.Ended when _entries.TryGetValue(message.Session, out var entry):
                entry.End(message.Reason);
                break;
            case FeedMessageKind.ShardEnded:
                foreach (var (id, live) in _entries)
                {
                    if (id.Shard == message.Shard)
                    {
                        live.End(message.Reason);
                    }
                }

                break;
        }
    }

    private async Task CheckAsync(Entry entry)
    {
        try
        {
            var found = await _engine.Store.FindAsync(entry.Id, new SessionRead(Fresh: true));
            if (found is not { Record.IsActive: true } snapshot)
            {
                entry.End(found?.Record.Ending?.Reason ?? SessionEndReason.None);
            }
            else if (snapshot.Record.ShardEpoch < snapshot.ShardEpoch)
            {
                entry.End(snapshot.ShardEndReason);
            }
        }
        catch (SessionStoreException fault)
        {
            SojournLog.BackgroundFault(_engine.Logger, fault); // the feed tells when it ends
        }
    }

    private void Leave(Entry entry)
    {
        if (entry.Leave())
        {
            _entries.TryRemove(new(entry.Id, entry));
        }
    }

    internal sealed class Entry(SessionId id)
    {
        private readonly CancellationTokenSource _ended = new();
        private int _watchers;

        public SessionId Id => id;

        public CancellationToken Ended => _ended.Token;

        public SessionEndReason Reason { get; private set; }

        public bool TryJoin()
        {
            while (true)
            {
                var watchers = Volatile.Read(ref _watchers);
                if (watchers < 0)
                {
                    return false;
                }

                if (Interlocked.CompareExchange(ref _watchers, watchers + 1, watchers) == watchers)
                {
                    return true;
                }
            }
        }

        /// <summary>True when the last watcher left; nobody can join any more.</summary>
        public bool Leave() => Interlocked.Decrement(ref _watchers) == 0 && Interlocked.CompareExchange(ref _watchers, int.MinValue, 0) == 0;

        /// <summary>Callbacks run on another thread: the feed must not wait for an application.</summary>
        public void End(SessionEndReason reason)
        {
            Reason = reason;
            _ = _ended.CancelAsync();
        }
    }

    internal sealed class Watch(LiveSessions owner, Entry entry) : IDisposable
    {
        private int _disposed;

        public CancellationToken Ended => entry.Ended;

        /// <summary>Why it ended; null if it has not.</summary>
        public SessionEndReason? EndedFor => entry.Ended.IsCancellationRequested ? entry.Reason : null;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _disposed, 1) == 0)
            {
                owner.Leave(entry);
            }
        }
    }
}
