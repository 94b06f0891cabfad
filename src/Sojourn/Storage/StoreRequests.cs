using System.Collections.Immutable;

namespace Sojourn.Storage;

/// <summary>What a store is opened for.</summary>
/// <param name="Tenant">The tenant that every key begins with.</param>
/// <param name="Now">The time.</param>
public sealed record StoreOpening(string Tenant, DateTimeOffset Now);

/// <summary>What to read beside a record.</summary>
/// <param name="DataKeys">The data keys wanted; null for none.</param>
/// <param name="AllData">Whether all data is wanted.</param>
/// <param name="Fresh">Whether the answer must come from the store itself, not from a cache in front of it.</param>
public readonly record struct SessionRead(IReadOnlyList<string>? DataKeys = null, bool AllData = false, bool Fresh = false);

/// <summary>
/// Whose sessions are counted and listed together: a subject, or the anonymous visitors of one shard.
/// </summary>
/// <param name="Subject">The subject; null for visitors.</param>
/// <param name="Shard">The shard that the sessions live in.</param>
public readonly record struct SessionOwner(string? Subject, byte Shard)
{
    /// <summary>Keeps the subject out of logs.</summary>
    public override string ToString() => $"SessionOwner({(Subject is null ? "visitors" : "a subject")}, shard {Shard})";
}

/// <summary>A page of an owner's sessions.</summary>
/// <param name="Limit">At most how many.</param>
/// <param name="Ended">False: active ones, oldest start first. True: ended ones, newest start first.</param>
/// <param name="After">Continue behind this one; null begins.</param>
public readonly record struct SessionListQuery(int Limit, bool Ended = false, SessionCursor? After = null);

/// <summary>A place in a list that stays valid when sessions around it come and go.</summary>
/// <param name="StartedAt">The start of the last session seen.</param>
/// <param name="Id">Its id, for those that started in the same millisecond.</param>
public readonly record struct SessionCursor(DateTimeOffset StartedAt, SessionId Id)
{
    /// <summary>Orders by start, then id.</summary>
    public static int Compare(SessionCursor left, SessionCursor right)
    {
        var byStart = left.StartedAt.CompareTo(right.StartedAt);
        return byStart != 0 ? byStart : left.Id.CompareTo(right.Id);
    }
}

/// <summary>A new session with all that must hold for it.</summary>
public sealed record SessionCreation
{
    /// <summary>The record; the store fills in <see cref="SessionRecord.ShardEpoch"/>.</summary>
    public required SessionRecord Record { get; init; }

    /// <summary>When the authentication began: refused when it lies before the subject's not-before.</summary>
    public required DateTimeOffset AuthenticationBegan { get; init; }

    /// <summary>At most how many active sessions the owner may have, this one included.</summary>
    public required int Limit { get; init; }

    /// <summary>Data to begin with.</summary>
    public IReadOnlyList<DataValue> Data { get; init; } = [];

    /// <summary>The owner's version that <see cref="Victims"/> were chosen by; null in a first attempt.</summary>
    public long? OwnerVersion { get; init; }

    /// <summary>Sessions to end in the same step.</summary>
    public IReadOnlyList<SessionEnd> Victims { get; init; } = [];

    /// <summary>The start's own event and, behind it, one for each victim in order.</summary>
    public required EventBatch Events { get; init; }
}

/// <summary>One session to end.</summary>
/// <param name="Id">Which.</param>
/// <param name="Ending">How.</param>
public readonly record struct SessionEnd(SessionId Id, SessionEnding Ending);

/// <summary>Sessions of one subject to end in one step.</summary>
public sealed record SubjectEnd
{
    /// <summary>The subject and its shard.</summary>
    public required SessionOwner Owner { get; init; }

    /// <summary>Names the write; the last one of an owner is remembered.</summary>
    public required WriteId Write { get; init; }

    /// <summary>The version at which the list was read.</summary>
    public required long OwnerVersion { get; init; }

    /// <summary>The sessions, at most 1,000.</summary>
    public required IReadOnlyList<SessionEnd> Ends { get; init; }

