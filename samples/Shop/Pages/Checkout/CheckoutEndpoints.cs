using Microsoft.AspNetCore.Http.HttpResults;
using Shop.Accounts;
using Shop.Goods;
using Sojourn;

namespace Shop.Pages;

/// <summary>Buying what is in the cart. Whoever is not signed in is asked to, and comes back here.</summary>
internal static class CheckoutEndpoints
{
    public static void MapCheckoutPages(this IEndpointRouteBuilder pages)
    {
        var checkout = pages.MapGroup("/checkout").RequireAuthorization();
        checkout.MapGet("", ShowAsync);
        checkout.MapPost("", OrderAsync).RequireStepUp(PasswordConfirm.Lasts);
        checkout.MapGet("/done", DoneAsync);
    }

    private static async Task<IResult> ShowAsync(Session session, CancellationToken cancellationToken)
        => Page.Of<CheckoutPage>(new() { [nameof(CheckoutPage.Cart)] = await session.GetAsync(Keys.Cart, cancellationToken) ?? Cart.Empty });

    private static async Task<RedirectHttpResult> OrderAsync(Session session, CancellationToken cancellationToken)
    {
        await Orders.PlaceAsync(session, cancellationToken);
        return TypedResults.LocalRedirect("/checkout/done");
    }

    private static async Task<IResult> DoneAsync(Session session, CancellationToken cancellationToken)
        => await session.GetAsync(Keys.Cart, cancellationToken) is { LastOrder: { } order }
            ? Page.Of<OrderPage>(new() { [nameof(OrderPage.Order)] = order })
            : TypedResults.LocalRedirect("/checkout");
}
