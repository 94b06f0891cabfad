namespace Sojourn;

/// <summary>What became of a presented token.</summary>
public enum SessionOutcome
{
    /// <summary>The token is good, and the session is running.</summary>
    Active = 0,

    /// <summary>The token was replaced by a newer one of the same session, which goes on. Try again with the newer one.</summary>
    Superseded = 1,

    /// <summary>The token names no session, or was never issued for it.</summary>
    Unknown = 2,

    /// <summary>The session has ended, for the reason given.</summary>
    Ended = 3,

    /// <summary>The token was replaced long ago and came back: the session has been ended for everybody who holds one.</summary>
    Replayed = 4,

    /// <summary>The text is not a token.</summary>
    Malformed = 5,
}
