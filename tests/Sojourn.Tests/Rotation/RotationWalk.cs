namespace Sojourn.Tests.Rotation;

/// <summary>A seeded random walk of a few clients over one session at a time; a new one begins when it has ended.</summary>
internal sealed class RotationWalk(int seed)
{
    private static readonly string[] Wanted = ["Active", "superseded", "Superseded", "Replayed", "Ended", "Unknown", "delivered", "promoted", "stepped up", "refused step-up"];

    private readonly Random _random = new(seed);
    private readonly EngineHarness _node = EngineHarness.Create();
    private readonly Queue<string> _story = new();
    private readonly SortedDictionary<string, int> _met = new(StringComparer.Ordinal);
    private readonly List<RotationOracle> _past = [];
    private RotationOracle _oracle = null!;
    private SessionToken _browser;
    private SessionToken? _thief;
    private int _endedFor;

    public string Story => string.Join('\n', _story);

    public string Summary => string.Join(", ", _met.Select(each => $"{each.Key} {each.Value}"));

    /// <summary>Whether the walk met everything that it is for.</summary>
    public bool IsRich => Wanted.All(_met.ContainsKey);

    public async Task StepAsync()
    {
        if (_oracle is null || _endedFor > 10)
        {
            await BeginAsync();
        }

        _endedFor += _oracle!.HasEnded ? 1 : 0;
        switch (_random.Next(100))
        {
            case < 30: _node.Pass(Jump()); break;
            case < 62: _browser = await RequestAsync("browser", _browser, keeps: _random.Next(4) != 0); break;
            case < 70: await RequestAsync("tab", Any(), keeps: false); break;
            case < 74: _thief = _browser; Tell("a thief copies the browser's token"); break;
            case < 85 when _thief is { } stolen: _thief = await RequestAsync("thief", stolen, keeps: true); break;
            case < 88: await PresentStrangerAsync(); break;
            case < 91: await StepUpAsync(_random.Next(3) == 0 ? Any() : _browser); break;
            case < 93: await ChangeClaimsAsync(); break;
            case < 94 when _random.Next(3) == 0: await RevokeAsync(); break;
            case < 95: await RequestAsync("the past", _past[_random.Next(_past.Count)] is var past ? past.AnyToken(_random) : default, keeps: false, past); break;
            default: await _node.Engine.Touches.FlushAsync(CancellationToken.None); break;
        }

        await _oracle.CheckStateAsync(_node);
    }

    private async Task BeginAsync()
    {
        _browser = await _node.SignInAsync();
        _oracle = new RotationOracle(_browser, _node.Now);
        _past.Add(_oracle);
        _thief = null;
        _endedFor = 0;
        Tell("sign-in");
    }

    /// <summary>Presents a token, takes a successor if one is handed out, and tells the oracle both; the token that the client has then.</summary>
    private async Task<SessionToken> RequestAsync(string who, SessionToken token, bool keeps, RotationOracle? oracle = null)
    {
        oracle ??= _oracle;
        var epoch = (await _node.FindAsync(token.Id))?.Token.Epoch ?? 0;
        var validation = await _node.PresentAsync(token);
        Tell($"{who}: {oracle.NameOf(token)} -> {validation}{(validation.IsSuperseded ? " (superseded)" : "")}");
        Meet(validation.IsSuperseded ? "superseded" : validation.Outcome.ToString());
        oracle.Presented(token, validation, _node.Now);
        if ((await _node.FindAsync(token.Id))?.Token.Epoch > epoch)
        {
            Meet("promoted");
        }

        var isEligible = _random.Next(5) != 0;
        if (await _node.Engine.Rotator.DeliverAsync(validation, isEligible) is not { } successor)
        {
            return token;
        }

        Assert.True(isEligible);
        Assert.True(validation is { IsActive: true, IsSuperseded: false });
        oracle.Delivered(token, successor, _node.Now);
        Tell($"{who}: is handed {oracle.NameOf(successor)}{(keeps ? "" : ", lost")}");
        Meet("delivered");
        return keeps ? successor : token;
    }

    private async Task PresentStrangerAsync()
    {
        var before = await _node.FindAsync(_browser.Id);
        var validation = await _node.PresentAsync(SessionToken.Create(_browser.Id, LineageKey.Create()));
        Assert.Equal((SessionOutcome.Unknown, null), (validation.Outcome, validation.Session));
        Assert.Same(before, await _node.FindAsync(_browser.Id)); // nothing at all was written
        Meet("Unknown");
    }

    private async Task StepUpAsync(SessionToken token)
    {
        var fresh = await _node.Manager.StepUpAsync(token, ["pwd"]);
        Tell($"step-up with {_oracle.NameOf(token)}: {(fresh is null ? "refused" : "done")}");
        _oracle.SteppedUp(token, fresh, (await _node.RecordAsync(token)).Ending?.Reason, _node.Now);
        Meet(fresh is null ? "refused step-up" : "stepped up");
        if (fresh is { } next && token == _browser)
        {
            _browser = next;
        }
    }

    private async Task ChangeClaimsAsync()
    {
        Assert.Equal((await _node.RecordAsync(_browser)).IsActive, await _node.Manager.ReplaceClaimsAsync(_browser.Id, new()));
        Tell("claims change elsewhere");
    }

    private async Task RevokeAsync()
    {
        var reason = _random.Next(2) == 0 ? SessionEndReason.SignedOut : SessionEndReason.RevokedByAdministrator;
        if (await _node.Manager.RevokeAsync(_browser.Id, reason))
        {
            _oracle.Ended(reason);
        }

        Tell($"revoked: {reason}");
    }

    private SessionToken Any() => _oracle.AnyToken(_random);

    private TimeSpan Jump() => _random.Next(20) switch
    {
        0 => TimeSpan.FromMinutes(_random.Next(1, 70)),
        < 5 => TimeSpan.FromMinutes(_random.Next(1, 16)),
        < 12 => TimeSpan.FromSeconds(_random.Next(1, 70)),
        _ => TimeSpan.FromMilliseconds(_random.Next(1, 2000)),
    };

    private void Tell(string what)
    {
        _story.Enqueue($"{_node.Now:HH:mm:ss.fff} {what}");
        if (_story.Count > 60)
        {
            _story.Dequeue();
        }
    }

    private void Meet(string what) => _met[what] = _met.GetValueOrDefault(what) + 1;
}