    /// <summary>Sign-ins whose authentication began before this are refused from now on; null moves nothing.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>The subject's event and, behind it, one for each session in order.</summary>
    public required EventBatch Events { get; init; }
}

/// <summary>Parts of a record to replace; null leaves a part alone.</summary>
public sealed record RecordChange
{
    /// <summary>The next token state; its epoch is one higher than the expected one.</summary>
    public required TokenState Token { get; init; }

    /// <summary>Whether other nodes must hear of it: a change of privilege or claims, not an ordinary rotation.</summary>
    public bool Announce { get; init; }

    /// <summary>The claims.</summary>
    public PackedClaims? Claims { get; init; }

    /// <summary>The assurance.</summary>
    public SessionAssurance? Assurance { get; init; }

    /// <summary>When the person authenticated.</summary>
    public DateTimeOffset? AuthenticatedAt { get; init; }

    /// <summary>
    /// Whether the record is to say no longer when the person authenticated: it no longer counts, and whatever asks for a
    /// recent authentication asks for a new one. Then <see cref="AuthenticatedAt"/> is not looked at.
    /// </summary>
    public bool ForgetsAuthentication { get; init; }

    /// <summary>The absolute deadline.</summary>
    public DateTimeOffset? AbsoluteExpiresAt { get; init; }

    /// <summary>The extensions, all of them.</summary>
    public ImmutableArray<byte>? Extensions { get; init; }

    /// <summary>Applies the change to a record, which every store that keeps whole records does the same way.</summary>
    public SessionRecord Apply(SessionRecord record) => record with
    {
        Token = Token,
        Claims = Claims ?? record.Claims,
        Assurance = Assurance ?? record.Assurance,
        AuthenticatedAt = ForgetsAuthentication ? null : AuthenticatedAt ?? record.AuthenticatedAt,
        AbsoluteExpiresAt = AbsoluteExpiresAt ?? record.AbsoluteExpiresAt,
        Extensions = Extensions ?? record.Extensions,
        Version = record.Version + 1,
    };

    /// <summary>Whether a record already has all of it: the write was made before, and its answer was lost.</summary>
    public bool IsAppliedTo(SessionRecord record) => Token.Equals(record.Token)
        && (Claims is not { } claims || claims.Equals(record.Claims))
        && (ForgetsAuthentication ? record.AuthenticatedAt is null : AuthenticatedAt is not { } at || at == record.AuthenticatedAt)
        && (AbsoluteExpiresAt is not { } expires || expires == record.AbsoluteExpiresAt)
        && (Extensions is not { } extensions || extensions.AsSpan().SequenceEqual(record.Extensions.AsSpan()));
}

/// <summary>What must still hold for a session to be ended; the default holds always.</summary>
/// <param name="LastSeenAt">Nobody has been seen since: for ends by time.</param>
/// <param name="Token">The token state is still this one: for ends by replay.</param>
public readonly record struct EndGuard(DateTimeOffset? LastSeenAt = null, TokenStamp? Token = null);

/// <summary>Activity of one session.</summary>
/// <param name="Id">Which.</param>
/// <param name="At">When it was seen.</param>
/// <param name="Client">Where from, if that changed.</param>
public readonly record struct SessionTouch(SessionId Id, DateTimeOffset At, SessionClient? Client = null);

/// <summary>Names one write, so that it can be repeated after a result in doubt and still happens once.</summary>
/// <param name="Value">Sixteen random bytes.</param>
public readonly record struct WriteId(UInt128 Value)
{
    /// <summary>Makes a new one.</summary>
    public static WriteId Create() => new(Engine.RandomBytes.Number());
}

/// <summary>What to look for in a sweep.</summary>
/// <param name="Now">The time up to which a stored deadline counts as passed.</param>
/// <param name="UnconfirmedBefore">Sessions that started before this and were never confirmed are due.</param>
/// <param name="Limit">At most how many are examined.</param>
public readonly record struct DueQuery(DateTimeOffset Now, DateTimeOffset UnconfirmedBefore, int Limit);
