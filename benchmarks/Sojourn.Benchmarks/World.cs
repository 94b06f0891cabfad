using Microsoft.Extensions.Logging.Abstractions;
using Sojourn.Engine;
using Sojourn.Storage;

namespace Sojourn.Benchmarks;

/// <summary>
/// An engine over the in-memory store, filled with sessions: five for each subject, all of them in use. Nothing runs in
/// its background. Nothing ended is kept, and throttles are off unless asked for, so that a benchmark can repeat what it does.
/// </summary>
internal sealed class World
{
    public const int SessionsPerSubject = 5;

    private World(SessionEngine engine, int sessions)
    {
        Engine = engine;
        Manager = new SessionManager(engine);
        Tokens = new SessionToken[sessions];
    }

    public SessionEngine Engine { get; }

    public SessionManager Manager { get; }

    public SessionToken[] Tokens { get; }

    public int Subjects => Tokens.Length / SessionsPerSubject;

    public static World Create(int sessions, TimeProvider? time = null, bool isPersistent = false, bool hasThrottles = false)
    {
        var options = new SojournOptions { DefaultPolicy = new SessionPolicy { History = TimeSpan.Zero } };
        if (!hasThrottles)
        {
            options.StartsPerSubject = options.StartsPerAddress = 0;
        }

        var store = new InMemorySessionStore(new InMemoryStoreOptions { MaxSessions = 10_000_000 });
        var world = Over(store, sessions, options, time);
        for (var i = 0; i < sessions; i++)
        {
            world.Tokens[i] = world.Start(Subject(i % world.Subjects), isPersistent);
            world.Validate(world.Tokens[i]); // the first sight of a token confirms it, which is not what is measured later
        }

        return world;
    }

    /// <summary>The same over another store, and still empty.</summary>
    public static World Over(ISessionStore store, int sessions)
        => Over(store, sessions, new SojournOptions { StartsPerSubject = 0, StartsPerAddress = 0, DefaultPolicy = new SessionPolicy { History = TimeSpan.Zero } }, time: null);

    private static World Over(ISessionStore store, int sessions, SojournOptions options, TimeProvider? time)
        => new(new SessionEngine(options, store, time ?? TimeProvider.System, NullLogger.Instance), sessions);

    public static string Subject(int number) => $"user-{number:0000000}";

    public SessionToken Start(string subject, bool isPersistent = false) => Start(StartRequest.Of(subject, isPersistent));

    public SessionToken Start(SessionStart start) => Now(Manager.StartAsync(start)).Token ?? throw new InvalidOperationException("The session was not started.");

    public SessionValidation Validate(SessionToken token) => Now(Manager.ValidateAsync(token));

    public int List(string subject)
    {
        var count = Now(Manager.ListAsync(subject)).Sessions.Count;
        return count == SessionsPerSubject ? count : throw new InvalidOperationException($"{count} sessions are listed.");
    }

    public int Revoke(string subject)
    {
        var ended = Now(Manager.RevokeSubjectAsync(subject, SessionEndReason.RevokedByAdministrator));
        return ended > 0 ? ended : throw new InvalidOperationException("The subject had no sessions.");
    }

    public void Revoke(SessionStart[] started)
    {
        foreach (var start in started)
        {
            Revoke(start.Subject!);
        }
    }

    /// <summary>The result of a call that the in-memory store has to have answered already.</summary>
    public static T Now<T>(ValueTask<T> call) => call.IsCompletedSuccessfully ? call.Result : throw new InvalidOperationException("The call did not complete at once.", call.AsTask().Exception);
}
