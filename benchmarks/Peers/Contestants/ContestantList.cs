using Sojourn.Storage;

namespace Peers.Contestants;

/// <summary>Who takes part, in the order of the tables.</summary>
internal static class ContestantList
{
    public const string Bare = "bare";
    public const string Fresh = "handler";
    public const string Cookie = "cookie";
    public const string CookieAndSession = "cookie+session";
    public const string Scheme = "sojourn";
    public const string Session = "sojourn-session";

    /// <summary>Tells a contestant's process where to put files; whoever starts it deletes them.</summary>
    public const string StoreFolder = "PEERS_STORES";

    public static IReadOnlyList<IContestant> All { get; } =
    [
        new BareServer(),
        new ConstantPrincipal(),
        new FreshPrincipal(),
        new SessionMiddlewareOnly(),
        new CookieTickets(),
        new CookieTicketStore(),
        new CookieWithSession(),
        new SojournScheme(Scheme, "Sojourn with UseSojournAuthentication() and [Authorize], memory", Memory),
        new SojournSession(Session, "Sojourn through Session alone, memory", Memory),
        new SojournScheme("sojourn-added", "Sojourn as a scheme behind the framework's middleware (UseSojourn() alone), [Authorize], memory", Memory, inItsPlace: false),
        new SojournSession("sojourn-session-added", "Sojourn through Session, behind the framework's middleware (UseSojourn() alone), memory", Memory, inItsPlace: false),
        new SojournScheme("sojourn-sqlite", "Sojourn with UseSojournAuthentication() and [Authorize], SQLite", Sqlite),
        new SojournSession("sojourn-session-sqlite", "Sojourn through Session alone, SQLite", Sqlite),

        // A further store is one or two lines here: its name, its title, and a function that makes it.
    ];

    public static IContestant? Find(string name) => All.FirstOrDefault(each => each.Name == name);

    // Every start of a long run stays, so the bound of the store must not be what is measured.
    private static InMemorySessionStore Memory() => new(new InMemoryStoreOptions { MaxSessions = 20_000_000 });

    // On the disk that the repository lies on: the folder for temporary files is in memory on many machines.
    private static SqliteSessionStore Sqlite()
    {
        var folder = Environment.GetEnvironmentVariable(StoreFolder) ?? Path.Combine("artifacts", "benchmarks", "stores");
        return new(new SqliteStoreOptions { Path = Path.Combine(Directory.CreateDirectory(folder).FullName, $"{Environment.ProcessId}.db") });
    }
}
