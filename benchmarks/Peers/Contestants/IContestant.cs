namespace Peers.Contestants;

/// <summary>What a contestant can do, and what it claims. Works that it cannot do leave it out; claims are checked.</summary>
[Flags]
internal enum Can
{
    None = 0,

    /// <summary>Tells who the user is, and one value.</summary>
    Read = 1,

    /// <summary>Writes one value from request to request.</summary>
    Write = 2,

    SignIn = 4,

    SignOut = 8,

    /// <summary>Claims that a request without a cookie is refused.</summary>
    Refuse = 16,

    /// <summary>Claims that a copy of the cookie is worth nothing after the sign-out.</summary>
    EndAtSignOut = 32,

    /// <summary>Keeps something for each session on the server.</summary>
    KeepOnServer = 64,
}

/// <summary>
/// One way to know who a request comes from. All serve the same addresses: <c>GET /me</c>, and where they can
/// <c>POST /write</c>, <c>POST /sign-in[/USER]</c> and <c>POST /sign-out</c>.
/// </summary>
internal interface IContestant
{
    /// <summary>The name on the command line and in the tables.</summary>
    string Name { get; }

    /// <summary>One line for people.</summary>
    string Title { get; }

    Can Can { get; }

    /// <param name="services">The application's services.</param>
    /// <param name="calls">Where store calls are counted; null in timed runs, where nothing may stand before the store.</param>
    void AddServices(IServiceCollection services, StoreCalls? calls);

    void Map(WebApplication app);
}
