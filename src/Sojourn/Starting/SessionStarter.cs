using Sojourn.Storage;

namespace Sojourn.Engine;

/// <summary>
/// Starts sessions: throttle, carry over, create within the limits, end what is replaced. The store checks, the engine
/// chooses; when the store says that sessions must end first, they are named and all happens in one step.
/// </summary>
internal sealed class SessionStarter(SessionEngine engine)
{
    private const int Attempts = 100;

    /// <summary>For so long a store remembers the end of a subject; no authentication may take longer.</summary>
    private static readonly TimeSpan LongestAuthentication = TimeSpan.FromHours(24);

    private readonly StartThrottle _throttle = new(engine.Options, engine.Clock.Time);
    private readonly CarryOver _carryOver = new(engine);

    public async ValueTask<SessionStartResult> StartAsync(SessionStart start, CancellationToken cancellationToken)
    {
        if (start.Subject is { } named && named.Length is 0 or > 256)
        {
            throw new ArgumentException("A subject is 1 to 256 characters long.", nameof(start));
        }

        await engine.OpenAsync(cancellationToken);
        engine.Clock.RequireUsable();
        if (!_throttle.TryTake(start.Subject, start.Client.Address))
        {
            return Refused(SessionStartOutcome.TooMany);
        }

        if (start.AuthenticationBegan < engine.Clock.Now - LongestAuthentication)
        {
            return Refused(SessionStartOutcome.RevokedMeanwhile);
        }

        var policyName = engine.Policies.NameFor(start.Policy, start.Subject);
        var claims = start.Principal is { } principal ? ClaimsPacker.Pack(principal, start.Subject) : default;
        var heritage = start.Subject is { } heir ? await _carryOver.CollectAsync(start.Shown, heir, cancellationToken) : new([], []);
        var owner = start.Subject is { } subject ? engine.OwnerOf(subject) : new SessionOwner(null, ShardKey.OfVisitor());
        var (record, token) = Make(start, owner, policyName, claims);
        var (result, elsewhere) = await CreateAsync(record, owner, heritage, start.AuthenticationBegan ?? record.StartedAt, cancellationToken);
        if (result.Status != StartStatus.Started)
        {
            return await RefuseAsync(record, result.Status, elsewhere);
        }

        foreach (var replaced in heritage.Replaced)
        {
            if (replaced.Subject != start.Subject)
            {
                await engine.Ender.EndAsync(replaced, SessionEndReason.Replaced); // 21; the subject's own ended with the start
            }
        }

        var stored = result.Record!;
        return new(SessionStartOutcome.Started, token, new(SessionOutcome.Active, stored, new(Presented.Current, stored.Token.Current)));
    }

    private (SessionRecord Record, SessionToken Token) Make(SessionStart start, SessionOwner owner, string policyName, PackedClaims claims)
    {
        var now = engine.Clock.Now;
        var policy = engine.Policies.Of(policyName);
        var persistent = start.IsPersistent && start.Subject is not null && policy.Remembered is not null;
        var times = PolicyBook.Times(policy, start.Subject, persistent);
        var key = LineageKey.Create();
        var id = SessionId.Create(owner.Shard);
        var token = SessionToken.Create(id, key);
        var record = new SessionRecord
        {
            Id = id,
            Tenant = engine.Options.Tenant,
            Subject = start.Subject,
            Policy = policyName,
            Token = new TokenState { Epoch = 1, Lineage = 1, Key = key, Current = TokenHash.Of(token), Since = now },
            StartedAt = now,
            AuthenticatedAt = start.Subject is null ? null : now,
            LastSeenAt = now,
            IdleTimeout = times.Idle,
            AbsoluteExpiresAt = now + times.Absolute,
            IsPersistent = persistent,
            Assurance = start.Acr is null && start.Methods.Count == 0 ? SessionAssurance.None : SessionAssurance.None.With(start.Acr, start.Methods, now),
            Device = start.Device,
            Client = new SessionClient(start.Client.Address, engine.UserAgents.Share(start.Client.UserAgent)),
            Claims = claims,
            Extensions = start.Extensions,
        };
        return (record, token);
    }

