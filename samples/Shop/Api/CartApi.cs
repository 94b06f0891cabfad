using Microsoft.AspNetCore.Http.HttpResults;
using Shop.Goods;
using Sojourn;

namespace Shop.Api;

internal sealed record CartRequest(string Sku, int Quantity);

internal sealed record CartView(IReadOnlyList<CartLine> Items, decimal Total)
{
    public static CartView Of(Cart? cart) => new(cart?.Lines ?? [], cart?.Total ?? 0);
}

/// <summary>The cart, over JSON.</summary>
internal static class CartApi
{
    public static void MapCartApi(this IEndpointRouteBuilder api)
    {
        api.MapGet("/cart", ShowAsync);
        api.MapPost("/cart", AddAsync);
    }

    /// <summary>Reading from a session that does not exist gives the default, and starts none.</summary>
    private static async Task<Ok<CartView>> ShowAsync(Session session, CancellationToken cancellationToken)
        => TypedResults.Ok(CartView.Of(await session.GetAsync(Keys.Cart, cancellationToken)));

    /// <summary>Adds to what the cart holds already.</summary>
    private static async Task<Results<Ok<CartView>, ProblemHttpResult>> AddAsync(CartRequest request, Session session, CancellationToken cancellationToken)
    {
        if (Catalogue.Find(request.Sku) is null)
        {
            return Refuse("The shop does not sell anything of that name.");
        }

        if (!Cart.IsQuantity(request.Quantity))
        {
            return Refuse($"The quantity must be 1 to {Cart.MostOfOne}.");
        }

        return await CartChanges.AddAsync(session, request.Sku, request.Quantity, cancellationToken) is { } cart
            ? TypedResults.Ok(CartView.Of(cart))
            : Refuse($"A cart holds {Cart.MostOfOne} of one thing at most.");
    }

    private static ProblemHttpResult Refuse(string detail)
        => TypedResults.Problem(statusCode: StatusCodes.Status400BadRequest, title: "That cannot be put into the cart", detail: detail);
}
