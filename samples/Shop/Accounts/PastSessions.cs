using Sojourn;

namespace Shop.Accounts;

/// <summary>A sign-in of mine, and what became of it; whether it was on this browser, as far as that is known.</summary>
public sealed record PastSession(string Id, string Device, DateTime StartedAt, DateTime? EndedAt, SessionEndReason EndReason, bool Current, bool IsRemembered, bool IsThisBrowser);

/// <summary>My recent sign-ins: Sojourn keeps ended sessions for 30 days, without their data.</summary>
internal static class PastSessions
{
    private const int Most = 30;

    public static async Task<PastSession[]> ListAsync(Session session, SessionManager sessions, CancellationToken cancellationToken)
    {
        var running = await sessions.ListAsync(session.Subject!, ct: cancellationToken);
        var ended = await sessions.ListAsync(session.Subject!, ended: true, Most, ct: cancellationToken);
        var device = running.Sessions.FirstOrDefault(each => each.Id == session.Id)?.Device.Id ?? default;
        return [.. running.Sessions.Concat(ended.Sessions).OrderByDescending(each => each.StartedAt).Take(Most).Select(each => new PastSession(
            each.Id.ToString(), each.Device.Label, each.StartedAt.UtcDateTime, each.EndedAt?.UtcDateTime, each.EndReason, each.Id == session.Id, each.IsPersistent,
            !device.IsUnknown && each.Device.Id == device))];
    }
}
