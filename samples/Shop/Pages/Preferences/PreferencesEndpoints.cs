using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Shop.Goods;
using Sojourn;

namespace Shop.Pages;

/// <summary>Theme and currency: session data that every page reads (Layout.razor), visitors' pages too.</summary>
internal static class PreferencesEndpoints
{
    public static void MapPreferencesPage(this IEndpointRouteBuilder pages)
    {
        pages.MapGet("/preferences", ShowAsync);
        pages.MapPost("/preferences", Save);
    }

    private static async Task<IResult> ShowAsync(Session session, CancellationToken cancellationToken)
        => Page.Of<PreferencesPage>(new() { [nameof(PreferencesPage.Notice)] = await session.GetAsync(Keys.Notice, cancellationToken) });

    private static Results<RedirectHttpResult, BadRequest> Save([FromForm] string theme, [FromForm] string currency, Session session)
    {
        if (!Preferences.AreKnown(theme, currency))
        {
            return TypedResults.BadRequest(); // the page offers neither
        }

        session.Set(Keys.Preferences, new(theme, currency)); // written before the redirect goes out
        session.Set(Keys.Notice, "Your preferences are kept until you sign out.");
        return TypedResults.LocalRedirect("/preferences");
    }
}
