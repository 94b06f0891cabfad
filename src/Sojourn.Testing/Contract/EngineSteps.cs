using Sojourn.Storage;

namespace Sojourn.Testing;

/// <summary>What the engine does with a store where one call is not enough: look, decide, try, and again if somebody was faster.</summary>
internal static class EngineSteps
{
    private const int Attempts = 10_000;

    /// <summary>Starts a session; when sessions must end first, names the unconfirmed one of its device and the oldest.</summary>
    public static async ValueTask<StartStatus> StartWithinLimitAsync(this Trial t, SessionRecord record, int limit)
    {
        var creation = t.Creation(record, limit);
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var result = await t.Store.StartAsync(creation, t.Cancel);
            if (result.Status != StartStatus.MustEndFirst)
            {
                return result.Status;
            }

            var owner = await t.OwnerAsync(new(record.Subject, record.Id.Shard));
            var doubles = owner.Records.Where(each => !each.Device.IsUnknown && each.Device == record.Device && !each.IsConfirmed).ToList();
            var oldest = owner.Records.Except(doubles).Take(Math.Max(0, owner.ActiveCount - doubles.Count - limit + 1));
            creation = t.Creation(record, limit, null, owner.Version, [.. doubles.Concat(oldest).Select(each => new SessionEnd(each.Id, Make.Ending(Trial.Noon)))]);
        }

        throw new ExpectationException("a start that is let in after naming victims", $"{Attempts} refusals");
    }

    /// <summary>Ends all sessions of a subject and refuses sign-ins that began before.</summary>
    public static async ValueTask RevokeSubjectAsync(this Trial t, SessionOwner owner, DateTimeOffset notBefore)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var list = await t.OwnerAsync(owner);
            var ends = list.Records.Select(each => new SessionEnd(each.Id, Make.Ending(notBefore, SessionEndReason.RevokedByAdministrator)));
            var result = await t.Store.EndSubjectAsync(t.SubjectEnding(owner, list.Version, notBefore, [.. ends]), t.Cancel);
            if (result.Status == EndSubjectStatus.Done)
            {
                return;
            }
        }

        throw new ExpectationException("an end of a subject that wins in the end", $"{Attempts} losses");
    }

    /// <summary>Changes a session from whatever state it is in, until it wins or the session has ended. The event's bytes tell the epoch.</summary>
    public static async ValueTask<ChangeResult> ChangeUntilWonAsync(this Trial t, SessionId id, Func<SessionRecord, RecordChange> change)
    {
        var record = await t.RecordAsync(id);
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var next = change(record);
            var told = t.Events.Rotated(id, Trial.Noon) with { Canonical = [.. BitConverter.GetBytes(next.Token.Epoch)] };
            var result = await t.Store.ChangeAsync(id, record.Token.Stamp, next, EventSource.Batch(told), t.Cancel);
            if (result.Status != ChangeStatus.Lost)
            {
                return result;
            }

            record = Expect.NotNull(result.Record, "the record that won");
        }

        throw new ExpectationException("a change that wins in the end", $"{Attempts} losses");
    }

    /// <summary>Adds one to a number kept as text in a data key, by compare-and-set.</summary>
    public static async ValueTask<int> CountUpAsync(this Trial t, SessionRecord record, string key)
    {
        DataValue? current = null;
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var next = current is null ? 1 : int.Parse(System.Text.Encoding.UTF8.GetString(current.Bytes.AsSpan())) + 1;
            var result = await t.Store.CommitDataAsync(Make.Commit(record, Make.SetIf(key, $"{next}", current?.Version ?? 0)), t.Cancel);
            if (result.Status == DataStatus.Written)
            {
                return next;
            }

            Expect.Equal(DataStatus.Conflict, result.Status, "the answer to a SetIf that came second");
            current = result.Current;
        }

        throw new ExpectationException("a compare-and-set that wins in the end", $"{Attempts} conflicts");
    }
}
