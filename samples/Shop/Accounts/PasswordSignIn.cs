using Microsoft.AspNetCore.Identity;

namespace Shop.Accounts;

/// <summary>Signing in with a name and a password: the same for the page and for the API.</summary>
internal sealed class PasswordSignIn(SignInManager<Customer> signIn, UserManager<Customer> accounts, ILogger<PasswordSignIn> logger)
{
    private static readonly Customer Nobody = new();
    private static readonly string HashOfNobody = new PasswordHasher<Customer>().HashPassword(Nobody, "");

    /// <summary>
    /// Signs in, if both are right. From here on <see cref="Sojourn.Session"/> is the new session, with a new token; the
    /// cart has come along. Why it failed, nobody is told: an answer that differs would say which names exist.
    /// </summary>
    public async Task<bool> TryAsync(string user, string password, bool remember)
    {
        var customer = user.Length <= Names.MaxLength ? await accounts.FindByNameAsync(user) : null;
        if (customer is null || await accounts.IsLockedOutAsync(customer))
        {
            // One hash for each try, whatever the name: it is what takes the time, and the time would tell.
            accounts.PasswordHasher.VerifyHashedPassword(Nobody, HashOfNobody, password);
            ShopLog.SignInFailed(logger, customer is null ? "the name is unknown" : "the account is locked for some minutes");
            return false;
        }

        var result = await signIn.PasswordSignInAsync(customer, password, remember, lockoutOnFailure: true);
        if (!result.Succeeded)
        {
            ShopLog.SignInFailed(logger, result.IsLockedOut ? "the password is wrong, and the account is now locked for some minutes" : "the password is wrong");
            return false;
        }

        ShopLog.SignedIn(logger, customer.Id);
        return true;
    }
}
