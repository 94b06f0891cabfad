using Microsoft.AspNetCore.Identity;

namespace Shop.Accounts;

/// <summary>The accounts of the shop: a fixed list, where an application would have a database.</summary>
internal sealed class AccountList
{
    private static readonly PasswordHasher<Account> Hasher = new();

    /// <summary>Stands in for a user that does not exist, so that asking about one takes as long as a wrong password.</summary>
    private static readonly Account Nobody = Create("", "");

    private readonly Dictionary<string, Account> _accounts;

    private AccountList(IEnumerable<Account> accounts) => _accounts = accounts.ToDictionary(account => account.User, StringComparer.Ordinal);

    public bool HasDemoAccounts => _accounts.Count > 0;

    public static AccountList For(bool demo) => new(demo ? DemoAccounts.Users.Select(user => Create(user, DemoAccounts.Password)) : []);

    public bool Knows(string user) => _accounts.ContainsKey(user);

    /// <summary>The account, if both are right.</summary>
    public Account? Find(string user, string password)
    {
        var account = _accounts.GetValueOrDefault(user);
        var checkedOne = account ?? Nobody;
        return Hasher.VerifyHashedPassword(checkedOne, checkedOne.PasswordHash, password) == PasswordVerificationResult.Failed ? null : account;
    }

    private static Account Create(string user, string password)
    {
        var account = new Account(user);
        return account with { PasswordHash = Hasher.HashPassword(account, password) };
    }
}
