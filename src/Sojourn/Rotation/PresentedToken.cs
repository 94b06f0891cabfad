using Sojourn.Storage;

namespace Sojourn.Engine;

/// <summary>What a presented token is to a session (protocol 2, "Presented").</summary>
internal enum Presented : byte
{
    /// <summary>CUR: the token in use.</summary>
    Current,

    /// <summary>PEN: a successor that was handed out and is seen for the first time.</summary>
    Pending,

    /// <summary>GRACE: replaced a moment ago.</summary>
    Grace,

    /// <summary>LATE: replaced some minutes ago.</summary>
    Late,

    /// <summary>OLD: once issued in this lineage, and long replaced.</summary>
    Old,

    /// <summary>DEAD: of the lineage before a change of privilege.</summary>
    Dead,

    /// <summary>NONE: never issued for this session.</summary>
    None,
}

/// <summary>Classifies a presented token: comparison of hashes first, a birthmark only when none matches.</summary>
internal readonly record struct PresentedToken(Presented Kind, TokenHash Hash)
{
    /// <summary>Whether the token was once issued by us. Only then may its holder learn anything.</summary>
    public bool IsGenuine => Kind != Presented.None;

    public static PresentedToken Classify(TokenState state, in SessionToken token, in RotationRules rules, DateTimeOffset now)
    {
        var hash = TokenHash.Of(token);
        if (hash == state.Current)
        {
            return new(Presented.Current, hash);
        }

        foreach (var pending in state.Pending)
        {
            if (hash == pending.Hash)
            {
                return new(Presented.Pending, hash);
            }
        }

        foreach (var retired in state.Retired)
        {
            if (hash == retired.Hash)
            {
                var age = now - retired.At;
                return new(age <= rules.Grace ? Presented.Grace : age <= rules.Late + RotationRules.ClockTolerance ? Presented.Late : Presented.Old, hash);
            }
        }

        return new(
            state.Key.Marks(token) ? Presented.Old
            : state.PreviousKey is { } previous && previous.Marks(token) ? Presented.Dead
            : Presented.None,
            hash);
    }
}
