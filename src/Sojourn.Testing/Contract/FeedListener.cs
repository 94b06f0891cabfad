using Sojourn.Storage;

namespace Sojourn.Testing;

/// <summary>Collects the messages of a feed.</summary>
internal sealed class FeedListener : IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<FeedMessage> _messages = [];
    private readonly IDisposable _subscription;
    private readonly TimeSpan _patience;
    private TaskCompletionSource _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public FeedListener(Trial trial, ISessionStore? node = null)
    {
        _patience = trial.Fixture.Patience;
        _subscription = (node ?? trial.Store).Feed.Subscribe(OnMessage);
    }

    public IReadOnlyList<FeedMessage> Messages
    {
        get
        {
            lock (_gate)
            {
                return [.. _messages];
            }
        }
    }

    public IEnumerable<FeedMessage> About(SessionId id) => Messages.Where(message => message.Session == id && message.Kind is FeedMessageKind.Ended or FeedMessageKind.Changed);

    /// <summary>Waits until a message has come.</summary>
    public async Task<FeedMessage> WaitAsync(Func<FeedMessage, bool> wanted, string what, CancellationToken cancel)
    {
        var begun = TimeProvider.System.GetTimestamp();
        while (true)
        {
            Task arrived;
            lock (_gate)
            {
                if (_messages.Any(wanted))
                {
                    return _messages.First(wanted);
                }

                arrived = _arrived.Task;
            }

            var left = _patience - TimeProvider.System.GetElapsedTime(begun);
            Expect.True(left > TimeSpan.Zero, $"{what} on the feed", $"none within {_patience}; {Messages.Count} others");
            await Task.WhenAny(arrived, Task.Delay(left, TimeProvider.System, cancel));
            cancel.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Sends a probe and waits for it, so that what was told before it has most likely arrived.</summary>
    public async Task SettleAsync(ISessionStore store, CancellationToken cancel)
    {
        var nonce = BitConverter.ToUInt64(Make.Bytes(8).AsSpan());
        await store.ProbeAsync(nonce, cancel);
        await WaitAsync(message => message.Kind == FeedMessageKind.Probe && message.Nonce == nonce, "the probe", cancel);
    }

    public void Dispose() => _subscription.Dispose();

    private void OnMessage(FeedMessage message)
    {
        lock (_gate)
        {
            _messages.Add(message);
            var arrived = _arrived;
            _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
            arrived.SetResult();
        }
    }
}
