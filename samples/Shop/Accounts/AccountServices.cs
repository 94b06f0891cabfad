using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Sojourn;

namespace Shop.Accounts;

/// <summary>Accounts by ASP.NET Core Identity, in a small database of their own; their sessions by Sojourn.</summary>
internal static class AccountServices
{
    public static void AddAccounts(this IServiceCollection services, SojournBuilder sojourn, ShopArguments arguments, bool hasDemoAccounts)
    {
        services.AddDbContext<AccountDatabase>(database => database.UseSqlite($"Data Source={Path.Combine(arguments.DataFolder, "accounts.db")}"));
        services.AddIdentityCore<Customer>(Configure).AddEntityFrameworkStores<AccountDatabase>().AddSignInManager();
        sojourn.AddIdentity<Customer>(); // SignInManager now signs in with sessions; no cookie handler, no key ring

        services.AddSingleton(new AccountStart.Wishes(hasDemoAccounts));
        services.AddHostedService<AccountStart>();
        services.AddScoped<PasswordSignIn>();
        services.AddScoped<PasswordConfirm>();
        services.AddScoped<PasswordChange>();
        services.AddScoped<Registration>();
        services.AddSingleton(provider => new LetterBox(Path.Combine(arguments.DataFolder, "letters"), provider.GetRequiredService<TimeProvider>()));
    }

    private static void Configure(IdentityOptions identity)
    {
        // Length protects; rules about digits and signs lead to "Password1!" (NIST SP 800-63B, 3.1.1.2).
        identity.Password.RequiredLength = Passwords.MinLength;
        identity.Password.RequireDigit = identity.Password.RequireLowercase = identity.Password.RequireUppercase = identity.Password.RequireNonAlphanumeric = false;
        identity.Password.RequiredUniqueChars = 1;
        identity.Lockout.MaxFailedAccessAttempts = 5;
        identity.Lockout.DefaultLockoutTimeSpan = TimeSpan.FromMinutes(5);
    }
}
