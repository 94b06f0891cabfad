namespace Sojourn.Engine;

/// <summary>What a shown token came to, without the record: all that is told of it.</summary>
internal readonly record struct ShownToken(SessionOutcome Outcome, SessionEndReason EndReason)
{
    public bool IsActive => Outcome == SessionOutcome.Active;
}
