using Microsoft.AspNetCore.Authentication;
using Sojourn;

namespace Shop.Accounts;

/// <summary>Signing in with a name and a password: the same for the page and for the API.</summary>
internal sealed class PasswordSignIn(AccountList accounts, ILogger<PasswordSignIn> logger)
{
    /// <summary>
    /// Signs in, if both are right. From here on <see cref="Session"/> is the new session, with a new token; the cart has
    /// come along.
    /// </summary>
    public async Task<bool> TryAsync(HttpContext context, string user, string password, bool remember)
    {
        if (accounts.Find(user, password) is not { } account)
        {
            ShopLog.SignInFailed(logger, accounts.Knows(user) ? "password" : "user");
            return false;
        }

        await context.SignInAsync(account.ToPrincipal(), new SessionSignIn { IsPersistent = remember, Methods = ["pwd"] });
        ShopLog.SignedIn(logger, account.User);
        return true;
    }
}
