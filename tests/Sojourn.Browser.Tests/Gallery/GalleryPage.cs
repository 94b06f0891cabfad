namespace Sojourn.Browser.Tests;

/// <summary>A page of the gallery: what it is called, where it is, and what somebody does before they look at it.</summary>
/// <param name="Name">The first part of the pictures' names.</param>
/// <param name="Path">Its address; null for the one where that ended.</param>
/// <param name="Before">What was done before, on this browser and on others that it may open; null for nothing.</param>
/// <param name="Opens">Whether what is folded on it is opened.</param>
internal sealed record GalleryPage(string Name, string? Path, Func<ShopPages, Func<Task<ShopPages>>, Task>? Before = null, bool Opens = false)
{
    /// <summary>Every page of the shop, each in the states in which it looks different. A new page is a new line.</summary>
    public static readonly GalleryPage[] All =
    [
        new("catalogue-empty", "/"),
        new("catalogue-cart", "/", (shop, _) => ShopAsync(shop)),
        new("sign-in", "/sign-in"),
        new("sign-in-help", "/sign-in", null, Opens: true),
        new("sign-in-failed", "/sign-in?reason=failed"),
        new("sign-in-ended", "/sign-in?reason=signedOutEverywhere"),
        new("sign-in-again", "/sign-in", (shop, _) => shop.SignInAsync("alice")),
        new("no-cookie", "/sign-in/done"),
        new("register", "/register"),
        new("register-help", "/register", null, Opens: true),
        new("register-bad", null, (shop, _) => shop.BeginRegistrationAsync("ada@localhost@", "short")),
        new("register-code", null, (shop, _) => shop.BeginRegistrationAsync("gallery@example.org", ShopPages.NewPassword)),
        new("register-code-wrong", null, BeginAndGuessAsync),
        new("checkout-empty", "/checkout", (shop, _) => shop.SignInAsync("alice")),
        new("checkout", "/checkout", (shop, _) => ShopAsync(shop)),
        new("order", null, OrderAsync),
        new("confirm", "/confirm?returnUrl=%2Fcheckout", (shop, _) => shop.SignInAsync("alice")),
        new("confirm-wrong", "/confirm?returnUrl=%2Fcheckout&reason=wrong", (shop, _) => shop.SignInAsync("alice")),
        new("confirm-help", "/confirm?returnUrl=%2Fcheckout", (shop, _) => shop.SignInAsync("alice"), Opens: true),
        new("preferences", "/preferences"),
        new("devices", "/devices", SignInTwiceAsync),
        new("devices-help", "/devices", SignInTwiceAsync, Opens: true),
        new("password", "/password", (shop, _) => shop.SignInAsync("alice")),
        new("password-help", "/password", (shop, _) => shop.SignInAsync("alice"), Opens: true),
        new("password-wrong", null, (shop, _) => ChangePasswordAsync(shop, "wrong", ShopPages.NewPassword)),
        new("password-bad", null, (shop, _) => ChangePasswordAsync(shop, ShopPages.DemoPassword, "short")),
        new("not-me", "/devices/not-me/done", (shop, _) => shop.SignInAsync("alice")),
        new("sign-in-reported", "/sign-in?reason=reportedByOwner"),
        new("activity", "/activity", SignInAndOutAsync),
        new("not-found", "/no-such-page"),
    ];

    private static async Task SignInTwiceAsync(ShopPages shop, Func<Task<ShopPages>> openAnother)
    {
        await (await openAnother()).SignInAsync("alice");
        await shop.SignInAsync("alice");
    }

    private static async Task SignInAndOutAsync(ShopPages shop, Func<Task<ShopPages>> openAnother)
    {
        await shop.SignInAsync("alice", remember: true);
        await shop.SignOutAsync();
        await SignInTwiceAsync(shop, openAnother);
    }

    private static async Task ChangePasswordAsync(ShopPages shop, string current, string wanted)
    {
        await shop.SignInAsync("alice");
        await shop.ChangePasswordAsync(current, wanted);
    }

    private static async Task BeginAndGuessAsync(ShopPages shop, Func<Task<ShopPages>> openAnother)
    {
        await shop.BeginRegistrationAsync("gallery@example.org", ShopPages.NewPassword);
        await shop.EnterCodeAsync("guess");
    }

    private static async Task OrderAsync(ShopPages shop, Func<Task<ShopPages>> openAnother)
    {
        await ShopAsync(shop);
        await shop.OrderAsync();
    }

    private static async Task ShopAsync(ShopPages shop)
    {
        await shop.AddToCartAsync("Mountain tea");
        await shop.AddToCartAsync("Storm lantern");
        await shop.SignInAsync("alice");
        await shop.GoAsync("/");
    }
}
