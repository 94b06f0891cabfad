using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Sojourn;

namespace Shop.Accounts;

/// <summary>What became of a code.</summary>
internal enum CodeOutcome
{
    SignedIn = 0,
    Wrong = 1,
    StartAgain = 2,
}

/// <summary>
/// A new account, in two steps. The first answers the same, and takes as long, whether the name is taken or not: only
/// the letter says it, to the owner of the address (ASVS 6.3.8).
/// </summary>
internal sealed class Registration(UserManager<Customer> accounts, SignInManager<Customer> signIn, LetterBox letters, Session session)
{
    /// <summary>Whether the password would do.</summary>
    public Task<bool> IsPasswordAsync(string name, string password) => Passwords.IsGoodAsync(accounts, new Customer { UserName = name }, password);

    public async Task BeginAsync(string name, string password, CancellationToken cancellationToken)
    {
        var isTaken = await accounts.FindByNameAsync(name) is not null;
        var code = RandomNumberGenerator.GetInt32(1_000_000).ToString("d6", CultureInfo.InvariantCulture);
        var letter = await letters.SendAsync(name, isTaken ? Letters.YouHaveAnAccount : Letters.YourCode(code), cancellationToken);
        var passwordHash = accounts.PasswordHasher.HashPassword(new Customer(), password);

        // A new beginning replaces the old one, its count of tries and its code.
        session.Set(Keys.PendingAccount, new(name, passwordHash, isTaken ? RandomNumberGenerator.GetBytes(32) : Hash(code), letter));
    }

    public async Task<CodeOutcome> FinishAsync(string code, CancellationToken cancellationToken)
    {
        if (await session.GetAsync(Keys.PendingAccount, cancellationToken) is null)
        {
            return CodeOutcome.StartAgain;
        }

        // By compare-and-set: codes that are tried in parallel all count, and of two right ones (a double click) one wins.
        PendingAccount? right = null;
        var pending = await session.UpdateAsync(Keys.PendingAccount, old =>
        {
            var tried = (old ?? PendingAccount.Gone) with { Tries = (old?.Tries ?? PendingAccount.MaxTries) + 1 };
            right = tried.Tries <= PendingAccount.MaxTries && CryptographicOperations.FixedTimeEquals(Hash(code), tried.CodeHash) ? tried : null;
            return right is null ? tried : PendingAccount.Gone;
        }, cancellationToken);
        if (right is null && pending.Tries <= PendingAccount.MaxTries)
        {
            return CodeOutcome.Wrong;
        }

        session.Remove(Keys.PendingAccount);
        return right is not null && await CreateAsync(right) ? CodeOutcome.SignedIn : CodeOutcome.StartAgain;
    }

    private async Task<bool> CreateAsync(PendingAccount pending)
    {
        var customer = new Customer { UserName = pending.Name, Email = pending.Name, EmailConfirmed = true, PasswordHash = pending.PasswordHash };
        try
        {
            if (!(await accounts.CreateAsync(customer)).Succeeded)
            {
                return false; // the owner of the address has finished in another browser meanwhile
            }
        }
        catch (DbUpdateException)
        {
            return false; // the same, in the same moment: the database keeps names unique
        }

        await signIn.SignInWithClaimsAsync(customer, isPersistent: false, [new("amr", "pwd")]);
        return true;
    }

    private static byte[] Hash(string code) => SHA256.HashData(Encoding.UTF8.GetBytes(code));
}
