using Microsoft.AspNetCore.Mvc;
using Shop.Accounts;
using Sojourn;

namespace Shop.Pages;

/// <summary>Changing the password.</summary>
internal static class PasswordEndpoints
{
    public static void MapPasswordPage(this IEndpointRouteBuilder pages)
    {
        var password = pages.MapGroup("/password").RequireAuthorization();
        password.MapGet("", () => Page.Of<PasswordPage>());
        password.MapPost("", ChangeAsync);
        pages.MapGet("/.well-known/change-password", () => TypedResults.LocalRedirect("/password")).WithoutSession(); // where password managers look
    }

    private static async Task<IResult> ChangeAsync([FromForm] string current, [FromForm(Name = "new")] string wanted, PasswordChange change, Session session)
    {
        var outcome = await change.TryAsync(current, wanted);
        if (outcome == PasswordOutcome.SignedOut)
        {
            return TypedResults.LocalRedirect($"/sign-in?reason={SignInReason.WrongTooOften}&returnUrl=%2Fpassword");
        }

        if (outcome != PasswordOutcome.Changed)
        {
            return Page.Of<PasswordPage>(StatusCodes.Status400BadRequest, new() { [nameof(PasswordPage.Outcome)] = outcome });
        }

        session.Set(Keys.Notice, "Your password is changed, and everywhere else you are signed out.");
        return TypedResults.LocalRedirect("/devices");
    }
}
