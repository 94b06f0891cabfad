using Sojourn.Storage;

namespace Sojourn.Engine;

/// <summary>Hands a successor to the holder of the current token when one is due (rows 2 to 6). It never fails a request.</summary>
internal sealed class TokenRotator(SessionEngine engine)
{
    /// <summary>Whether a response might carry a successor: without a store step, and without an allocation.</summary>
    public bool IsDue(in SessionValidation validation)
        => validation is { IsActive: true, IsSuperseded: false, Record: { } record }
            && RotationTable.MayDeliver(record.Token, Rules(record), engine.Clock.Now);

    /// <summary>
    /// Stores a successor and returns it for the response to carry; null when none is due, the response may not carry
    /// one, another request was first, or the store cannot write (row 6).
    /// </summary>
    /// <param name="validation">The request's validation.</param>
    /// <param name="isEligible">Whether the response may carry a successor.</param>
    /// <param name="onDemand">Whether the client asked for it: then the interval does not count.</param>
    public async ValueTask<SessionToken?> DeliverAsync(SessionValidation validation, bool isEligible, bool onDemand = false)
    {
        if (!isEligible || validation is not { IsActive: true, IsSuperseded: false, Record: { } record })
        {
            return null;
        }

        var now = engine.Clock.Now;
        var rules = Rules(record);
        if (onDemand)
        {
            rules = rules with { Interval = TimeSpan.Zero };
        }

        if (!RotationTable.MayDeliver(record.Token, rules, now))
        {
            return null;
        }

        var successor = SessionToken.Create(record.Id, record.Token.Key);
        var decision = RotationTable.Decide(record.Token, new(RotationEventKind.Response, validation.Token, now, rules) { IsEligible = true, Successor = TokenHash.Of(successor) });
        if (decision.Next is not { } next)
        {
            return null;
        }

        try
        {
            var result = await engine.Store.ChangeAsync(record.Id, record.Token.Stamp, new RecordChange { Token = next }, EventBatch.None);
            if (result.Status is not (ChangeStatus.Done or ChangeStatus.AlreadyDone))
            {
                return null;
            }
        }
        catch (SessionStoreException fault)
        {
            SojournLog.RotationPutOff(engine.Logger, record.Id, fault);
            return null;
        }

        if (decision.Finding is { } finding)
        {
            engine.Findings.Note(finding, record, now);
        }

        return successor;
    }

    private RotationRules Rules(SessionRecord record)
    {
        var policy = engine.Policies.Of(record);
        return RotationRules.Of(policy, PolicyBook.Times(policy, record.Subject, record.IsPersistent), record.Subject is null);
    }
}
