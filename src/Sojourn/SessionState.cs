namespace Sojourn;

/// <summary>What the session of a request is.</summary>
public enum SessionState
{
    /// <summary>There is none: no token was shown, or one that serves nothing.</summary>
    None = 0,

    /// <summary>It runs, and nobody is signed in.</summary>
    Anonymous = 1,

    /// <summary>It runs, and a subject is signed in.</summary>
    SignedIn = 2,

    /// <summary>It has ended; <see cref="Session.EndReason"/> tells why.</summary>
    Ended = 3,
}
