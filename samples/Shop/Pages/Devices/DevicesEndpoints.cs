using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Shop.Accounts;
using Sojourn;

namespace Shop.Pages;

/// <summary>Where I am signed in. Ending the current session is signing out, for which every page has a button.</summary>
internal static class DevicesEndpoints
{
    public static void MapDevicesPage(this IEndpointRouteBuilder pages)
    {
        var mine = pages.MapGroup("/devices").RequireAuthorization();
        mine.MapGet("", ShowAsync);
        mine.MapPost("/end", EndAsync).RequireStepUp(PasswordConfirm.Lasts); // ASVS-7.5.2
        mine.MapPost("/end-others", EndOthersAsync).RequireStepUp(PasswordConfirm.Lasts);
        mine.MapPost("/not-me", DisownAsync).RequireStepUp(PasswordConfirm.Lasts);
        mine.MapGet("/not-me/done", () => Page.Of<NotMePage>());
    }

    private static async Task<IResult> ShowAsync(Session session, SessionManager sessions, CancellationToken cancellationToken) => Page.Of<DevicesPage>(new()
    {
        [nameof(DevicesPage.Devices)] = await Devices.ListAsync(session, sessions, cancellationToken),
        [nameof(DevicesPage.Notice)] = await session.GetAsync(Keys.Notice, cancellationToken),
    });

    private static async Task<RedirectHttpResult> EndAsync([FromForm] SessionId id, Session session, SessionManager sessions, CancellationToken cancellationToken)
    {
        var ended = id != session.Id && await Devices.EndAsync(id, session, sessions, cancellationToken);
        session.Set(Keys.Notice, ended ? "That session has ended." : "That session had ended already.");
        return TypedResults.LocalRedirect("/devices");
    }

    private static async Task<IResult> DisownAsync([FromForm] SessionId id, Session session, SessionManager sessions, CancellationToken cancellationToken)
    {
        if (!await Devices.DisownAsync(id, session, sessions, cancellationToken))
        {
            session.Set(Keys.Notice, "The shop does not know that session any more.");
            return TypedResults.LocalRedirect("/devices");
        }

        return await Devices.IsStillInAsync(session, sessions, cancellationToken)
            ? TypedResults.LocalRedirect("/devices/not-me/done")
            : TypedResults.SignOut(new AuthenticationProperties { RedirectUri = $"/sign-in?reason={SignInReason.Reported}" });
    }

    private static async Task<RedirectHttpResult> EndOthersAsync(Session session, SessionManager sessions, CancellationToken cancellationToken)
    {
        var ended = await Devices.EndOthersAsync(session, sessions, cancellationToken);
        session.Set(Keys.Notice, ended == 1 ? "The other session has ended." : $"{ended} other sessions have ended.");
        return TypedResults.LocalRedirect("/devices");
    }
}
