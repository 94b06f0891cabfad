using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;

namespace Peers.Contestants;

/// <summary>What most applications run: cookie authentication for the user, UseSession for the values.</summary>
internal sealed class CookieWithSession : IContestant
{
    public string Name => ContestantList.CookieAndSession;

    public string Title => "cookie authentication plus UseSession (what most applications run)";

    public Can Can => Can.Read | Can.Write | Can.SignIn | Can.SignOut | Can.Refuse | Can.KeepOnServer;

    public void AddServices(IServiceCollection services, StoreCalls? calls)
    {
        CookieTickets.AddCookies(services);
        SessionMiddlewareOnly.AddSession(services, calls);
    }

    public void Map(WebApplication app)
    {
        app.UseSession();
        app.MapGet("/me", Me).RequireAuthorization();
        app.MapPost("/write", static (ClaimsPrincipal user, HttpContext context) =>
        {
            context.Session.SetInt32("seen", Answer.NextSeen());
            return Me(user, context);
        }).RequireAuthorization();
        app.MapPost("/sign-in/{user?}", static async (string? user, HttpContext context) =>
        {
            await context.SignInAsync(Answer.Principal(user ?? Answer.NextUser()));
            context.Session.SetInt32("cart", Answer.Cart);
            return Answer.Done;
        });
        app.MapPost("/sign-out", static async (HttpContext context) =>
        {
            context.Session.Clear();
            await context.SignOutAsync();
            return Answer.Done;
        });
    }

    private static string Me(ClaimsPrincipal user, HttpContext context)
        => Answer.Of(user.FindFirst("sub")!.Value, context.Session.GetInt32("cart"));
}
