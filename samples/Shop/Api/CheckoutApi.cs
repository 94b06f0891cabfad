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
        => await confirm.TryAsync(session, request.Password)
            ? TypedResults.NoContent()
            : TypedResults.Problem(statusCode: StatusCodes.Status403Forbidden, title: "That was not confirmed", detail: "The password is wrong, or the account takes a rest after too many tries.");

    private static async Task<Results<Ok<OrderView>, ProblemHttpResult>> OrderAsync(Session session, CancellationToken cancellationToken)
        => await Orders.PlaceAsync(session, cancellationToken) is { } order
            ? TypedResults.Ok(new OrderView(order.Number))
            : TypedResults.Problem(statusCode: StatusCodes.Status409Conflict, title: "There is nothing to order", detail: "The cart is empty.");
}
