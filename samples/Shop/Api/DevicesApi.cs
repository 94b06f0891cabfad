using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.HttpResults;
using Shop.Accounts;
using Sojourn;

namespace Shop.Api;

/// <summary>Where I am signed in, over JSON.</summary>
internal static class DevicesApi
{
    public static void MapDevicesApi(this IEndpointRouteBuilder api)
    {
        var mine = api.MapGroup("/sessions").RequireAuthorization();
        mine.MapGet("", ListAsync);
        mine.MapDelete("", EndOthersAsync).RequireStepUp(PasswordConfirm.Lasts); // ASVS-7.5.2
        mine.MapDelete("/{id}", EndAsync).RequireStepUp(PasswordConfirm.Lasts);
        mine.MapPost("/{id}/not-me", DisownAsync).RequireStepUp(PasswordConfirm.Lasts);
    }

    private static async Task<Ok<DeviceView[]>> ListAsync(Session session, SessionManager sessions, CancellationToken cancellationToken)
        => TypedResults.Ok(await Devices.ListAsync(session, sessions, cancellationToken));

    private static async Task<NoContent> EndOthersAsync(Session session, SessionManager sessions, CancellationToken cancellationToken)
    {
        await Devices.EndOthersAsync(session, sessions, cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> EndAsync(
        SessionId id, Session session, SessionManager sessions, HttpContext context, CancellationToken cancellationToken)
    {
        if (id == session.Id)
        {
            await context.SignOutAsync();
            return TypedResults.NoContent();
        }

        return await Devices.EndAsync(id, session, sessions, cancellationToken)
            ? TypedResults.NoContent()
            : TypedResults.Problem(statusCode: StatusCodes.Status404NotFound, title: "There is no such session", detail: "None of your running sessions has this id.");
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> DisownAsync(
        SessionId id, Session session, SessionManager sessions, HttpContext context, CancellationToken cancellationToken)
    {
        if (!await Devices.DisownAsync(id, session, sessions, cancellationToken))
        {
            return TypedResults.Problem(statusCode: StatusCodes.Status404NotFound, title: "There is no such session", detail: "None of your sessions of the last 30 days has this id.");
        }

        if (!await Devices.IsStillInAsync(session, sessions, cancellationToken))
        {
            await context.SignOutAsync();
        }

        return TypedResults.NoContent();
    }
}