    private async ValueTask<(StartResult Result, RunningElsewhere? Elsewhere)> CreateAsync(SessionRecord record, SessionOwner owner, CarryOver.Heritage heritage, DateTimeOffset began, CancellationToken cancellationToken)
    {
        var policy = engine.Policies.Of(record);
        var limit = record.Subject is null ? engine.Options.MaxVisitorsPerShard : policy.MaxSessions;
        var behavior = record.Subject is null ? SessionLimitBehavior.EndOldest : policy.WhenFull;
        List<(SessionRecord Record, SessionEndReason Reason)> victims = [];
        long? version = null;

        // The session that this one replaces makes room for it, before any other has to.
        var replaced = OfSubject(heritage.Replaced, record.Subject);
        var mustList = replaced.Length > 0;
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var now = engine.Clock.Now;
            if (mustList)
            {
                var list = await engine.Store.ListAsync(owner, new SessionListQuery(SubjectRevocation.MaxSessions), cancellationToken);
                if (Choose(list, limit, behavior, record.Device, now, replaced) is not { } chosen)
                {
                    return (new(StartStatus.MustEndFirst), Elsewhere(list.Records, now));
                }

                (victims, version) = (chosen, list.Version);
            }

            var creation = new SessionCreation
            {
                Record = record,
                AuthenticationBegan = began,
                Limit = limit,
                Data = heritage.Data,
                OwnerVersion = version,
                Victims = Ends(victims, now),
                Events = engine.Events.Write(now, Drafts(record, victims)),
            };
            var result = await engine.Events.WatchAsync(
                creation.Events, engine.Store.StartAsync(creation, cancellationToken), static result => result.Status == StartStatus.Started);
            if (result.Status != StartStatus.MustEndFirst)
            {
                return (result, null);
            }

            mustList = true;
        }

        throw new SessionStoreException("Start", "the subject's sessions kept changing; nothing was started, try again", isTransient: true);
    }

    // The queries are here and not above: most starts replace nobody and meet no limit, and need none of them.
    private static SessionId[] OfSubject(IReadOnlyList<SessionRecord> records, string? subject)
        => records.Count == 0 ? [] : [.. records.Where(each => each.Subject == subject).Select(each => each.Id)];

    private List<(SessionRecord Record, SessionEndReason Reason)>? Choose(
        OwnerSnapshot list, int limit, SessionLimitBehavior behavior, SessionDeviceId device, DateTimeOffset now, SessionId[] replaced)
        => SubjectLimit.Choose(list.Records, list.ActiveCount, limit, behavior, device, now, engine.Touches.Lag, each => replaced.Contains(each.Id), engine.Clock.IsTrusted);

    private static EventDraft[] Drafts(SessionRecord record, List<(SessionRecord Record, SessionEndReason Reason)> victims)
    {
        var start = EventDraft.About(record, record.Subject is null ? SessionEventKind.Started : SessionEventKind.SignedIn) with { Detail = Detail(record) };
        return victims.Count == 0 ? [start] : [start, .. victims.Select(victim => SessionEnder.Draft(victim.Record, victim.Reason))];
    }

    private IReadOnlyList<SessionEnd> Ends(List<(SessionRecord Record, SessionEndReason Reason)> victims, DateTimeOffset now)
        => victims.Count == 0 ? [] : [.. victims.Select(victim => new SessionEnd(victim.Record.Id, engine.Ender.Ending(victim.Record, victim.Reason, now)))];

    /// <summary>Told after the password was right: where the sessions are of which one has to end first.</summary>
    private static RunningElsewhere? Elsewhere(IReadOnlyList<SessionRecord> active, DateTimeOffset now)
    {
        var running = active.Where(each => now < each.ExpiresAt).ToArray();
        return running.MaxBy(each => each.StartedAt) is { } latest ? new(running.Length, OtherSignIn.Of(latest)) : null;
    }

    private async ValueTask<SessionStartResult> RefuseAsync(SessionRecord record, StartStatus status, RunningElsewhere? elsewhere)
    {
        var outcome = status switch
        {
            StartStatus.MustEndFirst => SessionStartOutcome.LimitReached,
            StartStatus.BeforeNotBefore => SessionStartOutcome.RevokedMeanwhile,
            _ => SessionStartOutcome.StoreFull,
        };
        if (record.Subject is not null)
        {
            var draft = EventDraft.About(record, SessionEventKind.SignInRefused) with { Session = default, Epoch = 0, Detail = "refusal=" + outcome };
            await engine.Store.AppendAsync(engine.Events.Write(engine.Clock.Now, draft));
        }

        return Refused(outcome, elsewhere);
    }

    private static string Detail(SessionRecord record)
        => record.Assurance.Methods.IsEmpty
            ? EventDetail.Of("policy", record.Policy)
            : EventDetail.Of("methods", record.Assurance.Methods.Select(method => method.Name)) + ";" + EventDetail.Of("policy", record.Policy);

    private static SessionStartResult Refused(SessionStartOutcome outcome, RunningElsewhere? elsewhere = null)
        => new(outcome, null, new(SessionOutcome.Unknown)) { Elsewhere = elsewhere };
}
