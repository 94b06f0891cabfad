using Microsoft.AspNetCore.Http.HttpResults;
using Shop.Accounts;

namespace Shop.Api;

internal sealed record PasswordRequest(string Current, string New);

/// <summary>Another password, over JSON. My other sessions end with it.</summary>
internal static class PasswordApi
{
    public static void MapPasswordApi(this IEndpointRouteBuilder api) => api.MapPost("/password", ChangeAsync).RequireAuthorization();

    private static async Task<Results<NoContent, ProblemHttpResult>> ChangeAsync(PasswordRequest request, PasswordChange change)
        => await change.TryAsync(request.Current, request.New) switch
        {
            PasswordOutcome.Changed => TypedResults.NoContent(),
            PasswordOutcome.WrongPassword => Refuse(StatusCodes.Status403Forbidden, "The current password is wrong. After five wrong ones in a row the session ends."),
            PasswordOutcome.SignedOut => Refuse(StatusCodes.Status401Unauthorized, "The current password was wrong five times in a row, so the session has ended. Sign in again."),
            PasswordOutcome.Same => Refuse(StatusCodes.Status400BadRequest, "Both passwords are the same."),
            _ => Refuse(StatusCodes.Status400BadRequest, $"A password has {Passwords.MinLength} to {Passwords.MaxLength} characters."),
        };

    private static ProblemHttpResult Refuse(int status, string detail) => TypedResults.Problem(statusCode: status, title: "The password was not changed", detail: detail);
}
