namespace Sojourn;

/// <summary>Why a session ended. The numbers are part of the public contract and of the audit log; they never change.</summary>
public enum SessionEndReason
{
    /// <summary>It has not ended.</summary>
    None = 0,

    /// <summary>The person signed out in it.</summary>
    SignedOut = 1,

    /// <summary>The person ended it from another session: one, or "sign out everywhere else".</summary>
    SignedOutEverywhere = 2,

    /// <summary>It was idle for too long.</summary>
    Idle = 3,

    /// <summary>It reached its absolute timeout.</summary>
    Absolute = 4,

    /// <summary>It was anonymous, and the visitor signed in: another session goes on in its place.</summary>
    SignedIn = 5,

    /// <summary>Somebody signed in again on the same browser: another session goes on in its place.</summary>
    Replaced = 6,

    /// <summary>The subject reached the limit of parallel sessions, and this one had to go.</summary>
    LimitReached = 7,

    /// <summary>Its token was never presented.</summary>
    Abandoned = 8,

    /// <summary>A token came back long after it had been replaced: two parties held it.</summary>
    TokenReplay = 9,

    /// <summary>An administrator ended it.</summary>
    RevokedByAdministrator = 10,

    /// <summary>A policy or a detector ended it.</summary>
    RevokedByPolicy = 11,

    /// <summary>Everybody's sessions were ended.</summary>
    Everybody = 12,

    /// <summary>The person changed credentials and chose to end the others.</summary>
    CredentialsChanged = 13,

    /// <summary>The account was disabled or deleted.</summary>
    SubjectDisabled = 14,

    /// <summary>The person said "this wasn't me".</summary>
    ReportedByOwner = 15,

    /// <summary>The store was restored from a backup; what was issued before is not trusted.</summary>
    Restored = 16,
}
