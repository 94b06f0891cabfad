using System.Collections.Immutable;

namespace Sojourn.Storage;

/// <summary>
/// Which tokens a session accepts: one immutable value that the rotation table reads and replaces.
/// A store keeps it as it is and compares its <see cref="Stamp"/>; it never interprets the rest.
/// </summary>
/// <remarks>
/// Times are whole milliseconds. Two states are equal when everything in them is: a store uses that to recognise a
/// write that is repeated after a result in doubt.
/// </remarks>
public sealed class TokenState : IEquatable<TokenState>
{
    private readonly long _since;
    private readonly Rare? _rare;
    private readonly byte _run;

    /// <summary>Grows by one at every change of the token state: the number that compare-and-set compares.</summary>
    public required long Epoch { get; init; }

    /// <summary>Grows by one at every change of privilege. Data written by a request of an older lineage is refused.</summary>
    public required int Lineage { get; init; }

    /// <summary>The key whose birthmark the tokens of this lineage carry.</summary>
    public required LineageKey Key { get; init; }

    /// <summary>The key of the lineage before, by which its tokens are recognised as superseded; null in the first.</summary>
    public LineageKey? PreviousKey { get => _rare?.PreviousKey; init => _rare = value is null ? _rare : new(value, Pending); }

    /// <summary>The hash of the token in use.</summary>
    public required TokenHash Current { get; init; }

    /// <summary>Since when <see cref="Current"/> is in use: rotation is due one interval later.</summary>
    public required DateTimeOffset Since { get => UnixTime.ToTime(_since); init => _since = UnixTime.ToMilliseconds(value); }

    /// <summary>Successors that were handed out and not yet presented, oldest first; at most 3.</summary>
    public ImmutableArray<TokenMark> Pending
    {
        get => _rare?.Pending ?? [];
        init => _rare = value.IsDefaultOrEmpty ? _rare : new(PreviousKey, value);
    }

    /// <summary>Tokens of the last rotation that were replaced, oldest first; at most 5.</summary>
    public ImmutableArray<TokenMark> Retired { get; init; } = [];

    /// <summary>How many successors this rotation has handed out; 0 when none is on its way.</summary>
    public int Run { get => _run; init => _run = checked((byte)value); }

    /// <summary>Whether the next eligible response rotates, whatever the interval: claims were changed elsewhere.</summary>
    public bool RotateNow { get; init; }

    /// <summary>What compare-and-set compares.</summary>
    public TokenStamp Stamp => new(Epoch, Lineage);

    /// <inheritdoc/>
    public bool Equals(TokenState? other) => other is not null
        && Epoch == other.Epoch && Lineage == other.Lineage && Run == other.Run && RotateNow == other.RotateNow
        && _since == other._since && Current == other.Current && Key == other.Key && PreviousKey == other.PreviousKey
        && Pending.AsSpan().SequenceEqual(other.Pending.AsSpan()) && Retired.AsSpan().SequenceEqual(other.Retired.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as TokenState);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Epoch, Lineage, Current);

    /// <summary>The numbers, without hashes or keys.</summary>
    public override string ToString() => $"TokenState(epoch {Epoch}, lineage {Lineage}, {Pending.Length} pending, {Retired.Length} retired)";

    /// <summary>What a session has for a moment or never, and does not pay for otherwise.</summary>
    private sealed class Rare(LineageKey? previousKey, ImmutableArray<TokenMark> pending)
    {
        public LineageKey? PreviousKey { get; } = previousKey;

        public ImmutableArray<TokenMark> Pending { get; } = pending;
    }
}

/// <summary>Epoch and lineage of a <see cref="TokenState"/>: the expectation of a compare-and-set.</summary>
/// <param name="Epoch">Every token change counts one.</param>
/// <param name="Lineage">Every change of privilege counts one.</param>
public readonly record struct TokenStamp(long Epoch, int Lineage);

/// <summary>A token hash and the time at which it was handed out or replaced.</summary>
public readonly struct TokenMark : IEquatable<TokenMark>
{
    private readonly long _at;

    /// <summary>Pairs a hash with a time; the time is cut to whole milliseconds.</summary>
    public TokenMark(TokenHash hash, DateTimeOffset at) => (Hash, _at) = (hash, UnixTime.ToMilliseconds(at));

    /// <summary>The token's hash.</summary>
    public TokenHash Hash { get; }

    /// <summary>When it was handed out (pending) or replaced (retired).</summary>
    public DateTimeOffset At => UnixTime.ToTime(_at);

    /// <inheritdoc/>
    public bool Equals(TokenMark other) => _at == other._at && Hash == other.Hash;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is TokenMark other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Hash.GetHashCode();

    /// <summary>Whether hash and time are the same.</summary>
    public static bool operator ==(TokenMark left, TokenMark right) => left.Equals(right);

    /// <summary>Whether hash or time differ.</summary>
    public static bool operator !=(TokenMark left, TokenMark right) => !left.Equals(right);
}
