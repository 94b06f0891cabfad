namespace Sojourn;

/// <summary>Why the engine refused to go on with a session in the middle of a request.</summary>
public enum SessionRefusal
{
    /// <summary>The request holds a token that was replaced: the browser has, or will get, a newer one. 409.</summary>
    Superseded = 0,

    /// <summary>The session ended while the request ran. 401.</summary>
    Ended = 1,

    /// <summary>The data would outgrow its limit; nothing was written. 413.</summary>
    DataTooLarge = 2,

    /// <summary>There are too many visitors, or too many starts from this address. 429.</summary>
    TooMany = 3,

    /// <summary>The store has no room; nothing was written. 507.</summary>
    StoreFull = 4,

    /// <summary>The subject has as many sessions as its policy allows. 409.</summary>
    LimitReached = 5,

    /// <summary>The subject's sessions were revoked after this sign-in began. 401.</summary>
    RevokedMeanwhile = 6,

    /// <summary>The request came over plain http, where a token could be read on the way; none is sent. 400.</summary>
    PlainHttp = 7,
}

/// <summary>
/// The engine refuses to go on: an expected outcome in an unexpected place. In ASP.NET Core it becomes the answer of
/// the request, whatever exception pages stand between; do not catch it.
/// </summary>
public sealed class SessionRefusedException : Exception
{
    internal SessionRefusedException(SessionRefusal refusal, string message, SessionEndReason endReason = SessionEndReason.None) : base(message)
    {
        Refusal = refusal;
        EndReason = endReason;
    }

    /// <summary>Why.</summary>
    public SessionRefusal Refusal { get; }

    /// <summary>Why the session ended, if it did.</summary>
    public SessionEndReason EndReason { get; }

    /// <summary>The sessions of which one has to end first; null unless it is the limit that refuses.</summary>
    public RunningElsewhere? Elsewhere { get; internal init; }
}
