using Peers.Contestants;

namespace Peers.Work;

/// <summary>Which cookie a request shows.</summary>
internal enum CookieUse
{
    /// <summary>None: somebody comes to sign in.</summary>
    None,

    /// <summary>One session's, sent by wrk itself.</summary>
    Hot,

    /// <summary>One session's, through the script that also sends many: what to compare <see cref="InTurn"/> with.</summary>
    HotByScript,

    /// <summary>Ten thousand sessions', one after the other and from the beginning again.</summary>
    InTurn,

    /// <summary>Each once: what a sign-out uses up.</summary>
    Once,
}

/// <summary>What the contestants are asked to do.</summary>
/// <param name="Name">The name on the command line.</param>
/// <param name="Title">The heading of its table.</param>
/// <param name="Needs">Who takes part.</param>
/// <param name="Method">The method.</param>
/// <param name="Path">The address.</param>
/// <param name="Cookies">The cookies.</param>
internal sealed record Workload(string Name, string Title, Can Needs, string Method, string Path, CookieUse Cookies)
{
    public const int SessionsInTurn = 10_000;

    public static readonly Workload Read = new("read", "Reading the user and one value, one hot session", Can.Read, "GET", "/me", CookieUse.Hot);
    public static readonly Workload ReadOne = new("read-one", "The same, sent by a script", Can.Read | Can.SignIn, "GET", "/me", CookieUse.HotByScript);
    public static readonly Workload ReadMany = new("read-many", "The same by the same script, ten thousand sessions in turn", Can.Read | Can.SignIn, "GET", "/me", CookieUse.InTurn);
    public static readonly Workload Write = new("write", "Reading both and writing one value, one hot session", Can.Write, "POST", "/write", CookieUse.Hot);
    public static readonly Workload SignIn = new("sign-in", "Signing in, each time a new user", Can.SignIn, "POST", "/sign-in", CookieUse.None);
    public static readonly Workload SignOut = new("sign-out", "Signing out, each session once", Can.SignOut, "POST", "/sign-out", CookieUse.Once);

    public static IReadOnlyList<Workload> All { get; } = [Read, ReadOne, ReadMany, Write, SignIn, SignOut];
}
