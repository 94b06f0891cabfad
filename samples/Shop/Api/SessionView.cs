using Sojourn;

namespace Shop.Api;

/// <summary>A session as its owner sees it. Times are UTC.</summary>
internal sealed record SessionView(
    string Id, string? Subject, string Policy, DateTime StartedAt, DateTime? AuthenticatedAt, DateTime LastSeenAt,
    DateTime IdleExpiresAt, DateTime AbsoluteExpiresAt, string Device)
{
    /// <summary>Of a session that runs; then nothing but the subject and its sign-in may be missing.</summary>
    public static SessionView Of(Session session) => new(
        session.Id!.Value.ToString(), session.Subject, session.Policy!, session.StartedAt!.Value.UtcDateTime, session.AuthenticatedAt?.UtcDateTime,
        session.LastSeenAt!.Value.UtcDateTime, session.IdleExpiresAt!.Value.UtcDateTime, session.AbsoluteExpiresAt!.Value.UtcDateTime,
        session.Device!.Value.Label);
}
