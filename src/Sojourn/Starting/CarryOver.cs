using Sojourn.Storage;

namespace Sojourn.Engine;

/// <summary>
/// Takes over what the client had before it signed in: seal, create, clear (protocol 3). Data goes only from an
/// anonymous session or from the same subject, never from one subject to another.
/// </summary>
internal sealed class CarryOver(SessionEngine engine)
{
    /// <summary>What a sign-in found.</summary>
    /// <param name="Data">The values to begin with.</param>
    /// <param name="Replaced">Signed-in sessions to end once the new one stands (row 21).</param>
    public readonly record struct Heritage(IReadOnlyList<DataValue> Data, IReadOnlyList<SessionRecord> Replaced);

    public async ValueTask<Heritage> CollectAsync(IReadOnlyList<SessionToken> shown, string heir, CancellationToken cancellationToken)
    {
        if (shown.Count == 0)
        {
            return new([], []);
        }

        var data = new Dictionary<string, DataValue>(StringComparer.Ordinal);
        var replaced = new List<SessionRecord>();
        foreach (var token in shown)
        {
            var found = await engine.Store.FindAsync(token.Id, new SessionRead(AllData: true, Fresh: true), cancellationToken);
            if (found is not { } snapshot || snapshot.Record.Id != token.Id || Classify(snapshot.Record, token) is not { IsGenuine: true } presented)
            {
                continue;
            }

            var record = snapshot.Record;
            if (record.IsActive && await EndIfOverAsync(snapshot))
            {
                continue;
            }

            if (record.Subject is null)
            {
                foreach (var value in await SealAsync(record, presented, heir))
                {
                    data.TryAdd(value.Key, value);
                }
            }
            else if (record.IsActive && (record.Subject == heir || presented.Kind is Presented.Current or Presented.Pending))
            {
                // Any token that was once issued ends the subject's own session: a thief may hold the newer one (row 21).
                replaced.Add(record);
                var carries = record.Subject == heir && presented.Kind is not (Presented.Old or Presented.Dead);
                foreach (var value in carries ? Surviving(snapshot.Data) : [])
                {
                    data[value.Key] = value; // what the person had while signed in wins over what the visitor had
                }
            }
        }

        return new([.. data.Values], replaced);
    }

    /// <summary>What is over by time or by its shard's epoch hands over nothing: it ends for that reason (rows 24 and 25).</summary>
    private async ValueTask<bool> EndIfOverAsync(SessionSnapshot snapshot)
    {
        var record = snapshot.Record;
        var isRevoked = record.ShardEpoch < snapshot.ShardEpoch;
        var reason = isRevoked ? snapshot.ShardEndReason
            : engine.Clock.IsTrusted ? SessionLifetime.Judge(record, engine.Policies.Times(record), engine.Touches.LastSeen(record), engine.Clock.Now)
            : SessionEndReason.None;
        return reason != SessionEndReason.None
            && (await engine.Ender.EndAsync(record, reason, isRevoked ? default : new EndGuard(LastSeenAt: record.LastSeenAt))).Status != EndStatus.Lost;
    }

    /// <summary>
    /// Ends a visitor's session for its heir and reads what it held. A second sign-in with the same token by the same
    /// subject (a double click) finds it sealed and gets a copy too.
    /// </summary>
    private async ValueTask<IEnumerable<DataValue>> SealAsync(SessionRecord record, PresentedToken presented, string heir)
    {
        var ending = record.Ending;
        if (record.IsActive)
        {
            if (presented.Kind is Presented.Old or Presented.Dead)
            {
                return [];
            }

            ending = (await engine.Ender.EndAsync(record, SessionEndReason.SignedIn, heir: heir)).Record?.Ending;
        }

        if (ending is not { Reason: SessionEndReason.SignedIn, KeepDataUntil: { } until } || ending.Heir != heir || until <= engine.Clock.Now)
        {
            return [];
        }

        var found = await engine.Store.FindAsync(record.Id, new SessionRead(AllData: true, Fresh: true));
        return Surviving(found?.Data ?? []);
    }

    private IEnumerable<DataValue> Surviving(IReadOnlyList<DataValue> data)
    {
        var now = engine.Clock.Now;
        return data.Where(value => value.SurvivesSignIn && !(value.ExpiresAt <= now));
    }

    private PresentedToken Classify(SessionRecord record, in SessionToken token)
    {
        var policy = engine.Policies.Of(record);
        var times = PolicyBook.Times(policy, record.Subject, record.IsPersistent);
        return PresentedToken.Classify(record.Token, token, RotationRules.Of(policy, times, record.Subject is null), engine.Clock.Now);
    }
}
