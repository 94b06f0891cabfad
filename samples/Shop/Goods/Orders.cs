using System.Globalization;
using System.Security.Cryptography;
using Sojourn;

namespace Shop.Goods;

/// <summary>Ordering what is in the cart: the same for the page and for the API.</summary>
internal static class Orders
{
    /// <summary>
    /// Orders. One compare-and-set: of two clicks the first orders, the second finds an empty cart and gets the same order.
    /// Null when there is neither.
    /// </summary>
    public static async ValueTask<Order?> PlaceAsync(Session session, CancellationToken cancellationToken)
    {
        var number = RandomNumberGenerator.GetInt32(100_000, 1_000_000).ToString(CultureInfo.InvariantCulture);
        return (await session.UpdateAsync(Keys.Cart, old => (old ?? Cart.Empty).Ordered(number), cancellationToken)).LastOrder;
    }
}
