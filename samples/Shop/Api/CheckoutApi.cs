using Microsoft.AspNetCore.Http.HttpResults;
using Shop.Accounts;
using Shop.Goods;
using Sojourn;

namespace Shop.Api;

internal sealed record ConfirmRequest(string Password);

internal sealed record OrderView(string Number);

/// <summary>Buying what is in the cart, over JSON, and the password for it.</summary>
internal static class CheckoutApi
{
    public static void MapCheckoutApi(this IEndpointRouteBuilder api)
    {
        api.MapPost("/confirm", ConfirmAsync).RequireAuthorization();
        api.MapPost("/checkout", OrderAsync).RequireStepUp(PasswordConfirm.Lasts);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> ConfirmAsync(ConfirmRequest request, Session session, PasswordConfirm confirm)
        => await confirm.TryAsync(session, request.Password) switch
        {
            ConfirmOutcome.Confirmed => TypedResults.NoContent(),
            ConfirmOutcome.Wrong => Refuse(StatusCodes.Status403Forbidden, "The password is wrong. After five wrong ones in a row the session ends."),
            _ => Refuse(StatusCodes.Status401Unauthorized, "The password was wrong five times in a row, so the session has ended. Sign in again."),
        };

    private static async Task<Results<Ok<OrderView>, ProblemHttpResult>> OrderAsync(Session session, CancellationToken cancellationToken)
        => await Orders.PlaceAsync(session, cancellationToken) is { } order
            ? TypedResults.Ok(new OrderView(order.Number))
            : TypedResults.Problem(statusCode: StatusCodes.Status409Conflict, title: "There is nothing to order", detail: "The cart is empty.");

    private static ProblemHttpResult Refuse(int status, string detail) => TypedResults.Problem(statusCode: status, title: "That was not confirmed", detail: detail);
}
