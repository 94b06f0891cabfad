using Shop.Accounts;
using Shop.Https;

namespace Shop;

/// <summary>What the shop says on the console once it is open.</summary>
internal static class Welcome
{
    public static void Print(WebApplication app, ShopArguments arguments)
    {
        var urls = app.Urls.OrderByDescending(url => url.StartsWith("https:", StringComparison.Ordinal)).ToList();
        Console.WriteLine($"The shop is open: {string.Join(", ", urls)}");
        if (urls[0].StartsWith("https:", StringComparison.Ordinal) && app.Services.GetService<LocalCertificate>() is { IsOwn: true } certificate)
        {
            Console.WriteLine($"Your browser will warn of its certificate, which the shop made for this machine ({certificate.File}): go on all the same.");
        }

        var letters = app.Services.GetRequiredService<LetterBox>().Folder;
        Console.WriteLine(app.Services.GetRequiredService<AccountStart.Wishes>().HasDemoAccounts
            ? $"Sign in as {DemoAccounts.Names}; the password is {DemoAccounts.Password}"
            : $"Register an account (its letters are files in {letters}), or start the shop with --demo to have {DemoAccounts.Names} as in Development.");
        Console.WriteLine($"Its files are in {arguments.DataFolder}; carts and sessions too, so you are still signed in when it opens again. Ctrl+C closes the shop.");
    }
}
