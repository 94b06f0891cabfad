using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace Sojourn.Browser.Tests;

/// <summary>A session as the devices page shows it.</summary>
public sealed record DeviceShown(string Label, bool IsThisOne);

/// <summary>
/// The shop as somebody uses it in one tab: what they read and press, by names and labels. All that tests know of the
/// shop's pages is here.
/// </summary>
public sealed partial class ShopPages(IPage page, Uri address)
{
    public const string DemoPassword = "sojourn-demo-1";
    public const string NewPassword = "correct horse battery";

    public IPage Tab => page;

    public IBrowserContext Context => page.Context;

    public string Path => new Uri(page.Url).AbsolutePath;

    public async Task<int> GoAsync(string path) => (await page.GotoAsync(new Uri(address, path).AbsoluteUri))?.Status ?? 0;

    /// <summary>The words of the page.</summary>
    public Task<string> TextAsync() => page.Locator("body").InnerTextAsync();

    public async Task<bool> IsSignedInAsync() => await SignOutButton.CountAsync() > 0;

    public async Task SignInAsync(string user, string password = DemoPassword, bool remember = false)
    {
        if (Path != "/sign-in")
        {
            await GoAsync("/sign-in");
        }

        await SubmitSignInAsync(user, password, remember);
        await page.WaitForURLAsync(url => !new Uri(url).AbsolutePath.StartsWith("/sign-in", StringComparison.Ordinal));
        Assert.True(await IsSignedInAsync(), $"Not signed in at {page.Url}: {await TextAsync()}");
    }

    /// <summary>Fills in the form of the sign-in page and sends it, whatever becomes of it.</summary>
    public async Task SubmitSignInAsync(string user, string password, bool remember = false)
    {
        await page.Locator("input[name=user]").FillAsync(user);
        await page.Locator("input[name=password]").FillAsync(password);
        await page.Locator("input[name=remember]").SetCheckedAsync(remember);
        await SubmitAsync(page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }));
    }

    /// <summary>Types the password into the page that asks for it once more, and goes on to wherever it leads.</summary>
    public async Task ConfirmAsync(string password = DemoPassword)
    {
        Assert.Equal("/confirm", Path);
        await page.Locator("input[name=password]").FillAsync(password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Go on" }).ClickAsync();
        await page.WaitForURLAsync(url => !new Uri(url).AbsolutePath.StartsWith("/session", StringComparison.Ordinal)); // a page in between sends a form again
    }

    public async Task SignOutAsync()
    {
        await SubmitAsync(SignOutButton);
        Assert.False(await IsSignedInAsync());
    }

    /// <summary>Asks for an account, whatever becomes of it; the form's own checks do not hold it back.</summary>
    public async Task BeginRegistrationAsync(string address, string password)
    {
        await GoAsync("/register");
        await page.Locator("main form").EvaluateAsync("form => form.noValidate = true");
        await page.Locator("input[name=user]").FillAsync(address);
        await page.Locator("input[name=password]").FillAsync(password);
        await SubmitAsync(page.GetByRole(AriaRole.Button, new() { Name = "Send me a code" }));
    }

    /// <summary>Reads the code in the letter, which Development shows.</summary>
    public async Task<string> ReadCodeAsync()
    {
        var letter = await page.RunAndWaitForPopupAsync(() => page.GetByRole(AriaRole.Link, new() { Name = "read it" }).ClickAsync());
        await letter.WaitForLoadStateAsync();
        var text = await letter.InnerTextAsync("body");
        await letter.CloseAsync();
        return SixDigits().Match(text).Value;
    }

    public async Task EnterCodeAsync(string code)
    {
        await page.Locator("input[name=code]").FillAsync(code);
        await SubmitAsync(page.GetByRole(AriaRole.Button, new() { Name = "Open my account" }));
    }

    /// <summary>Fills in the page for another password and sends it, whatever becomes of it; the form's own checks do not hold it back.</summary>
    public async Task ChangePasswordAsync(string current, string wanted)
    {
        await GoAsync("/password");
        await page.Locator("main form").EvaluateAsync("form => form.noValidate = true");
        await page.Locator("input[name=current]").FillAsync(current);
        await page.Locator("input[name=new]").FillAsync(wanted);
        await SubmitAsync(page.GetByRole(AriaRole.Button, new() { Name = "Change the password" }));
    }

    /// <summary>Orders what is in the cart; gives the number of the order.</summary>
    public async Task<string> OrderAsync()
    {
        await GoAsync("/checkout");
        await SubmitAsync(page.GetByRole(AriaRole.Button, new() { Name = "Place the order" }));
        return SixDigits().Match(await TextAsync()).Value;
    }

    public async Task AddToCartAsync(string product)
    {
        await GoAsync("/");
        await SubmitAsync(page.GetByRole(AriaRole.Button, new() { Name = $"Add {product}" }));
        await page.GetByRole(AriaRole.Status).Filter(new() { HasText = product }).WaitForAsync();
    }

    /// <summary>The products in the cart.</summary>
    public async Task<IReadOnlyList<string>> CartAsync()
    {
        await GoAsync("/");
        return await page.GetByRole(AriaRole.Region, new() { Name = "Your cart" }).Locator("li .name").AllInnerTextsAsync();
    }

    /// <summary>Goes to the devices page, and reads it if the shop shows it.</summary>
    public async Task<IReadOnlyList<DeviceShown>> DevicesAsync()
    {
        await GoAsync("/devices");
        var titles = await Devices.GetByRole(AriaRole.Heading).AllInnerTextsAsync();
        return [.. titles.Select(title => new DeviceShown(
            title.Replace("This one", "", StringComparison.OrdinalIgnoreCase).Trim(), title.Contains("This one", StringComparison.OrdinalIgnoreCase)))];
    }

    public Task EndDeviceAsync(string label)
        => SubmitAsync(Devices.Filter(new() { HasText = label }).GetByRole(AriaRole.Button, new() { Name = "End this one" }));

    public Task DisownDeviceAsync(string label)
        => SubmitAsync(Devices.Filter(new() { HasText = label }).GetByRole(AriaRole.Button, new() { Name = "This wasn’t me" }));

    /// <summary>Whether this is the sign-in page, and says so: "You were signed out because …".</summary>
    public async Task ExpectSignedOutAsync(string because)
    {
        Assert.Equal("/sign-in", Path);
        await page.GetByRole(AriaRole.Status).Filter(new() { HasText = $"You were signed out because {because}" }).WaitForAsync();
        Assert.False(await IsSignedInAsync());
    }

    /// <summary>Presses a button that sends a form, and waits for the page that comes of it, however many redirects away.</summary>
    public async Task SubmitAsync(ILocator button)
    {
        var loaded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void OnLoad(object? sender, IPage of) => loaded.TrySetResult();
        page.Load += OnLoad;
        try
        {
            await button.ClickAsync();
            await loaded.Task.WaitAsync(TimeSpan.FromMilliseconds(Chromium.PatienceMilliseconds));
        }
        finally
        {
            page.Load -= OnLoad;
        }
    }

    [GeneratedRegex(@"\d{6}")]
    private static partial Regex SixDigits();

    private ILocator SignOutButton => page.GetByRole(AriaRole.Button, new() { Name = "Sign out" });

    private ILocator Devices => page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Listitem);
}
