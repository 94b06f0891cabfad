using Microsoft.Extensions.Logging;
using Sojourn.Storage;

namespace Sojourn.Sqlite;

/// <summary>
/// The listeners of a store object. The writer's thread calls them: for this process's changes right behind the commit
/// and before the caller hears of it, for those of other processes when it notices them.
/// </summary>
internal sealed class SqliteFeed(ILogger logger) : ISessionFeed
{
    private readonly Lock _gate = new();
    private volatile Subscription[] _subscriptions = [];

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

    /// <summary>Tells the messages in order and empties the list. A listener that throws, against its contract, keeps them from nobody else.</summary>
    public void Publish(List<FeedMessage> messages)
    {
        foreach (var message in messages)
        {
            foreach (var subscription in _subscriptions)
            {
                try
                {
                    subscription.OnMessage(message);
                }
                catch (Exception exception)
                {
                    SqliteLog.ListenerFailed(logger, exception);
                }
            }
        }

        messages.Clear();
    }

    private void Remove(Subscription subscription)
    {
        lock (_gate)
        {
            _subscriptions = [.. _subscriptions.Where(each => !ReferenceEquals(each, subscription))];
        }
    }

    private sealed class Subscription(SqliteFeed feed, Action<FeedMessage> onMessage) : IDisposable
    {
        public Action<FeedMessage> OnMessage { get; } = onMessage;

        public void Dispose() => feed.Remove(this);
    }
}
