using Microsoft.AspNetCore.Identity;

namespace Shop.Accounts;

/// <summary>What a password may be.</summary>
internal static class Passwords
{
    public const int MinLength = 12;
    public const int MaxLength = 128;

    /// <summary>Whether it would do for this customer; Identity has the rules.</summary>
    public static async Task<bool> IsGoodAsync(UserManager<Customer> accounts, Customer customer, string password)
    {
        foreach (var rule in password.Length <= MaxLength ? accounts.PasswordValidators : [])
        {
            if (!(await rule.ValidateAsync(accounts, customer, password)).Succeeded)
            {
                return false;
            }
        }

        return password.Length <= MaxLength;
    }
}
