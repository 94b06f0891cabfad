using Shop.Accounts;

namespace Shop;

/// <summary>What the shop says on the console once it is open.</summary>
internal static class Welcome
{
    public static void Print(WebApplication app, ShopArguments arguments)
    {
        Console.WriteLine($"The shop is open: {string.Join(", ", app.Urls)}");
        Console.WriteLine(app.Services.GetRequiredService<AccountList>().HasDemoAccounts
            ? $"Sign in as {DemoAccounts.Names}; the password is {DemoAccounts.Password}"
            : $"Nobody can sign in, since demo accounts ({DemoAccounts.Names}) exist in Development only: to have them here, start the shop with --demo");
        Console.WriteLine($"Its files are in {arguments.DataFolder}; carts and sessions live in memory, and end with it. Ctrl+C closes the shop.");
    }
}
