using Microsoft.AspNetCore.Identity;
using Sojourn;

namespace Shop.Accounts;

/// <summary>What became of a change of password.</summary>
public enum PasswordOutcome
{
    Changed = 0,
    WrongPassword = 1,
    NotGood = 2,
    Same = 3,

    /// <summary>The current one was wrong too often, and the session has ended.</summary>
    SignedOut = 4,
}

/// <summary>
/// A new password for whoever is signed in: the same for the page and for the API. The current one comes with it, however
/// fresh the sign-in is, so nobody who finds this browser open can take the account (ASVS-7.5.1). <c>RequireStepUp()</c> in its
/// place would ask nothing for five minutes, and lose the form after them: one with passwords is never kept.
/// </summary>
internal sealed class PasswordChange(SignInManager<Customer> signIn, UserManager<Customer> accounts, PasswordConfirm confirm, Session session)
{
    /// <summary>
    /// Changes it. All other sessions of the customer end with the change, since their security stamp is no longer the
    /// account's; this one goes on with a new token. Wrong tries count as for <see cref="PasswordConfirm"/>.
    /// </summary>
    public async Task<PasswordOutcome> TryAsync(string current, string wanted)
    {
        if (wanted == current)
        {
            return PasswordOutcome.Same;
        }

        if (await accounts.FindByIdAsync(session.Subject!) is not { } customer)
        {
            return PasswordOutcome.WrongPassword;
        }

        if (!await Passwords.IsGoodAsync(accounts, customer, wanted))
        {
            return PasswordOutcome.NotGood; // before the other is looked at, so that it costs no try
        }

        var confirmed = await confirm.TryAsync(session, current);
        if (confirmed == ConfirmOutcome.SignedOut)
        {
            return PasswordOutcome.SignedOut;
        }

        if (confirmed == ConfirmOutcome.Wrong || !(await accounts.ChangePasswordAsync(customer, current, wanted)).Succeeded)
        {
            return PasswordOutcome.WrongPassword; // the second: another request has changed it meanwhile
        }

        await signIn.RefreshSignInAsync(customer); // this session gets the new stamp
        await session.CredentialsChangedAsync(endOthers: false); // the audit log says so; the others ended with the stamp
        return PasswordOutcome.Changed;
    }
}
