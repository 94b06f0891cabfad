using System.Collections.Immutable;
using Sojourn.Storage;

namespace Sojourn.Engine;

/// <summary>What happens to the token state.</summary>
internal enum RotationEventKind
{
    /// <summary>A token is presented with a request.</summary>
    Presented,

    /// <summary>A response is about to start and could carry a successor.</summary>
    Response,

    /// <summary>Step-up, credential or claim change in the session's own request.</summary>
    Privilege,

    /// <summary>Claims were changed from elsewhere.</summary>
    ClaimsElsewhere,
}

/// <summary>An event with all that the table may look at. It has no clock and does no I/O.</summary>
internal readonly record struct RotationEvent(RotationEventKind Kind, PresentedToken Token, DateTimeOffset Now, RotationRules Rules)
{
    /// <summary>Whether the session has not ended.</summary>
    public bool IsActive { get; init; } = true;

    /// <summary>Whether this node's clock agrees with the store's (protocol 8).</summary>
    public bool ClockTrusted { get; init; } = true;

    /// <summary>Whether the response may carry a successor (protocol 2, "Eligible response").</summary>
    public bool IsEligible { get; init; }

    /// <summary>The hash of the successor, should one be handed out.</summary>
    public TokenHash Successor { get; init; }

    /// <summary>The new lineage's key, for a change of privilege.</summary>
    public LineageKey Key { get; init; }
}

/// <summary>What the table decides: the next state if there is one, the outcome, whether the successor goes out.</summary>
internal readonly record struct RotationDecision(SessionOutcome Outcome)
{
    /// <summary>The state to store by compare-and-set; null for no store step.</summary>
    public TokenState? Next { get; init; }

    /// <summary>Whether the answer carries the successor.</summary>
    public bool SetsCookie { get; init; }

    /// <summary>Whether the request holds a token that has just been replaced (row 10): ordinary requests only.</summary>
    public bool IsSuperseded { get; init; }

    /// <summary>Whether the session must be ended as replayed, in one step with its event.</summary>
    public bool EndsAsReplay { get; init; }

    /// <summary>The finding to record, if any.</summary>
    public string? Finding { get; init; }
}

/// <summary>
/// The rotation table of protocol 2 as one pure function: (state, event) → (next state, outcome, cookie). Comments
/// give the row numbers; each row has a test of its name, and a model walks the table at random.
/// </summary>
internal static class RotationTable
{
    public static RotationDecision Decide(TokenState state, in RotationEvent e) => e.Kind switch
    {
        RotationEventKind.Presented => OnPresented(state, e),
        RotationEventKind.Response => OnResponse(state, e),
        RotationEventKind.Privilege => OnPrivilege(state, e),
        _ => OnClaimsElsewhere(state),
    };

    /// <summary>
    /// Whether the holder of the current token may be handed a successor now (rows 2 and 5, not 1, 3 and 4): a look that
    /// costs nothing, before a successor is made.
    /// </summary>
    public static bool MayDeliver(TokenState state, in RotationRules rules, DateTimeOffset now)
    {
        if (state.Pending.Length > 0)
        {
            return now - state.Pending[^1].At >= RotationRules.Spacing && state.Run < RotationRules.MaxRun;
        }

        return (state.RotateNow || (rules.Rotates && now - state.Since >= rules.Interval))
            && (state.Retired.IsEmpty || now - state.Retired[^1].At >= rules.Late);
    }

    private static RotationDecision OnPresented(TokenState state, in RotationEvent e)
    {
        if (!e.IsActive)
        {
            return new(e.Token.IsGenuine ? SessionOutcome.Ended : SessionOutcome.Unknown); // 26, 27
        }

        switch (e.Token.Kind)
        {
            case Presented.Current:
                return new(SessionOutcome.Active); // 1
            case Presented.Pending:
                return new(SessionOutcome.Active) { Next = Promote(state, e) }; // 7
            case Presented.Grace:
                return new(SessionOutcome.Active) { IsSuperseded = true }; // 10
            case Presented.Late:
                return new(SessionOutcome.Superseded) { Finding = SessionFindings.LateToken }; // 11
            case Presented.Old when !e.ClockTrusted:
                return new(SessionOutcome.Superseded); // 14
            case Presented.Old when !e.Rules.ReplayEnds:
                return new(SessionOutcome.Superseded) { Finding = SessionFindings.ReplayedToken }; // 13
            case Presented.Old:
                return new(SessionOutcome.Replayed) { EndsAsReplay = true, Finding = SessionFindings.ReplayedToken }; // 12
            case Presented.Dead:
                return new(SessionOutcome.Superseded) { Finding = e.Now - state.Since > RotationRules.DeadIsExpected ? SessionFindings.DeadToken : null }; // 15
            default:
                return new(SessionOutcome.Unknown); // 16
        }
    }

