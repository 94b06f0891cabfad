using Shop.Accounts;
using Shop.Goods;
using Sojourn;

namespace Shop;

/// <summary>What the shop keeps in a session. A key is made once, with its type; the names are the shop's to choose.</summary>
internal static class Keys
{
    /// <summary>The cart, and what was ordered last: from before the sign-in to after it.</summary>
    public static readonly SessionKey<Cart> Cart = new("cart", ShopJson.Default.Cart);

    /// <summary>How the shop looks to this person.</summary>
    public static readonly SessionKey<Preferences> Preferences = new("preferences", ShopJson.Default.Preferences);

    /// <summary>A sentence for the next page, shown once.</summary>
    public static readonly SessionKey<string> Notice = new("notice", ShopJson.Default.String) { ReadOnce = true };

    /// <summary>How many passwords were tried in a row by somebody who is signed in. A new sign-in begins anew.</summary>
    public static readonly SessionKey<int> PasswordTries = new("password-tries", ShopJson.Default.Int32) { SurvivesSignIn = false };

    /// <summary>An account in the making. It belongs to whoever asked for it, so it ends with the visit.</summary>
    public static readonly SessionKey<PendingAccount> PendingAccount = new("pending-account", ShopJson.Default.PendingAccount)
    {
        Lifetime = Accounts.PendingAccount.Lifetime,
        SurvivesSignIn = false,
    };
}
