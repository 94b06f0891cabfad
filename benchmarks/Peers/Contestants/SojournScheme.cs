using System.Security.Claims;
using Sojourn;
using Sojourn.Storage;

namespace Peers.Contestants;

/// <summary>Sojourn as an authentication scheme: the user from the claims, behind [Authorize], and the value from the session.</summary>
/// <param name="inItsPlace">Whether the user comes from the session itself, not through the framework's middleware.</param>
internal sealed class SojournScheme(string name, string title, Func<ISessionStore> store, bool inItsPlace = true) : IContestant
{
    public string Name => name;

    public string Title => title;

    public Can Can => SojournParts.All;

    public void AddServices(IServiceCollection services, StoreCalls? calls)
    {
        services.AddAuthorization();
        SojournParts.Add(services, store, calls);
    }

    public void Map(WebApplication app)
    {
        _ = inItsPlace ? app.UseSojournAuthentication().UseAuthorization() : app.UseSojourn();
        app.MapGet("/me", Me).RequireAuthorization();
        app.MapPost("/write", static (ClaimsPrincipal user, Session session) =>
        {
            session.Set(SojournParts.Seen, Answer.NextSeen());
            return Me(user, session);
        }).RequireAuthorization();
        SojournParts.MapSignInAndOut(app);
    }

    private static async ValueTask<string> Me(ClaimsPrincipal user, Session session)
        => Answer.Of(user.FindFirst("sub")!.Value, await session.GetAsync(SojournParts.Cart));
}
