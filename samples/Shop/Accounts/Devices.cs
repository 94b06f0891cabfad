using Sojourn;

namespace Shop.Accounts;

/// <summary>One of my sessions.</summary>
public sealed record DeviceView(string Id, bool Current, string Device, DateTime StartedAt, DateTime LastSeenAt)
{
    public static DeviceView Of(SessionInfo info, SessionId? current)
        => new(info.Id.ToString(), info.Id == current, info.Device.Label, info.StartedAt.UtcDateTime, info.LastSeenAt.UtcDateTime);
}

/// <summary>The sessions of whoever is signed in: the same for the page and for the API.</summary>
internal static class Devices
{
    public static async Task<DeviceView[]> ListAsync(Session session, SessionManager sessions, CancellationToken cancellationToken)
    {
        var page = await sessions.ListAsync(session.Subject!, ct: cancellationToken);
        return [.. page.Sessions.Select(each => DeviceView.Of(each, session.Id)).OrderByDescending(each => each.Current).ThenByDescending(each => each.LastSeenAt)];
    }

    /// <summary>Ends a session, if it is one of mine and runs.</summary>
    public static async Task<bool> EndAsync(SessionId id, Session session, SessionManager sessions, CancellationToken cancellationToken)
        => await sessions.FindAsync(id, cancellationToken) is { IsActive: true } found
            && found.Subject == session.Subject
            && await sessions.RevokeAsync(id, SessionEndReason.SignedOutEverywhere, cancellationToken: cancellationToken);

    /// <summary>
    /// I do not know this one, running or ended: it ends with everything from its device, and my others ask for the password
    /// again before anything important. False if it is none of mine.
    /// </summary>
    public static async Task<bool> DisownAsync(SessionId id, Session session, SessionManager sessions, CancellationToken cancellationToken)
    {
        if (await sessions.FindAsync(id, cancellationToken) is not { } found || found.Subject != session.Subject)
        {
            return false;
        }

        await sessions.DisownAsync(id, by: session.Id, cancellationToken: cancellationToken);
        return true;
    }

    /// <summary>Whether this session still runs: it may have come from the device that was reported.</summary>
    public static async Task<bool> IsStillInAsync(Session session, SessionManager sessions, CancellationToken cancellationToken)
        => session.Id is { } own && await sessions.FindAsync(own, cancellationToken) is { IsActive: true };

    /// <summary>Ends all of mine but this one; tells how many.</summary>
    public static ValueTask<int> EndOthersAsync(Session session, SessionManager sessions, CancellationToken cancellationToken)
        => sessions.RevokeSubjectAsync(session.Subject!, SessionEndReason.SignedOutEverywhere, except: session.Id, cancellationToken: cancellationToken);
}
