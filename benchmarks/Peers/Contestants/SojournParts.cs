using Microsoft.AspNetCore.Authentication;
using Sojourn;
using Sojourn.Storage;

namespace Peers.Contestants;

/// <summary>What both ways to use Sojourn share.</summary>
internal static class SojournParts
{
    public const Can All = Can.Read | Can.Write | Can.SignIn | Can.SignOut | Can.Refuse | Can.EndAtSignOut | Can.KeepOnServer;

    public static readonly SessionKey<int> Cart = new("cart");
    public static readonly SessionKey<int> Seen = new("seen");

    /// <summary>The defaults, but for one: all requests here come from one address, whose starts would be throttled.</summary>
    public static void Add(IServiceCollection services, Func<ISessionStore> store, StoreCalls? calls)
        => services.AddSojourn(static options => options.StartsPerAddress = 0)
            .UseStore(_ => calls is null ? store() : new CountingSessionStore(store(), calls));

    public static void MapSignInAndOut(WebApplication app)
    {
        app.MapPost("/sign-in/{user?}", static async (string? user, HttpContext context, Session session) =>
        {
            await context.SignInAsync(Answer.Principal(user ?? Answer.NextUser()));
            session.Set(Cart, Answer.Cart);
            return Answer.Done;
        });
        app.MapPost("/sign-out", static async (HttpContext context) =>
        {
            await context.SignOutAsync();
            return Answer.Done;
        });
    }
}
