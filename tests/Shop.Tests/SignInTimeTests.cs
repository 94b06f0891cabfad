using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Shop.Accounts;

namespace Shop.Tests;

/// <summary>
/// How long a refused sign-in takes must not tell which names exist. Nearly all of it is the hash of the password, so
/// hashes are counted: a clock would measure what else this machine is doing.
/// </summary>
public sealed class SignInTimeTests(ShopServer shop) : IClassFixture<ShopServer>
{
    [Fact]
    public async Task Every_try_takes_one_hash_whatever_the_name()
    {
        var known = await HashesAsync("bob", tries: 5); // the fifth locks the account
        var unknown = await HashesAsync("nobody", tries: 5);
        var locked = await HashesAsync("bob", tries: 5);
        Assert.Equal(5, known.Count);
        Assert.Equal(known, unknown);
        Assert.Equal(known, locked);
    }

    /// <summary>What each hash costs: the format, the function, the number of its rounds and the size of its salt, all in its first 13 bytes.</summary>
    private async Task<List<string>> HashesAsync(string user, int tries)
    {
        await using var scope = shop.App.Services.CreateAsyncScope();
        var accounts = scope.ServiceProvider.GetRequiredService<UserManager<Customer>>();
        var counted = new CountedHasher(accounts.PasswordHasher);
        accounts.PasswordHasher = counted;
        for (var i = 0; i < tries; i++)
        {
            Assert.False(await scope.ServiceProvider.GetRequiredService<PasswordSignIn>().TryAsync(user, "wrong", remember: false));
        }

        return counted.Costs;
    }

    private sealed class CountedHasher(IPasswordHasher<Customer> hasher) : IPasswordHasher<Customer>
    {
        public List<string> Costs { get; } = [];

        public string HashPassword(Customer user, string password) => throw new InvalidOperationException("A refused sign-in makes no hash to keep.");

        public PasswordVerificationResult VerifyHashedPassword(Customer user, string hashedPassword, string providedPassword)
        {
            Costs.Add(Convert.ToHexString(Convert.FromBase64String(hashedPassword).AsSpan(0, 13)));
            return hasher.VerifyHashedPassword(user, hashedPassword, providedPassword);
        }
    }
}
