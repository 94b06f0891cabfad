using Microsoft.AspNetCore.Identity;
using Sojourn;

namespace Shop.Accounts;

/// <summary>Asks somebody who is signed in for the password once more: the same for the page and for the API.</summary>
internal sealed class PasswordConfirm(SignInManager<Customer> signIn, UserManager<Customer> accounts)
{
    /// <summary>How long a confirmation is good for.</summary>
    public static readonly TimeSpan Lasts = TimeSpan.FromMinutes(5);

    /// <summary>Steps the session up, if the password is right. Wrong ones count as at the sign-in, and lock the account the same.</summary>
    public async Task<bool> TryAsync(Session session, string password)
    {
        if (await accounts.FindByIdAsync(session.Subject!) is not { } customer
            || !(await signIn.CheckPasswordSignInAsync(customer, password, lockoutOnFailure: true)).Succeeded)
        {
            return false;
        }

        await session.StepUpAsync("pwd");
        return true;
    }
}
