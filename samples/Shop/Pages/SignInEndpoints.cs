using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Shop.Accounts;

namespace Shop.Pages;

/// <summary>Signing in and out by form.</summary>
internal static class SignInEndpoints
{
    public static void MapSignInPage(this IEndpointRouteBuilder pages)
    {
        pages.MapGet("/sign-in", Show);
        pages.MapPost("/sign-in", SignInAsync);
        pages.MapPost("/sign-out", () => TypedResults.SignOut(new AuthenticationProperties { RedirectUri = "/" }));
    }

    private static IResult Show(string? returnUrl, string? reason) => Page.Of<SignInPage>(new()
    {
        [nameof(SignInPage.ReturnUrl)] = ReturnUrl.Checked(returnUrl),
        [nameof(SignInPage.Reason)] = reason,
    });

    private static async Task<RedirectHttpResult> SignInAsync(
        [FromForm] string user, [FromForm] string password, [FromForm] string? returnUrl, PasswordSignIn signIn, HttpContext context, [FromForm] bool remember = false)
    {
        var back = ReturnUrl.Checked(returnUrl);
        return await signIn.TryAsync(context, user, password, remember)
            ? TypedResults.LocalRedirect(back)
            : TypedResults.LocalRedirect($"/sign-in?reason={SignInReason.Failed}&returnUrl={Uri.EscapeDataString(back)}");
    }
}
