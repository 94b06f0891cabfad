using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.HttpResults;
using Shop.Accounts;
using Sojourn;

namespace Shop.Api;

internal sealed record SignInRequest(string User, string Password, bool Remember = false);

/// <summary>The session, the sign-in and the sign-out, over JSON.</summary>
internal static class SessionApi
{
    public static void MapSessionApi(this IEndpointRouteBuilder api)
    {
        api.MapGet("/session", Show);
        api.MapPost("/sign-in", SignInAsync);
        api.MapPost("/sign-out", (Delegate)SignOutAsync); // the cast: of its shape is also a RequestDelegate, whose result nobody writes
    }

    /// <summary>Looking starts no session. Why a token is not good, the challenge tells.</summary>
    private static Results<Ok<SessionView>, NoContent, ChallengeHttpResult> Show(Session session) => session switch
    {
        { State: SessionState.Anonymous or SessionState.SignedIn } => TypedResults.Ok(SessionView.Of(session)),
        { TokenOutcome: null } => TypedResults.NoContent(),
        _ => TypedResults.Challenge(),
    };

    private static async Task<Results<Ok<SessionView>, ProblemHttpResult>> SignInAsync(
        SignInRequest request, PasswordSignIn signIn, Session session)
        => await signIn.TryAsync(request.User, request.Password, request.Remember)
            ? TypedResults.Ok(SessionView.Of(session))
            : TypedResults.Problem(statusCode: StatusCodes.Status401Unauthorized, title: "Signing in failed", detail: "The name or the password is wrong.");

    private static async Task<NoContent> SignOutAsync(HttpContext context)
    {
        await context.SignOutAsync();
        return TypedResults.NoContent();
    }
}
