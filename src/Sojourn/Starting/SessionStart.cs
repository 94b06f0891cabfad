using System.Collections.Immutable;
using System.Security.Claims;

namespace Sojourn;

/// <summary>What a session starts with.</summary>
public sealed record SessionStart
{
    /// <summary>Whose session it is; null starts an anonymous one.</summary>
    public string? Subject { get; init; }

    /// <summary>The principal whose claims the session keeps; null for none.</summary>
    public ClaimsPrincipal? Principal { get; init; }

    /// <summary>The policy by name; null for the subject's or the default one.</summary>
    public string? Policy { get; init; }

    /// <summary>Whether the person asked to be remembered.</summary>
    public bool IsPersistent { get; init; }

    /// <summary>The authentication methods that succeeded just now, as in RFC 8176.</summary>
    public IReadOnlyList<string> Methods { get; init; } = [];

    /// <summary>The authentication context class, or null.</summary>
    public string? Acr { get; init; }

    /// <summary>Where from.</summary>
    public SessionClient Client { get; init; }

    /// <summary>The device, if known.</summary>
    public SessionDeviceId Device { get; init; }

    /// <summary>
    /// When the authentication began; null for now. Refused when the subject was revoked after that, so that a slow
    /// sign-in cannot slip past a revocation; and when it lies more than 24 hours back, since revocations are remembered
    /// for that long.
    /// </summary>
    public DateTimeOffset? AuthenticationBegan { get; init; }

    /// <summary>
    /// The tokens that the client showed with the sign-in. An anonymous session among them hands over its data and ends;
    /// a signed-in one is replaced.
    /// </summary>
    public IReadOnlyList<SessionToken> Shown { get; init; } = [];

    /// <summary>What the record carries beside; see <c>SessionExtensions</c>.</summary>
    internal ImmutableArray<byte> Extensions { get; init; } = [];

    /// <summary>Keeps personal data out of logs.</summary>
    public override string ToString() => $"SessionStart({(Subject is null ? "anonymous" : "of a subject")}, policy {Policy ?? "by subject"})";
}

/// <summary>What became of a start.</summary>
public enum SessionStartOutcome
{
    /// <summary>The session is running.</summary>
    Started = 0,

    /// <summary>The subject is at its limit, and the policy refuses another session.</summary>
    LimitReached = 1,

    /// <summary>The subject's sessions were revoked after this authentication began.</summary>
    RevokedMeanwhile = 2,

    /// <summary>Too many starts of this subject or from this address in a short time.</summary>
    TooMany = 3,

    /// <summary>The store has no room for another session.</summary>
    StoreFull = 4,
}

/// <summary>The answer to a start.</summary>
public sealed class SessionStartResult
{
    internal SessionStartResult(SessionStartOutcome outcome, SessionToken? token, SessionValidation validation)
    {
        Outcome = outcome;
        Token = token;
        Validation = validation;
    }

    /// <summary>What became of it.</summary>
    public SessionStartOutcome Outcome { get; }

    /// <summary>The token to hand to the client; null unless the session started.</summary>
    public SessionToken? Token { get; }

    /// <summary>The session; null unless it started.</summary>
    public SessionInfo? Session => Validation.Session;

    /// <summary>The sessions of which one has to end first; null unless the limit refused this one.</summary>
    public RunningElsewhere? Elsewhere { get; internal init; }

    internal SessionValidation Validation { get; }
}
