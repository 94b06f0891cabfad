using System.Collections.Immutable;

namespace Sojourn.Tests.Rotation;

/// <summary>One session's token state under the pure table: tokens go in, states and decisions come out.</summary>
internal sealed class RotationBench
{
    private readonly SessionId _id = SessionId.Create(1);
    private readonly LineageKey _key = LineageKey.Create();
    private readonly LineageKey _previousKey = LineageKey.Create();

    public RotationBench()
    {
        Current = Token();
        State = TokenLab.State(Current, _key, TokenLab.Noon, _previousKey);
    }

    public DateTimeOffset Now { get; set; } = TokenLab.Noon;

    public RotationRules Rules { get; set; } = TokenLab.Rules;

    public bool IsActive { get; set; } = true;

    public bool ClockTrusted { get; set; } = true;

    public SessionToken Current { get; }

    public TokenState State { get; set; }

    /// <summary>A new token of this lineage.</summary>
    public SessionToken Token() => SessionToken.Create(_id, _key);

    /// <summary>A new token of the lineage before.</summary>
    public SessionToken DeadToken() => SessionToken.Create(_id, _previousKey);

    /// <summary>A token that nobody issued.</summary>
    public SessionToken Stranger() => SessionToken.Create(_id, LineageKey.Create());

    public void With(ImmutableArray<TokenMark>? pending = null, ImmutableArray<TokenMark>? retired = null, int run = 0, bool rotateNow = false)
        => State = TokenLab.State(Current, _key, State.Since, _previousKey, pending, retired, run, rotateNow);

    public static TokenMark Mark(SessionToken token, DateTimeOffset at) => new(TokenHash.Of(token), at);

    public RotationDecision Present(SessionToken token) => RotationTable.Decide(State, Event(RotationEventKind.Presented, token));

    public RotationDecision Respond(SessionToken token, SessionToken successor, bool isEligible = true)
        => RotationTable.Decide(State, Event(RotationEventKind.Response, token) with { IsEligible = isEligible, Successor = TokenHash.Of(successor) });

    public RotationDecision ChangePrivilege(SessionToken token, SessionToken successor, LineageKey key)
        => RotationTable.Decide(State, Event(RotationEventKind.Privilege, token) with { Successor = TokenHash.Of(successor), Key = key });

    public RotationDecision ChangeClaimsElsewhere() => RotationTable.Decide(State, Event(RotationEventKind.ClaimsElsewhere, Current));

    /// <summary>Hands out a successor and takes over the state; fails when the table hands out none.</summary>
    public SessionToken Deliver()
    {
        var successor = Token();
        var decision = Respond(Current, successor);
        Assert.True(decision.SetsCookie);
        State = decision.Next!;
        return successor;
    }

    private RotationEvent Event(RotationEventKind kind, SessionToken token)
        => new(kind, PresentedToken.Classify(State, token, Rules, Now), Now, Rules) { IsActive = IsActive, ClockTrusted = ClockTrusted };
}
