using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace Sojourn.Storage;

/// <summary>The subscribers of a store. Publishing allocates nothing; subscribing copies the list.</summary>
internal sealed class MemoryFeed : ISessionFeed
{
    private readonly Lock _gate = new();
    private volatile Subscription[] _subscriptions = [];

    public bool HasSubscribers => _subscriptions.Length > 0;

    public IDisposable Subscribe(Action<FeedMessage> onMessage)
    {
        ArgumentNullException.ThrowIfNull(onMessage);
        var subscription = new Subscription(this, onMessage);
        lock (_gate)
        {
            _subscriptions = [.. _subscriptions, subscription];
        }

        return subscription;
    }

    /// <summary>
    /// Calls every subscriber. One that throws, against its contract, keeps the message from nobody else.
    /// </summary>
    /// <returns>The first exception, for whoever made the change; null when all is well.</returns>
    public ExceptionDispatchInfo? Publish(in FeedMessage message)
    {
        ExceptionDispatchInfo? failure = null;
        foreach (var subscription in _subscriptions)
        {
            try
            {
                subscription.OnMessage(message);
            }
            catch (Exception exception)
            {
                failure ??= ExceptionDispatchInfo.Capture(exception);
            }
        }

        return failure;
    }

    private void Remove(Subscription subscription)
    {
        lock (_gate)
        {
            _subscriptions = [.. _subscriptions.Where(each => !ReferenceEquals(each, subscription))];
        }
    }

    private sealed class Subscription(MemoryFeed feed, Action<FeedMessage> onMessage) : IDisposable
    {
        public Action<FeedMessage> OnMessage { get; } = onMessage;

        public void Dispose() => feed.Remove(this);
    }
}

/// <summary>
/// The messages of one shard on their way to the subscribers. They are posted under the shard's lock, which fixes
/// their order, and delivered after it is released, by whoever comes first; nobody leaves before his own are delivered.
/// </summary>
internal sealed class MemoryOutbox(MemoryFeed feed)
{
    private readonly Lock _delivering = new();
    private readonly ConcurrentQueue<FeedMessage> _waiting = new();

    /// <summary>Posts a message; the shard's lock is held.</summary>
    public void Post(in FeedMessage message)
    {
        if (feed.HasSubscribers)
        {
            _waiting.Enqueue(message);
        }
    }

    /// <summary>Delivers what waits; the shard's lock is not held. When it returns, all that the caller posted has been delivered.</summary>
    public void Deliver()
    {
        ExceptionDispatchInfo? failure = null;
        lock (_delivering)
        {
            while (_waiting.TryDequeue(out var message))
            {
                failure = feed.Publish(message) ?? failure;
            }
        }

        failure?.Throw();
    }
}
