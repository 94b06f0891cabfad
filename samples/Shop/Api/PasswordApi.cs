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
            PasswordOutcome.WrongPassword => Refuse(StatusCodes.Status403Forbidden, "The current password is wrong, or the account takes a rest after too many tries."),
            PasswordOutcome.Same => Refuse(StatusCodes.Status400BadRequest, "The new password is the current one."),
            _ => Refuse(StatusCodes.Status400BadRequest, $"A password has {Passwords.MinLength} to {Passwords.MaxLength} characters."),
        };

    private static ProblemHttpResult Refuse(int status, string detail) => TypedResults.Problem(statusCode: status, title: "The password was not changed", detail: detail);
}
