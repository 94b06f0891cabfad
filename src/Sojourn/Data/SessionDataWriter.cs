using Sojourn.Storage;

namespace Sojourn.Engine;

/// <summary>Data in and out of the store, for one running session: what the store answers becomes a value or a refusal.</summary>
internal sealed class SessionDataWriter(SessionEngine engine, SessionSerializer serializer)
{
    private const int Attempts = 1000;

    public SessionSerializer Serializer => serializer;

    /// <summary>Reads the value of one key.</summary>
    public async ValueTask<DataValue?> LoadAsync(SessionRecord session, string[] key, CancellationToken cancellationToken)
    {
        var found = await engine.Store.FindAsync(session.Id, new SessionRead(DataKeys: key), cancellationToken);
        if (found is not { } snapshot)
        {
            throw Ended(SessionEndReason.None);
        }

        RequireRunning(session, snapshot.Record);
        foreach (var value in snapshot.Data as DataValue[] ?? [.. snapshot.Data])
        {
            if (value.Key == key[0])
            {
                return Live(value);
            }
        }

        return null;
    }

    public async ValueTask<DataValue?> TakeAsync(SessionRecord session, string key, CancellationToken cancellationToken)
    {
        var take = new DataTake { Session = session.Id, Lineage = session.Token.Lineage, Write = WriteId.Create(), Key = key, Now = engine.Clock.Now };
        if (await engine.Store.TakeDataAsync(take, cancellationToken) is { } taken)
        {
            return Live(taken);
        }

        // Absent, or not to be had: only a running session may be told "absent".
        var found = await engine.Store.FindAsync(session.Id, default, cancellationToken);
        RequireRunning(session, found?.Record ?? throw Ended(SessionEndReason.None));
        return null;
    }

    /// <summary>Writes buffered changes, all or none.</summary>
    public async ValueTask WriteAsync(SessionRecord session, IReadOnlyList<DataChange> changes)
    {
        var result = await engine.Store.CommitDataAsync(Commit(session, changes));
        if (result.Status != DataStatus.Written)
        {
            throw await RefusalAsync(session, result);
        }
    }

    /// <summary>Compare-and-set until it holds: of two requests that update one key, both count.</summary>
    public async ValueTask<T> UpdateAsync<T>(SessionRecord session, SessionKey<T> key, Func<T?, T> change, CancellationToken cancellationToken)
    {
        var stored = await LoadAsync(session, key.Names, cancellationToken);
        var version = stored?.Version ?? 0;
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var next = change(stored is null ? default : serializer.Read(key, stored.Bytes));
            var result = await engine.Store.CommitDataAsync(Commit(session, [Change(key, DataChangeKind.SetIf, next, version)]), cancellationToken);
            switch (result.Status)
            {
                case DataStatus.Written:
                    return next;
                case DataStatus.Conflict:
                    version = result.Current?.Version ?? 0;
                    stored = Live(result.Current);
                    break;
                default:
                    throw await RefusalAsync(session, result);
            }
        }

        throw new SessionStoreException("CommitData", $"session data \"{key.Name}\" kept changing; nothing was written, try again", isTransient: true);
    }

    public DataChange Change<T>(SessionKey<T> key, DataChangeKind kind, T value, long expected = 0)
        => new(key.Name, kind, serializer.Write(key, value), expected, key.Lifetime is { } lifetime ? engine.Clock.Now + lifetime : null, key.SurvivesSignIn);

    private DataCommit Commit(SessionRecord session, IReadOnlyList<DataChange> changes)
    {
        var policy = engine.Policies.Of(session);
        return new()
        {
            Session = session.Id,
            Lineage = session.Token.Lineage,
            Write = WriteId.Create(),
            Changes = changes,
            Limits = new DataLimits(policy.MaxValueBytes, policy.MaxDataBytes),
            Now = engine.Clock.Now,
        };
    }

    private DataValue? Live(DataValue? value) => value?.ExpiresAt <= engine.Clock.Now ? null : value;

    private async ValueTask<SessionRefusedException> RefusalAsync(SessionRecord session, DataResult result)
    {
        switch (result.Status)
        {
            case DataStatus.TooLarge:
                return new(SessionRefusal.DataTooLarge, result.ConflictKey is { } key
                    ? $"Session data \"{key}\" is larger than the policy \"{session.Policy}\" allows; nothing was written."
                    : $"The session's data is larger than the policy \"{session.Policy}\" allows; nothing was written.");
            case DataStatus.OlderLineage:
                return Superseded();
            case DataStatus.Full:
                return new(SessionRefusal.StoreFull, "The session store has no room for more data; nothing was written.");
            default:
                var found = await engine.Store.FindAsync(session.Id, new SessionRead(Fresh: true));
                return Ended(found?.Record.Ending?.Reason ?? SessionEndReason.None);
        }
    }

    private static void RequireRunning(SessionRecord session, SessionRecord stored)
    {
        if (stored.Ending is { } ending)
        {
            throw Ended(ending.Reason);
        }

        if (stored.Token.Lineage != session.Token.Lineage)
        {
            throw Superseded();
        }
    }

    public static SessionRefusedException Superseded() => new(SessionRefusal.Superseded, "The request holds a session token that was replaced; try again with the newer one.");

    public static SessionRefusedException Ended(SessionEndReason reason) => new(SessionRefusal.Ended, "The session has ended.", reason);
}
