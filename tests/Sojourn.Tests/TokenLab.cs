using System.Collections.Immutable;

namespace Sojourn.Tests;

/// <summary>Tokens and token states for tests of what is pure: no store, no clock.</summary>
internal static class TokenLab
{
    public static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    public static readonly RotationRules Rules = new(TimeSpan.FromMinutes(15), TimeSpan.FromSeconds(60), TimeSpan.FromMinutes(10), ReplayEnds: true);

    public static SessionToken New() => SessionToken.Create(SessionId.Create(1), LineageKey.Create());

    public static TokenState State(
        SessionToken current, LineageKey key, DateTimeOffset? since = null, LineageKey? previousKey = null,
        ImmutableArray<TokenMark>? pending = null, ImmutableArray<TokenMark>? retired = null, int run = 0, bool rotateNow = false) => new()
        {
            Epoch = 1,
            Lineage = 1,
            Key = key,
            PreviousKey = previousKey,
            Current = TokenHash.Of(current),
            Since = since ?? Noon,
            Pending = pending ?? [],
            Retired = retired ?? [],
            Run = run,
            RotateNow = rotateNow,
        };

    public static PresentedToken Classify(TokenState state, SessionToken token, DateTimeOffset? now = null)
        => PresentedToken.Classify(state, token, Rules, now ?? Noon);

    public static RotationDecision Present(TokenState state, SessionToken token, DateTimeOffset? now = null)
        => RotationTable.Decide(state, new(RotationEventKind.Presented, Classify(state, token, now), now ?? Noon, Rules));
}
