using System.Collections.Immutable;
using Sojourn.Storage;

namespace Sojourn;

/// <summary>A session as lists, pages and administrators see it: no token, no hash, no data. Immutable.</summary>
public sealed class SessionInfo
{
    private readonly SessionRecord _record;

    internal SessionInfo(SessionRecord record) => _record = record;

    /// <summary>The public handle.</summary>
    public SessionId Id => _record.Id;

    /// <summary>Whose session it is; null while anonymous.</summary>
    public string? Subject => _record.Subject;

    /// <summary>The name of its policy.</summary>
    public string Policy => _record.Policy;

    /// <summary>Whether it is running. One past its deadline counts as running until that is noticed.</summary>
    public bool IsActive => _record.IsActive;

    /// <summary>Why it ended; <see cref="SessionEndReason.None"/> while it runs.</summary>
    public SessionEndReason EndReason => _record.Ending?.Reason ?? SessionEndReason.None;

    /// <summary>When it ended; null while it runs.</summary>
    public DateTimeOffset? EndedAt => _record.Ending?.At;

    /// <summary>When it started.</summary>
    public DateTimeOffset StartedAt => _record.StartedAt;

    /// <summary>
    /// When the person last authenticated in it. Null while anonymous, and after "this wasn't me" was said elsewhere, until the
    /// person authenticates again.
    /// </summary>
    public DateTimeOffset? AuthenticatedAt => _record.AuthenticatedAt;

    /// <summary>Its last activity; up to a touch interval old.</summary>
    public DateTimeOffset LastSeenAt => _record.LastSeenAt;

    /// <summary>When it ends if nothing is seen of it.</summary>
    public DateTimeOffset IdleExpiresAt => _record.LastSeenAt + _record.IdleTimeout;

    /// <summary>When it ends in any case.</summary>
    public DateTimeOffset AbsoluteExpiresAt => _record.AbsoluteExpiresAt;

    /// <summary>Whether the person asked to be remembered.</summary>
    public bool IsPersistent => _record.IsPersistent;

    /// <summary>How the person authenticated.</summary>
    public ImmutableArray<SessionMethod> Methods => _record.Assurance.Methods;

    /// <summary>The authentication context class, or null.</summary>
    public string? Acr => _record.Assurance.Acr;

    /// <summary>The device that it was started on.</summary>
    public SessionDevice Device => new(_record.Device, _record.Client.UserAgent);

    /// <summary>Where it was last seen from.</summary>
    public SessionClient Client => _record.Client;

    /// <summary>The id and state, without personal data.</summary>
    public override string ToString() => _record.ToString();
}
