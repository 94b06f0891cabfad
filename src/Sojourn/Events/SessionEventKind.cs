namespace Sojourn;

/// <summary>What happened to a session. The numbers are part of the public contract and of event format v1; they never change.</summary>
public enum SessionEventKind
{
    /// <summary>An anonymous session started.</summary>
    Started = 1,

    /// <summary>Somebody signed in: a session of a subject started.</summary>
    SignedIn = 2,

    /// <summary>A new token of the same session was presented for the first time.</summary>
    Rotated = 3,

    /// <summary>The person authenticated again for something sensitive.</summary>
    SteppedUp = 4,

    /// <summary>The claims changed.</summary>
    ClaimsChanged = 5,

    /// <summary>A session ended; the reason says why.</summary>
    Ended = 6,

    /// <summary>All sessions of a subject were ended, and sign-ins that began before are refused.</summary>
    SubjectRevoked = 7,

    /// <summary>All earlier sessions of a shard were ended.</summary>
    ShardEnded = 8,

    /// <summary>A sign-in was refused: the limit, or a revocation that came after it began.</summary>
    SignInRefused = 9,

    /// <summary>Something that looks wrong was seen; the detail names it.</summary>
    Finding = 10,

    /// <summary>The writer is alive.</summary>
    Heartbeat = 11,

    /// <summary>The person changed what they authenticate with: a password, a factor, an address for recovery.</summary>
    CredentialsChanged = 12,

    /// <summary>The person said of the session "this wasn't me". Its end, if it ran, has an event of its own.</summary>
    Disowned = 13,

    /// <summary>When and how the person authenticated in the session no longer counts, since another one was reported.</summary>
    AuthenticationForgotten = 14,
}
