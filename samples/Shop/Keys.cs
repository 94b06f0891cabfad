using Shop.Goods;
using Sojourn;

namespace Shop;

/// <summary>What the shop keeps in a session. A key is made once, with its type; the names are the shop's to choose.</summary>
internal static class Keys
{
    /// <summary>The cart: from before the sign-in to after it.</summary>
    public static readonly SessionKey<Cart> Cart = new("cart", ShopJson.Default.Cart);

    /// <summary>A sentence for the next page, shown once.</summary>
    public static readonly SessionKey<string> Notice = new("notice", ShopJson.Default.String) { ReadOnce = true };
}
