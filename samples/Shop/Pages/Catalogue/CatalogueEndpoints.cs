using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Shop.Goods;
using Sojourn;

namespace Shop.Pages;

/// <summary>The goods and the cart. Every form ends in a redirect, so that reloading sends nothing twice.</summary>
internal static class CatalogueEndpoints
{
    public static void MapCataloguePage(this IEndpointRouteBuilder pages)
    {
        pages.MapGet("/", ShowAsync);
        pages.MapPost("/cart", AddAsync);
        pages.MapPost("/cart/remove", RemoveAsync);
    }

    private static async Task<IResult> ShowAsync(Session session, CancellationToken cancellationToken) => Page.Of<CataloguePage>(new()
    {
        [nameof(CataloguePage.Cart)] = await session.GetAsync(Keys.Cart, cancellationToken) ?? Cart.Empty,
        [nameof(CataloguePage.Notice)] = await session.GetAsync(Keys.Notice, cancellationToken),
    });

    private static async Task<Results<RedirectHttpResult, BadRequest>> AddAsync(
        [FromForm] string sku, [FromForm] int quantity, Session session, CancellationToken cancellationToken)
    {
        if (Catalogue.Find(sku) is not { } product || !Cart.IsQuantity(quantity))
        {
            return TypedResults.BadRequest(); // the page offers neither
        }

        var added = await CartChanges.AddAsync(session, sku, quantity, cancellationToken);
        session.Set(Keys.Notice, added is not null
            ? $"Added to your cart: {product.Name}."
            : $"A cart holds {Cart.MostOfOne} of one thing at most, so nothing was added.");
        return TypedResults.LocalRedirect("/");
    }

    private static async Task<RedirectHttpResult> RemoveAsync([FromForm] string sku, Session session, CancellationToken cancellationToken)
    {
        await CartChanges.RemoveAsync(session, sku, cancellationToken);
        return TypedResults.LocalRedirect("/#cart");
    }
}
