using Shop.Accounts;
using Sojourn;

namespace Shop.Pages;

/// <summary>My recent sign-ins, and how each session ended.</summary>
internal static class ActivityEndpoints
{
    public static void MapActivityPage(this IEndpointRouteBuilder pages) => pages.MapGet("/activity", ShowAsync).RequireAuthorization();

    private static async Task<IResult> ShowAsync(Session session, SessionManager sessions, CancellationToken cancellationToken)
        => Page.Of<ActivityPage>(new() { [nameof(ActivityPage.Sessions)] = await PastSessions.ListAsync(session, sessions, cancellationToken) });
}
