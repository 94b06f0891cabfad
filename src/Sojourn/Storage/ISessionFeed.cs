using System.Diagnostics.CodeAnalysis;

namespace Sojourn.Storage;

/// <summary>Tells what was changed in a store, on this node or another, as far as a remembered answer can become wrong by it.</summary>
[Experimental("SOJOURN001")]
public interface ISessionFeed
{
    /// <summary>
    /// Calls <paramref name="onMessage"/> for each change until the subscription is disposed. The call must return
    /// quickly and must not throw; messages of one session come in order.
    /// </summary>
    IDisposable Subscribe(Action<FeedMessage> onMessage);
}

/// <summary>What a feed message is about.</summary>
public enum FeedMessageKind
{
    /// <summary>Messages may have been missed: nothing that is remembered can be trusted.</summary>
    Gap = 0,

    /// <summary>A session ended.</summary>
    Ended = 1,

    /// <summary>A session's privilege or claims changed.</summary>
    Changed = 2,

    /// <summary>All earlier sessions of a shard ended.</summary>
    ShardEnded = 3,

    /// <summary>A probe came back.</summary>
    Probe = 4,
}

/// <summary>One message of a feed.</summary>
/// <param name="Kind">What it is about.</param>
/// <param name="Session">The session, for <see cref="FeedMessageKind.Ended"/> and <see cref="FeedMessageKind.Changed"/>.</param>
/// <param name="Reason">Why it ended.</param>
/// <param name="Shard">The shard, for <see cref="FeedMessageKind.ShardEnded"/>.</param>
/// <param name="Nonce">The probe's number.</param>
public readonly record struct FeedMessage(FeedMessageKind Kind, SessionId Session = default, SessionEndReason Reason = default, byte Shard = 0, ulong Nonce = 0);
