using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Shop.Accounts;
using Shop.Https;
using Sojourn;

namespace Shop.Pages;

/// <summary>Signing in and out by form.</summary>
internal static class SignInEndpoints
{
    public static void MapSignInPages(this IEndpointRouteBuilder pages, WebApplication app)
    {
        pages.MapGet("/sign-in", ShowAsync);
        pages.MapPost("/sign-in", SignInAsync);
        pages.MapGet("/sign-in/done", (string? returnUrl, Session session, HttpContext context) => Done(returnUrl, session, context.Request, app));
        pages.MapPost("/sign-out", () => TypedResults.SignOut(new AuthenticationProperties { RedirectUri = "/" }));
    }

    /// <summary>Where every sign-in leads first: to see whether the browser kept the cookie.</summary>
    public static RedirectHttpResult CheckCookie(string back) => TypedResults.LocalRedirect($"/sign-in/done?returnUrl={Uri.EscapeDataString(back)}");

    private static async Task<IResult> ShowAsync(string? returnUrl, string? reason, Session session, CancellationToken cancellationToken) => Page.Of<SignInPage>(new()
    {
        [nameof(SignInPage.ReturnUrl)] = ReturnUrl.Checked(returnUrl),
        [nameof(SignInPage.Reason)] = reason,
        [nameof(SignInPage.Displacer)] = reason == SignInReason.Displaced ? await session.FindDisplacerAsync(cancellationToken) : null, // from the cookie, not from the address
    });

    private static async Task<RedirectHttpResult> SignInAsync(
        [FromForm] string user, [FromForm] string password, [FromForm] string? returnUrl, PasswordSignIn signIn, [FromForm] bool remember = false)
    {
        var back = ReturnUrl.Checked(returnUrl);
        return await signIn.TryAsync(user, password, remember)
            ? CheckCookie(back)
            : TypedResults.LocalRedirect($"/sign-in?reason={SignInReason.Failed}&returnUrl={Uri.EscapeDataString(back)}");
    }

    private static IResult Done(string? returnUrl, Session session, HttpRequest request, WebApplication app)
    {
        var back = ReturnUrl.Checked(returnUrl);
        return session switch
        {
            { IsSignedIn: true } => TypedResults.LocalRedirect(back),
            { TokenOutcome: not null } => TypedResults.Challenge(new() { RedirectUri = back }), // it came back, but serves no more
            _ => Page.Of<NoCookiePage>(new()
            {
                [nameof(NoCookiePage.Https)] = request.IsHttps ? null : Addresses.OverHttps(app, request, "/sign-in" + QueryString.Create("returnUrl", back)),
            }),
        };
    }
}
