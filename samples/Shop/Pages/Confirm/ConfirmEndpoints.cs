using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Shop.Accounts;
using Sojourn;

namespace Shop.Pages;

/// <summary>The password once more, before something that somebody else at this browser must not do.</summary>
internal static class ConfirmEndpoints
{
    private const string Wrong = "wrong";

    public static void MapConfirmPages(this IEndpointRouteBuilder pages)
    {
        var confirm = pages.MapGroup("/confirm").RequireAuthorization();
        confirm.MapGet("", Show);
        confirm.MapPost("", ConfirmAsync);
    }

    private static IResult Show(string? returnUrl, string? reason) => Page.Of<ConfirmPage>(new()
    {
        [nameof(ConfirmPage.ReturnUrl)] = ReturnUrl.Checked(returnUrl),
        [nameof(ConfirmPage.IsWrong)] = reason == Wrong,
    });

    private static async Task<RedirectHttpResult> ConfirmAsync([FromForm] string password, [FromForm] string? returnUrl, Session session, PasswordConfirm confirm)
    {
        var back = ReturnUrl.Checked(returnUrl);
        return TypedResults.LocalRedirect(await confirm.TryAsync(session, password) switch
        {
            ConfirmOutcome.Confirmed => back,
            ConfirmOutcome.Wrong => $"/confirm?reason={Wrong}&returnUrl={Uri.EscapeDataString(back)}",
            _ => $"/sign-in?reason={SignInReason.WrongTooOften}&returnUrl={Uri.EscapeDataString(back)}",
        });
    }
}
