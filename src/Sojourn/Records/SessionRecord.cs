using System.Collections.Immutable;

namespace Sojourn.Storage;

/// <summary>
/// What a store keeps of a session and what every validation reads: small, immutable, safe to share. Data is apart.
/// </summary>
/// <remarks>
/// Compared by reference: whether a session changed is told by <see cref="Version"/> and by <see cref="TokenState.Stamp"/>.
/// Times are whole milliseconds. A store in memory keeps a million of these: the fields are laid out without padding.
/// </remarks>
public sealed record SessionRecord
{
    private readonly long _startedAt;
    private readonly long _authenticatedAt;
    private readonly long _lastSeenAt;
    private readonly long _absoluteExpiresAt;
    private readonly ClientAddress.AddressBytes _address;
    private readonly string? _userAgent;
    private readonly int _idleSeconds;
    private readonly byte _addressLength;

    /// <summary>The public handle.</summary>
    public required SessionId Id { get; init; }

    /// <summary>The tenant that the session belongs to.</summary>
    public required string Tenant { get; init; }

    /// <summary>Whose session it is; null while anonymous. Never changes.</summary>
    public string? Subject { get; init; }

    /// <summary>The name of the policy that it started under.</summary>
    public required string Policy { get; init; }

    /// <summary>Which tokens it accepts.</summary>
    public required TokenState Token { get; init; }

    /// <summary>When it started.</summary>
    public required DateTimeOffset StartedAt { get => UnixTime.ToTime(_startedAt); init => _startedAt = UnixTime.ToMilliseconds(value); }

    /// <summary>
    /// When the person last authenticated in it. Null while anonymous, and after "this wasn't me" was said elsewhere, until the
    /// person authenticates again.
    /// </summary>
    public DateTimeOffset? AuthenticatedAt { get => UnixTime.ToTimeOrNever(_authenticatedAt); init => _authenticatedAt = UnixTime.ToMilliseconds(value); }

    /// <summary>The last activity that reached the store.</summary>
    public required DateTimeOffset LastSeenAt { get => UnixTime.ToTime(_lastSeenAt); init => _lastSeenAt = UnixTime.ToMilliseconds(value); }

    /// <summary>How long it may be idle, as granted at the start; whole seconds.</summary>
    public required TimeSpan IdleTimeout { get => TimeSpan.FromSeconds(_idleSeconds); init => _idleSeconds = (int)value.TotalSeconds; }

    /// <summary>When it ends, however active it is, as granted at the start or at the last step-up.</summary>
    public required DateTimeOffset AbsoluteExpiresAt { get => UnixTime.ToTime(_absoluteExpiresAt); init => _absoluteExpiresAt = UnixTime.ToMilliseconds(value); }

    /// <summary>Whether the person asked to be remembered ("keep me signed in").</summary>
    public bool IsPersistent { get; init; }

    /// <summary>Whether its token has been presented at least once. Until then it ends after ten minutes.</summary>
    public bool IsConfirmed { get; init; }

    /// <summary>How the person authenticated.</summary>
    public SessionAssurance Assurance { get; init; } = SessionAssurance.None;

    /// <summary>The device it was started on; <c>default</c> when unknown.</summary>
    public SessionDeviceId Device { get; init; }

    /// <summary>Where it was last seen from.</summary>
    public SessionClient Client
    {
        get => new(new ClientAddress(_address, _addressLength), _userAgent);
        init => ((_address, _addressLength), _userAgent) = (value.Address, value.UserAgent);
    }

    /// <summary>The principal's claims, packed.</summary>
    public PackedClaims Claims { get; init; }

    /// <summary>The epoch of its shard when it started, filled in by the store. A lower one than the shard's means "ended".</summary>
    public long ShardEpoch { get; init; }

    /// <summary>Grows by one with every stored change but touches.</summary>
    public int Version { get; init; } = 1;

    /// <summary>A versioned blob for what later capabilities bring, so that they need no new column.</summary>
    public ImmutableArray<byte> Extensions { get; init; } = [];

    /// <summary>How it ended; null while it is active.</summary>
    public SessionEnding? Ending { get; init; }

    /// <summary>Whether it has not ended. Deadlines are not considered.</summary>
    public bool IsActive => Ending is null;

    /// <summary>
    /// The stored deadline: idle or absolute, whichever comes first. A store uses it to refuse late touches and to
    /// find what is due; the engine may apply a shorter policy.
    /// </summary>
    public DateTimeOffset ExpiresAt => UnixTime.ToTime(Math.Min(_lastSeenAt + _idleSeconds * 1000L, _absoluteExpiresAt));

    /// <inheritdoc/>
    public bool Equals(SessionRecord? other) => ReferenceEquals(this, other);

    /// <inheritdoc/>
    public override int GetHashCode() => Id.GetHashCode();

    /// <summary>Id and state, no personal data.</summary>
    public override string ToString() => $"SessionRecord({Id}, {(Ending is { } ending ? ending.Reason.ToString() : "active")}, version {Version})";
}
