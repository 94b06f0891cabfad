using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Sojourn.Tests;

/// <summary>
/// An engine and its manager over an in-memory store with faults to order, under a clock that stands still. Several on
/// one store are several nodes.
/// </summary>
internal sealed class EngineHarness : ILogger
{
    /// <summary>The interval after which a signed-in session's token is due.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(15);

    private EngineHarness(SojournOptions options, ManualTimeProvider time, InMemorySessionStore memory, bool bare)
    {
        (Options, Time, Memory) = (options, time, memory);
        options.StoreTime = time; // its limits are tested, too
        Store = new(memory, time);
        Engine = new(options, bare ? memory : Store, time, this);
        Manager = new(Engine);
    }

    public SojournOptions Options { get; }

    public ManualTimeProvider Time { get; }

    public InMemorySessionStore Memory { get; }

    /// <summary>What the engine calls, unless it is bare.</summary>
    public FaultInjectingSessionStore Store { get; }

    public SessionEngine Engine { get; }

    public SessionManager Manager { get; }

    public SessionPolicy Policy => Options.DefaultPolicy;

    public DateTimeOffset Now => Time.GetUtcNow();

    /// <summary>What was logged: number and text.</summary>
    public ConcurrentQueue<(int Id, string Text)> Logged { get; } = new();

    /// <summary>Makes a node of its own.</summary>
    /// <param name="configure">Sets the options.</param>
    /// <param name="bare">Whether the engine calls the in-memory store directly, without guard and fault injection.</param>
    public static EngineHarness Create(Action<SojournOptions>? configure = null, bool bare = false)
        => new(Configured(configure), new(), new(new()), bare);

    /// <summary>Another node on the same store; with a clock of its own if one is given.</summary>
    public EngineHarness AnotherNode(ManualTimeProvider? time = null, Action<SojournOptions>? configure = null)
        => new(Configured(configure), time ?? Time, Memory, bare: false);

    public void Pass(TimeSpan time) => Time.Advance(time);

    public async Task<SessionToken> SignInAsync(string subject = "alice", params SessionToken[] shown)
        => await StartedAsync(new() { Subject = subject, Shown = shown });

    public Task<SessionToken> VisitAsync() => StartedAsync(new());

    public async Task<SessionToken> StartedAsync(SessionStart start)
    {
        var started = await Manager.StartAsync(start);
        Assert.Equal(SessionStartOutcome.Started, started.Outcome);
        return started.Token!.Value;
    }

    /// <summary>Signs in and presents the token, so that the session is confirmed.</summary>
    public async Task<SessionToken> ConfirmedAsync(string subject = "alice")
    {
        var token = await SignInAsync(subject);
        await ExpectAsync(SessionOutcome.Active, token);
        return token;
    }

    public async Task<SessionValidation> PresentAsync(SessionToken token) => await Manager.ValidateAsync(token);

    public async Task<SessionValidation> ExpectAsync(SessionOutcome outcome, SessionToken token, SessionEndReason reason = SessionEndReason.None)
    {
        var validation = await PresentAsync(token);
        Assert.Equal((outcome, reason), (validation.Outcome, validation.EndReason));
        return validation;
    }

    /// <summary>A request with a token whose response may carry a successor; the successor, if one was due.</summary>
    public async Task<SessionToken?> RequestAsync(SessionToken token, bool isEligible = true)
        => await Engine.Rotator.DeliverAsync(await PresentAsync(token), isEligible);

    /// <summary>One full rotation: an interval passes, a successor is handed out and presented.</summary>
    public async Task<SessionToken> RotateAsync(SessionToken token)
    {
        Pass(Interval);
        var successor = await RequestAsync(token);
        Assert.NotNull(successor);
        await ExpectAsync(SessionOutcome.Active, successor.Value);
        return successor.Value;
    }

    /// <summary>The request's session, opened with a token.</summary>
    public async Task<Session> OpenAsync(SessionToken token)
    {
        var request = new RequestSession(Engine);
        request.Open(await PresentAsync(token), token);
        return request.Session;
    }

    /// <summary>The request's session without a token.</summary>
    public Session OpenWithout()
    {
        var request = new RequestSession(Engine);
        request.Open(new(SessionOutcome.Unknown), default);
        return request.Session;
    }

    public async Task<SessionRecord?> FindAsync(SessionId id) => (await Memory.FindAsync(id, default))?.Record;

    public async Task<SessionRecord> RecordAsync(SessionToken token)
        => await FindAsync(token.Id) ?? throw new InvalidOperationException("There is no such session.");

    /// <summary>The events of a session, in order, after what waits was written.</summary>
    public async Task<List<ReadEvent>> EventsAsync(SessionId id)
    {
        await Engine.Findings.FlushAsync(CancellationToken.None);
        return [.. (await ShardEventsAsync(id.Shard)).Where(each => each.Session == id)];
    }

    public async Task<List<ReadEvent>> ShardEventsAsync(byte shard)
        => [.. (await Memory.ReadAsync(shard, 0, int.MaxValue)).Select(logged => EventFormatReader.Read(logged.Event.Canonical.AsSpan()))];

    public async Task<int> CountAsync(SessionId id, SessionEventKind kind) => (await EventsAsync(id)).Count(each => each.Kind == kind);

    /// <summary>The findings of a session by name.</summary>
    public async Task<string[]> FindingsAsync(SessionId id)
        => [.. (await EventsAsync(id)).Where(each => each.Kind == SessionEventKind.Finding).Select(each => each.Detail["finding=".Length..])];

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        => Logged.Enqueue((eventId.Id, formatter(state, exception) + exception));

    private static SojournOptions Configured(Action<SojournOptions>? configure)
    {
        // Tests start many sessions at one moment; the throttle has tests of its own.
        var options = new SojournOptions { StartsPerSubject = 0, StartsPerAddress = 0 };
        configure?.Invoke(options);
        Assert.Null(new SojournOptionsValidator().Validate(null, options).FailureMessage);
        return options;
    }
}
