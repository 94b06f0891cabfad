using Sojourn;
using Sojourn.Storage;

namespace Peers.Contestants;

/// <summary>Sojourn through <see cref="Session"/> alone: no claims, no authorization.</summary>
/// <param name="inItsPlace">Whether the framework's middleware, which makes a principal that nobody reads, is left out.</param>
internal sealed class SojournSession(string name, string title, Func<ISessionStore> store, bool inItsPlace = true) : IContestant
{
    public string Name => name;

    public string Title => title;

    public Can Can => SojournParts.All;

    public void AddServices(IServiceCollection services, StoreCalls? calls) => SojournParts.Add(services, store, calls);

    public void Map(WebApplication app)
    {
        _ = inItsPlace ? app.UseSojournAuthentication() : app.UseSojourn();
        app.MapGet("/me", Me);
        app.MapPost("/write", static (HttpContext context, Session session) =>
        {
            session.Set(SojournParts.Seen, Answer.NextSeen());
            return Me(context, session);
        });
        SojournParts.MapSignInAndOut(app);
    }

    private static async ValueTask<string> Me(HttpContext context, Session session)
        => session.Subject is { } user ? Answer.Of(user, await session.GetAsync(SojournParts.Cart)) : Answer.Refuse(context);
}
