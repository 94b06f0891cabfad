using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;
using Sojourn;

namespace Shop.Accounts;

/// <summary>What became of the password that was asked for once more.</summary>
public enum ConfirmOutcome
{
    Confirmed = 0,
    Wrong = 1,

    /// <summary>It was wrong too often, and the session has ended.</summary>
    SignedOut = 2,
}

/// <summary>Asks somebody who is signed in for the password once more: the same for the page and for the API.</summary>
internal sealed class PasswordConfirm(SignInManager<Customer> signIn, UserManager<Customer> accounts)
{
    /// <summary>How many wrong passwords in a row end the session.</summary>
    public const int MaxTries = 5;

    /// <summary>How long a confirmation is good for.</summary>
    public static readonly TimeSpan Lasts = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Steps the session up, if the password is right. Wrong ones count in the session, not in the account: there anybody who
    /// knows the name could keep its owner from confirming, at the very moment when somebody else is in.
    /// </summary>
    public async Task<ConfirmOutcome> TryAsync(Session session, string password)
    {
        // Counted before it is looked at, by compare-and-set: passwords that are tried in parallel all count.
        var tries = await session.UpdateAsync(Keys.PasswordTries, before => before + 1);
        if (tries <= MaxTries && await accounts.FindByIdAsync(session.Subject!) is { } customer && await IsRightAsync(customer, password))
        {
            session.Remove(Keys.PasswordTries);
            await session.StepUpAsync("pwd");
            return ConfirmOutcome.Confirmed;
        }

        if (tries < MaxTries)
        {
            return ConfirmOutcome.Wrong;
        }

        await signIn.Context.SignOutAsync();
        return ConfirmOutcome.SignedOut;
    }

    private async Task<bool> IsRightAsync(Customer customer, string password)
    {
        var stamp = customer.SecurityStamp;
        if (!await accounts.CheckPasswordAsync(customer, password))
        {
            return false;
        }

        if (customer.SecurityStamp != stamp)
        {
            await signIn.RefreshSignInAsync(customer); // it was hashed anew, in a stronger way, and Identity renews the stamp with it
        }

        return true;
    }
}
