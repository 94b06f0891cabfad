using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;

namespace Peers.Contestants;

/// <summary>
/// Cookie authentication as it comes: the whole ticket is in the cookie. It can write no value, and a copy of the cookie
/// goes on working after the sign-out.
/// </summary>
internal sealed class CookieTickets : IContestant
{
    public string Name => ContestantList.Cookie;

    public string Title => "cookie authentication, 5 claims in the cookie";

    public Can Can => Can.Read | Can.SignIn | Can.SignOut | Can.Refuse;

    public static void AddCookies(IServiceCollection services)
    {
        services.AddDataProtection().UseEphemeralDataProtectionProvider();
        services.AddAuthorization();
        services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie(static options =>
            options.Events.OnRedirectToLogin = static context =>
            {
                context.Response.StatusCode = StatusCodes.Status401Unauthorized;
                return Task.CompletedTask;
            });
    }

    /// <summary>Reads the user and one value from the claims.</summary>
    public static string Me(ClaimsPrincipal user)
        => Answer.Of(user.FindFirst("sub")!.Value, int.Parse(user.FindFirst("cart")!.Value, CultureInfo.InvariantCulture));

    public static void MapSignInAndOut(WebApplication app)
    {
        app.MapPost("/sign-in/{user?}", static async (string? user, HttpContext context) =>
        {
            await context.SignInAsync(Answer.Principal(user ?? Answer.NextUser()));
            return Answer.Done;
        });
        app.MapPost("/sign-out", static async (HttpContext context) =>
        {
            await context.SignOutAsync();
            return Answer.Done;
        });
    }

    public void AddServices(IServiceCollection services, StoreCalls? calls) => AddCookies(services);

    public void Map(WebApplication app)
    {
        app.MapGet("/me", Me).RequireAuthorization();
        MapSignInAndOut(app);
    }
}
