using System.Text.Json;

namespace Sojourn.AspNetCore;

/// <summary>
/// The <c>reason</c> member of our problem details, which programs branch on: one of four words, or the reason of the
/// end in camel case (<c>signedOut</c>). Part of the public contract.
/// </summary>
internal static class Reasons
{
    public const string Superseded = "superseded";
    public const string Replayed = "replayed";
    public const string Unknown = "unknown";
    public const string Malformed = "malformed";

    /// <summary>An end without a reason, or with one that a newer version recorded.</summary>
    public const string Ended = "ended";

    /// <summary>The session, or the sign-in, met the limit of parallel sessions: more is told of these.</summary>
    public const string LimitReached = "limitReached";

    private static readonly string[] Ends = [.. Enum.GetValues<SessionEndReason>().Select(Name)];

    /// <summary>The reason why a token was not accepted.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It was accepted.</exception>
    public static string Of(SessionOutcome outcome, SessionEndReason reason) => outcome switch
    {
        SessionOutcome.Superseded => Superseded,
        SessionOutcome.Unknown => Unknown,
        SessionOutcome.Ended => (int)reason >= 0 && (int)reason < Ends.Length ? Ends[(int)reason] : Ended,
        SessionOutcome.Replayed => Replayed,
        SessionOutcome.Malformed => Malformed,
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "An accepted token needs no reason."),
    };

    private static string Name(SessionEndReason reason)
        => reason == SessionEndReason.None ? Ended : JsonNamingPolicy.CamelCase.ConvertName(reason.ToString());
}
