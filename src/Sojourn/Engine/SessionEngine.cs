using Microsoft.Extensions.Logging;
using Sojourn.Storage;

namespace Sojourn.Engine;

/// <summary>
/// The parts of the engine and how they hang together: one per store and tenant. Each capability has a folder of its
/// own; this is where they find each other.
/// </summary>
internal sealed class SessionEngine : IAsyncDisposable
{
    private readonly ISessionStore _ownStore;
    private readonly SemaphoreSlim _opening = new(1, 1);
    private volatile StoreIdentity? _identity;
    private ShardKey? _shardKey; // there before the identity

    public SessionEngine(SojournOptions options, ISessionStore store, TimeProvider time, ILogger logger)
    {
        Options = options;
        Logger = logger;
        Clock = new SessionClock(time);
        _ownStore = store;

        // A store in this process cannot hang or lose an answer; every other one is called through the guard.
        Store = store is InMemorySessionStore ? store : new GuardedSessionStore(store, options.StoreTimeout, options.StoreTime);
        Policies = new PolicyBook(options, logger);
        Events = new EventWriter(options.Tenant);
        Findings = new FindingLog(this);
        Touches = new TouchBuffer(this);
        Ender = new SessionEnder(this);
        Validator = new SessionValidator(this);
        Rotator = new TokenRotator(this);
        Privileges = new PrivilegeChanger(this);
        Starter = new SessionStarter(this);
        Displacers = new DisplacerFinder(this);
        Subjects = new SubjectRevocation(this);
        Disowner = new SessionDisowner(this);
        Data = new SessionDataWriter(this, new SessionSerializer(options));
        Sweeper = new SessionSweeper(this);
        Live = new LiveSessions(this);
        BadTokens = new BadTokenCounter(this);
    }

    public SojournOptions Options { get; }
    public ILogger Logger { get; }
    public SessionClock Clock { get; }
    public ISessionStore Store { get; }
    public PolicyBook Policies { get; }
    public UserAgentPool UserAgents { get; } = new();
    public EventWriter Events { get; }
    public FindingLog Findings { get; }
    public TouchBuffer Touches { get; }
    public SessionEnder Ender { get; }
    public SessionValidator Validator { get; }
    public TokenRotator Rotator { get; }
    public PrivilegeChanger Privileges { get; }
    public SessionStarter Starter { get; }
    public DisplacerFinder Displacers { get; }
    public SubjectRevocation Subjects { get; }
    public SessionDisowner Disowner { get; }
    public SessionDataWriter Data { get; }
    public SessionSweeper Sweeper { get; }
    public LiveSessions Live { get; }
    public BadTokenCounter BadTokens { get; }

    public bool IsOpen => _identity is not null;

    /// <summary>Opens the store at the first need, so that an application can start while its store is down.</summary>
    public ValueTask<StoreIdentity> OpenAsync(CancellationToken cancellationToken)
        => _identity is { } identity ? new(identity) : OpenOnceAsync(cancellationToken);

    /// <summary>The owner that a subject's sessions are counted under; the store must be open.</summary>
    public SessionOwner OwnerOf(string subject)
        => new(subject, _shardKey!.OfSubject(subject));

    /// <summary>Whether a session has neither ended nor outlived a deadline or its shard's epoch.</summary>
    public bool IsRunning(in SessionSnapshot found) => found.Record.IsActive && found.Record.ShardEpoch >= found.ShardEpoch
        && SessionLifetime.Judge(found.Record, Policies.Times(found.Record), Touches.LastSeen(found.Record), Clock.Now) == SessionEndReason.None;

    public async ValueTask DisposeAsync()
    {
        Live.Dispose();
        await _ownStore.DisposeAsync();
    }

    private async ValueTask<StoreIdentity> OpenOnceAsync(CancellationToken cancellationToken)
    {
        await _opening.WaitAsync(cancellationToken);
        try
        {
            if (_identity is { } identity)
            {
                return identity;
            }

            identity = await Store.OpenAsync(new StoreOpening(Options.Tenant, Clock.Now), cancellationToken);
            _shardKey = new ShardKey(identity.DeploymentKey.AsSpan(), Options.Tenant);
            return _identity = identity;
        }
        finally
        {
            _opening.Release();
        }
    }
}
