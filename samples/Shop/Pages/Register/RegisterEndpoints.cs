using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Shop.Accounts;
using Sojourn;

namespace Shop.Pages;

/// <summary>Opening an account: name and password, then the code from the letter.</summary>
internal static class RegisterEndpoints
{
    public static void MapRegisterPages(this IEndpointRouteBuilder pages, bool showLetters)
    {
        pages.MapGet("/register", () => Page.Of<RegisterPage>());
        pages.MapPost("/register", BeginAsync);
        pages.MapGet("/register/code", (Session session, string? wrong, CancellationToken cancellationToken) => AskAsync(session, wrong is not null, showLetters, cancellationToken));
        pages.MapPost("/register/code", FinishAsync);
        if (showLetters)
        {
            pages.MapGet("/letters/{id}", ReadAsync);
        }
    }

    private static async Task<IResult> BeginAsync([FromForm] string user, [FromForm] string password, Registration registration, CancellationToken cancellationToken)
    {
        var isName = Names.IsMailAddress(user);
        var isPassword = await registration.IsPasswordAsync(isName ? user : "", password);
        if (isName && isPassword)
        {
            await registration.BeginAsync(user, password, cancellationToken);
            return TypedResults.LocalRedirect("/register/code");
        }

        return Page.Of<RegisterPage>(StatusCodes.Status400BadRequest, new()
        {
            [nameof(RegisterPage.User)] = isName ? user : null, // what is no address is not repeated: it may be anything
            [nameof(RegisterPage.IsNameBad)] = !isName,
            [nameof(RegisterPage.IsPasswordBad)] = !isPassword,
        });
    }

    private static async Task<IResult> AskAsync(Session session, bool wrong, bool showLetters, CancellationToken cancellationToken)
        => await session.GetAsync(Keys.PendingAccount, cancellationToken) is { } pending
            ? Page.Of<CodePage>(new()
            {
                [nameof(CodePage.To)] = pending.Name,
                [nameof(CodePage.Letter)] = showLetters ? pending.Letter : null,
                [nameof(CodePage.IsWrong)] = wrong,
            })
            : Page.Of<RegisterPage>(new() { [nameof(RegisterPage.MustStartAgain)] = true });

    private static async Task<RedirectHttpResult> FinishAsync([FromForm] string code, Registration registration, CancellationToken cancellationToken)
        => await registration.FinishAsync(code.Trim(), cancellationToken) switch
        {
            CodeOutcome.SignedIn => SignInEndpoints.CheckCookie("/"),
            CodeOutcome.Wrong => TypedResults.LocalRedirect("/register/code?wrong"),
            _ => TypedResults.LocalRedirect("/register/code"),
        };

    private static async Task<Results<ContentHttpResult, NotFound>> ReadAsync(string id, LetterBox letters, CancellationToken cancellationToken)
        => await letters.ReadAsync(id, cancellationToken) is { } text ? TypedResults.Text(text) : TypedResults.NotFound();
}
