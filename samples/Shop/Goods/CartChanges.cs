using Sojourn;

namespace Shop.Goods;

/// <summary>How a cart in a session is changed: the same for the page and for the API.</summary>
internal static class CartChanges
{
    /// <summary>
    /// Adds to the cart; null when that would be too many of the product, and nothing has changed. The first addition
    /// starts an anonymous session.
    /// </summary>
    public static async ValueTask<Cart?> AddAsync(Session session, string sku, int quantity, CancellationToken cancellationToken)
    {
        // UpdateAsync is compare-and-set: of two tabs that add at the same time, both count. Its function may run more than once.
        var fits = true;
        var cart = await session.UpdateAsync(Keys.Cart, old =>
        {
            var changed = (old ?? Cart.Empty).With(sku, quantity);
            fits = changed is not null;
            return changed ?? old!;
        }, cancellationToken);
        return fits ? cart : null;
    }

    public static async ValueTask RemoveAsync(Session session, string sku, CancellationToken cancellationToken)
    {
        if (await session.GetAsync(Keys.Cart, cancellationToken) is not null)
        {
            await session.UpdateAsync(Keys.Cart, old => (old ?? Cart.Empty).Without(sku), cancellationToken);
        }
    }
}
