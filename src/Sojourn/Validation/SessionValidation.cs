using Sojourn.Engine;
using Sojourn.Storage;

namespace Sojourn;

/// <summary>The answer to <see cref="SessionManager.ValidateAsync"/>: a value, made without allocation.</summary>
public readonly struct SessionValidation
{
    internal SessionValidation(SessionOutcome outcome) => Outcome = outcome;

    internal SessionValidation(SessionOutcome outcome, SessionRecord record, PresentedToken token, bool isSuperseded = false)
    {
        Outcome = outcome;
        Record = record;
        Token = token;
        IsSuperseded = isSuperseded;
    }

    /// <summary>What became of the token.</summary>
    public SessionOutcome Outcome { get; }

    /// <summary>Whether the session is running and the token is good.</summary>
    public bool IsActive => Outcome == SessionOutcome.Active;

    /// <summary>Whether the token has just been replaced: it still serves ordinary requests, not privileged ones.</summary>
    public bool IsSuperseded { get; }

    /// <summary>Why the session ended; <see cref="SessionEndReason.None"/> unless the outcome says so.</summary>
    public SessionEndReason EndReason => Outcome is SessionOutcome.Ended or SessionOutcome.Replayed ? Record?.Ending?.Reason ?? SessionEndReason.None : SessionEndReason.None;

    /// <summary>The subject of a running session; null while anonymous, and for every other outcome.</summary>
    public string? Subject => IsActive ? Record!.Subject : null;

    /// <summary>The running or ended session; null for a token that is not of it.</summary>
    public SessionInfo? Session => Record is { } record ? new SessionInfo(record) : null;

    /// <summary>The record behind an answer to a genuine token; null otherwise.</summary>
    internal SessionRecord? Record { get; }

    internal PresentedToken Token { get; }

    /// <summary>The outcome, without personal data.</summary>
    public override string ToString() => EndReason == SessionEndReason.None ? Outcome.ToString() : $"{Outcome}({EndReason})";
}
