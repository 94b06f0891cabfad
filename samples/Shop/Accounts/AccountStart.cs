using Microsoft.AspNetCore.Identity;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Shop.Accounts;

/// <summary>
/// Before the shop opens: makes the database, and the demo accounts if they are wanted, with the password that the sign-in
/// page shows. If they are not, it removes those of an earlier run, since everybody knows their password.
/// </summary>
internal sealed class AccountStart(IServiceScopeFactory scopes, AccountStart.Wishes wishes) : IHostedService
{
    /// <summary>What the command line and the environment ask for.</summary>
    internal sealed record Wishes(bool HasDemoAccounts);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<AccountDatabase>();
        try
        {
            await database.Database.EnsureCreatedAsync(cancellationToken);
            var accounts = scope.ServiceProvider.GetRequiredService<UserManager<Customer>>();
            var there = await database.Users.Where(each => each.IsDemo).ToListAsync(cancellationToken);
            foreach (var name in wishes.HasDemoAccounts ? DemoAccounts.Users.Except(there.Select(each => each.Id)) : [])
            {
                Require(await accounts.CreateAsync(new Customer { Id = name, UserName = name, IsDemo = true }, DemoAccounts.Password));
            }

            foreach (var changed in wishes.HasDemoAccounts ? there : [])
            {
                if (!await accounts.CheckPasswordAsync(changed, DemoAccounts.Password))
                {
                    changed.PasswordHash = accounts.PasswordHasher.HashPassword(changed, DemoAccounts.Password);
                    Require(await accounts.UpdateSecurityStampAsync(changed)); // writes the password too, and ends the sessions
                }
            }

            foreach (var unwanted in wishes.HasDemoAccounts ? [] : there)
            {
                Require(await accounts.DeleteAsync(unwanted));
            }
        }
        catch (Exception fault) when (fault is SqliteException or DbUpdateException { InnerException: SqliteException })
        {
            var file = database.Database.GetDbConnection().DataSource;
            throw new IOException($"the accounts in {file} cannot be read or written ({(fault.InnerException ?? fault).Message}). Move the file away, or choose another folder with --data.", fault);
        }
    }

    /// <summary>A shop that kept an account with a public password must not open.</summary>
    private static void Require(IdentityResult result)
    {
        if (!result.Succeeded)
        {
            throw new IOException("the demo accounts could not be set up: " + string.Join(" ", result.Errors.Select(error => error.Description)));
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
