using System.Security.Claims;

namespace Peers.Contestants;

/// <summary>What every contestant answers, made the same way, so that the answer's own share is the same too.</summary>
internal static class Answer
{
    public const string HotUser = "123456";
    public const int Cart = 7;
    public const string Expected = "user=123456;cart=7;ok";
    public const string Done = "ok";

    private static int LastUser = 1_000_000;
    private static int LastSeen;

    public static string Of(string? user, int? cart) => $"user={user};cart={cart};ok";

    public static string Refuse(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        return "";
    }

    /// <summary>A new user for each sign-in that names none: one user with a million sessions is nobody's load.</summary>
    public static string NextUser() => Interlocked.Increment(ref LastUser).ToString();

    /// <summary>A value that differs from the last one, so that no contestant can find that nothing changed.</summary>
    public static int NextSeen() => Interlocked.Increment(ref LastSeen);

    /// <summary>The user that every contestant with claims signs in: five of them.</summary>
    public static ClaimsPrincipal Principal(string user) => new(new ClaimsIdentity(
    [
        new("sub", user),
        new("name", "Ada Lovelace"),
        new("email", "ada@example.org"),
        new("role", "editor"),
        new("cart", "7"),
    ], "peers", "name", "role"));
}
