using System.Security.Claims;

namespace Peers.Contestants;

/// <summary>A principal that is there already, and UseAuthorization: what authorization itself takes.</summary>
internal sealed class ConstantPrincipal : IContestant
{
    private static readonly ClaimsPrincipal User = Answer.Principal(Answer.HotUser);

    public string Name => "authorization";

    public string Title => "a constant principal and UseAuthorization";

    public Can Can => Can.Read;

    public void AddServices(IServiceCollection services, StoreCalls? calls) => services.AddAuthorization();

    public void Map(WebApplication app)
    {
        app.Use(static (context, next) =>
        {
            context.User = User;
            return next(context);
        });
        app.UseAuthorization();
        app.MapGet("/me", CookieTickets.Me).RequireAuthorization();
    }
}