    private static RotationDecision OnResponse(TokenState state, in RotationEvent e)
    {
        if (!e.IsActive || e.Token.Kind != Presented.Current || !e.IsEligible || !MayDeliver(state, e.Rules, e.Now))
        {
            return new(SessionOutcome.Active); // 1, 3, 4 and the end of 5; only the current token's holder is given a successor
        }

        var mark = new TokenMark(e.Successor, e.Now);
        if (state.Pending.IsEmpty)
        {
            return new(SessionOutcome.Active)
            {
                Next = Step(state, state.Current, state.Since, pending: [mark], retired: [], run: 1, state.RotateNow),
                SetsCookie = true,
            }; // 2
        }

        var pending = state.Pending.Add(mark);
        var retired = state.Retired;
        if (pending.Length > RotationRules.MaxPending)
        {
            retired = Retire(retired, [pending[0].Hash], e.Now);
            pending = pending.RemoveAt(0);
        }

        var run = state.Run + 1;
        return new(SessionOutcome.Active)
        {
            Next = Step(state, state.Current, state.Since, pending, retired, run, state.RotateNow),
            SetsCookie = true,
            Finding = run == RotationRules.MaxRun ? SessionFindings.RotationStalled : null,
        }; // 5
    }

    private static RotationDecision OnPrivilege(TokenState state, in RotationEvent e)
    {
        if (!e.IsActive)
        {
            return new(e.Token.IsGenuine ? SessionOutcome.Ended : SessionOutcome.Unknown);
        }

        if (e.Token.Kind is not (Presented.Current or Presented.Pending))
        {
            return new(e.Token.IsGenuine ? SessionOutcome.Superseded : SessionOutcome.Unknown); // 18
        }

        return new(SessionOutcome.Active)
        {
            Next = new TokenState
            {
                Epoch = state.Epoch + 1,
                Lineage = state.Lineage + 1,
                Key = e.Key,
                PreviousKey = state.Key,
                Current = e.Successor,
                Since = e.Now,
            },
            SetsCookie = true,
        }; // 17
    }

    private static RotationDecision OnClaimsElsewhere(TokenState state) => new(SessionOutcome.Active)
    {
        Next = Step(state, state.Current, state.Since, state.Pending, state.Retired, state.Run, rotateNow: true),
    }; // 19

    private static TokenState Promote(TokenState state, in RotationEvent e)
    {
        var presented = e.Token.Hash;
        var replaced = state.Pending.Where(pending => pending.Hash != presented).Select(pending => pending.Hash).Append(state.Current);
        return Step(state, presented, e.Now, pending: [], Retire(state.Retired, replaced, e.Now), run: 0, rotateNow: false);
    }

    /// <summary>A sixth retired token pushes out the oldest.</summary>
    private static ImmutableArray<TokenMark> Retire(
        ImmutableArray<TokenMark> retired, IEnumerable<TokenHash> replaced, DateTimeOffset now)
    {
        var all = retired.AddRange(replaced.Select(hash => new TokenMark(hash, now)));
        return all.Length <= RotationRules.MaxRetired ? all : all.RemoveRange(0, all.Length - RotationRules.MaxRetired);
    }

    private static TokenState Step(
        TokenState state, TokenHash current, DateTimeOffset since, ImmutableArray<TokenMark> pending,
        ImmutableArray<TokenMark> retired, int run, bool rotateNow) => new()
        {
            Epoch = state.Epoch + 1,
            Lineage = state.Lineage,
            Key = state.Key,
            PreviousKey = state.PreviousKey,
            Current = current,
            Since = since,
            Pending = pending,
            Retired = retired,
            Run = run,
            RotateNow = rotateNow,
        };
}
