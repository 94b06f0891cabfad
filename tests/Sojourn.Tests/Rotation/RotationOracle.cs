namespace Sojourn.Tests.Rotation;

/// <summary>
/// What must hold of one session, from nothing but its history: when each token was issued and first presented, which
/// changes of privilege there were, and whether it has ended.
/// </summary>
internal sealed class RotationOracle
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LateBand = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Spacing = TimeSpan.FromSeconds(60);

    private readonly SessionId _id;
    private readonly List<Issue> _issued = [];
    private Issue _current;
    private DateTimeOffset? _delivered;
    private int _lineage;
    private long _epoch;
    private SessionEndReason? _ended;

    public RotationOracle(SessionToken first, DateTimeOffset now)
    {
        _id = first.Id;
        _current = Add(first, now, 0);
    }

    public bool HasEnded => _ended is not null;

    public SessionToken AnyToken(Random random) => _issued[random.Next(_issued.Count)].Token;

    public string NameOf(SessionToken token) => _issued.FindIndex(issue => issue.Token == token) is var number and >= 0 ? $"token {number} of lineage {_issued[number].Lineage}" : "a token of another session";

    public void Ended(SessionEndReason reason) => _ended = reason;

    public void Delivered(SessionToken shown, SessionToken successor, DateTimeOffset now)
    {
        Assert.Equal(_current.Token, shown); // only the holder of the current token is given a successor
        Assert.Null(_ended);
        Assert.DoesNotContain(_issued, issue => issue.Token == successor);
        Assert.True(_delivered is null || now - _delivered >= Spacing, "two successors within the spacing");
        _delivered = now;
        Add(successor, now, _lineage);
    }

    public void Presented(SessionToken token, SessionValidation answer, DateTimeOffset now)
    {
        var issue = _issued.Single(each => each.Token == token);
        if (_ended is { } reason)
        {
            // After an end nothing validates, ever; whoever holds a token of the last two lineages is told why.
            Assert.Equal(issue.Lineage >= _lineage - 1 ? (SessionOutcome.Ended, reason) : (SessionOutcome.Unknown, SessionEndReason.None), (answer.Outcome, answer.EndReason));
            return;
        }

        if (issue.Lineage < _lineage)
        {
            // A change of privilege killed it. It is no replay, and it ends nothing.
            Assert.Equal(issue.Lineage == _lineage - 1 ? SessionOutcome.Superseded : SessionOutcome.Unknown, answer.Outcome);
            return;
        }

        switch (answer.Outcome)
        {
            case SessionOutcome.Active when answer.IsSuperseded:
                Assert.NotEqual(_current, issue);
                Assert.True(now - Replaced(issue) <= Grace, "served as superseded beyond its grace");
                break;
            case SessionOutcome.Active when issue != _current:
                Assert.True(issue.IssuedAt >= _current.PresentedAt, "a token that had been replaced became current");
                Assert.Null(issue.PresentedAt);
                Promote(issue, now);
                break;
            case SessionOutcome.Active:
                _current.PresentedAt ??= now;
                break;
            case SessionOutcome.Superseded:
                Assert.NotEqual(_current, issue);
                Assert.True(now - Replaced(issue) > Grace, "refused within its grace");
                break;
            case SessionOutcome.Replayed:
                Assert.NotEqual(_current, issue);
                Assert.True(issue.IsForgotten || now - Replaced(issue) >= LateBand, "called a replay within the late band");
                Assert.Equal(SessionEndReason.TokenReplay, answer.EndReason);
                _ended = SessionEndReason.TokenReplay;
                break;
            case SessionOutcome.Ended:
                Assert.Contains(answer.EndReason, new[] { SessionEndReason.Idle, SessionEndReason.Absolute });
                Assert.True(now - _issued.Max(each => each.SeenAt) >= TimeSpan.FromMinutes(58), "called idle although it was active");
                _ended = answer.EndReason;
                break;
            default:
                Assert.Fail($"a genuine token of this lineage is {answer}");
                break;
        }

        if (answer.IsActive)
        {
            issue.SeenAt = now;
        }
    }

    public void SteppedUp(SessionToken shown, SessionToken? fresh, SessionEndReason? endedAs, DateTimeOffset now)
    {
        if (fresh is not { } token)
        {
            // Refused: it had ended, ended by this very token, or the token is not the newest any more.
            Assert.True(HasEnded || endedAs is not null || shown != _current.Token, "the holder of the current token was refused");
            _ended ??= endedAs;
            return;
        }

        Assert.Null(_ended);
        Assert.Equal(_lineage, _issued.Single(issue => issue.Token == shown).Lineage);
        _lineage++;
        _delivered = null;
        _current = Add(token, now, _lineage);
        _current.SeenAt = now;
    }

    /// <summary>What the record may look like at any moment.</summary>
    public async Task CheckStateAsync(EngineHarness node)
    {
        var record = (await node.FindAsync(_id))!;
        var state = record.Token;
        Assert.Equal(HasEnded, !record.IsActive);
        Assert.Equal(_ended, record.Ending?.Reason);
        Assert.True(state.Epoch >= _epoch, "the epoch went back");
        _epoch = state.Epoch;
        Assert.Equal(_lineage + 1, state.Lineage);
        Assert.Equal(TokenHash.Of(_current.Token), state.Current);
        Assert.InRange(state.Pending.Length, 0, 3);
        Assert.InRange(state.Retired.Length, 0, 5);
        Assert.InRange(state.Run, 0, 6);
        var hashes = state.Pending.Concat(state.Retired).Select(mark => mark.Hash).Append(state.Current).ToList();
        Assert.Equal(hashes.Count, hashes.Distinct().Count());
        Assert.All(hashes, hash => Assert.Contains(_issued, issue => issue.Lineage == _lineage && TokenHash.Of(issue.Token) == hash));
    }

    /// <summary>The latest moment at which it can have been replaced: a later token was presented, or pushed it out.</summary>
    private DateTimeOffset Replaced(Issue issue) => issue.ReplacedAt ?? PushedOut(issue);

    /// <summary>Of one rotation only the three newest successors are kept; the others were replaced as the fourth after them went out.</summary>
    private DateTimeOffset PushedOut(Issue issue)
    {
        var later = _issued.Where(each => each.Lineage == issue.Lineage && each.IssuedAt >= issue.IssuedAt && each != issue && each.Rotation == issue.Rotation).ToList();
        Assert.True(later.Count >= 3, "replaced, though nothing replaced it");
        return later[2].IssuedAt;
    }

    private void Promote(Issue issue, DateTimeOffset now)
    {
        foreach (var other in _issued.Where(each => each.Lineage == _lineage && each != issue && each.ReplacedAt is null))
        {
            // Those that a fourth successor pushed out before were replaced then.
            var later = _issued.Count(each => each.Lineage == _lineage && each.Rotation == other.Rotation && each.IssuedAt > other.IssuedAt);
            other.ReplacedAt = other != _current && later >= 3 ? PushedOut(other) : now;
        }

        // Five replaced tokens are kept of a rotation; of seven that is all but the first successor and the one presented.
        var replaced = _issued.Where(each => each.Lineage == _lineage && each != issue && each != _current && each.Rotation == issue.Rotation).ToList();
        foreach (var forgotten in replaced.Take(replaced.Count + 1 - 5))
        {
            forgotten.IsForgotten = true;
        }

        issue.PresentedAt = now;
        _current = issue;
        _delivered = null;
    }

    private Issue Add(SessionToken token, DateTimeOffset now, int lineage)
    {
        // Successors of one current token belong to one rotation; a session's or lineage's first token is its own.
        var issue = new Issue(token, now, lineage, _current is { } current && current.Lineage == lineage ? TokenHash.Of(current.Token) : TokenHash.Of(token));
        _issued.Add(issue);
        return issue;
    }

    private sealed class Issue(SessionToken token, DateTimeOffset issuedAt, int lineage, TokenHash rotation)
    {
        public SessionToken Token { get; } = token;

        public DateTimeOffset IssuedAt { get; } = issuedAt;

        public int Lineage { get; } = lineage;

        public TokenHash Rotation { get; } = rotation;

        public DateTimeOffset SeenAt { get; set; } = issuedAt;

        public DateTimeOffset? PresentedAt { get; set; }

        public DateTimeOffset? ReplacedAt { get; set; }

        public bool IsForgotten { get; set; }
    }
}
