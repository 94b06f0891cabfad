using System.Net;
using System.Security.Claims;

namespace Sojourn.Benchmarks;

/// <summary>What a sign-in hands to the engine: four claims, as an application has them in hand already.</summary>
internal static class StartRequest
{
    public static SessionStart Of(string subject, bool isPersistent = false, SessionClient client = default)
        => new() { Subject = subject, Principal = Principal(subject), IsPersistent = isPersistent, Client = client };

    /// <summary>Starts of as many new subjects, each from an address of its own if one is wanted, since addresses are throttled.</summary>
    public static SessionStart[] Many(int count, bool hasAddress = false)
        => [.. Enumerable.Range(0, count).Select(i => Of("new-" + World.Subject(i), client: hasAddress ? new(new IPAddress([10, (byte)(i >> 16), (byte)(i >> 8), (byte)i]), "Mozilla/5.0") : default))];

    private static ClaimsPrincipal Principal(string subject) => new(new ClaimsIdentity(
        [new("sub", subject), new("name", "Ada Lovelace"), new("email", "ada@example.org"), new("role", "editor")], "bench", "name", "role"));
}
