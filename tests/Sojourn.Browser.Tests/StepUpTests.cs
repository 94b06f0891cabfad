using Microsoft.Playwright;

namespace Sojourn.Browser.Tests;

/// <summary>The password once more, in a real browser: pages with their forms, and calls by the module.</summary>
public sealed class StepUpTests(SharedChromium chromium, RunningShop running) : ShopTest(chromium, running)
{
    private static readonly ViewportSize Phone = new() { Width = 390, Height = 844 };

    [Theory, InlineData(true), InlineData(false)]
    [Requirement("ASVS-7.5.3")]
    public async Task An_order_goes_on_after_the_password_without_being_sent_again_by_hand(bool scripts)
    {
        var shop = await OpenAsync(new() { JavaScriptEnabled = scripts });
        await shop.AddToCartAsync("Storm lantern");
        await shop.SignInAsync("alice");
        await shop.GoAsync("/checkout");
        Time.Advance(TimeSpan.FromMinutes(6));
        await shop.SubmitAsync(shop.Tab.GetByRole(AriaRole.Button, new() { Name = "Place the order" }));
        Assert.Equal("/confirm", shop.Path);
        var before = await CookieAsync(shop.Context);
        await shop.Tab.Locator("input[name=password]").FillAsync(ShopPages.DemoPassword);
        await shop.Tab.GetByRole(AriaRole.Button, new() { Name = "Go on" }).ClickAsync();
        if (!scripts)
        {
            await shop.Tab.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
        }

        await shop.Tab.WaitForURLAsync("**/checkout/done");
        Assert.Contains("Storm lantern", await shop.TextAsync(), StringComparison.Ordinal);
        Assert.NotEqual(before, await CookieAsync(shop.Context));
        Assert.Empty(await shop.CartAsync());
    }

    [Fact, Requirement("ASVS-7.5.2")]
    public async Task Ending_another_session_asks_for_the_password_and_a_wrong_one_ends_nothing()
    {
        var home = await OpenAsync();
        var work = await OpenAsync(new() { UserAgent = FirefoxOnWindows });
        await home.SignInAsync("alice");
        await work.SignInAsync("alice");
        Time.Advance(TimeSpan.FromMinutes(6));
        await home.DevicesAsync();
        await home.EndDeviceAsync("Firefox on Windows");
        await home.ConfirmAsync("not the password");
        Assert.Equal("/confirm", home.Path);
        Assert.Contains("That is not the password.", await home.TextAsync(), StringComparison.Ordinal);
        Assert.Single(await work.DevicesAsync(), device => !device.IsThisOne);

        await home.ConfirmAsync();
        await home.Tab.WaitForURLAsync("**/devices");
        Assert.Single(await home.DevicesAsync());
        await work.GoAsync("/devices");
        await work.ExpectSignedOutAsync("you ended this session from another device.");
    }

    [Fact]
    public async Task The_module_asks_in_a_window_and_repeats_the_call()
    {
        Complaints.Expect("/api/checkout"); // that it answered 403
        var shop = await OpenAsync();
        await shop.AddToCartAsync("Brass compass");
        await shop.SignInAsync("alice");
        await shop.GoAsync("/");
        Time.Advance(TimeSpan.FromMinutes(6));
        var call = shop.Tab.EvaluateAsync<string>("""
            async () => {
              const { fetchWithStepUp } = await import('/session/step-up.js');
              const response = await fetchWithStepUp('/api/checkout', { method: 'POST' }, {
                confirm: async problem => {
                  const answer = await fetch('/api/confirm', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"password":"sojourn-demo-1"}' });
                  return problem.within === 300 && problem.confirm === '/confirm' && answer.status === 204;
                },
              });
              return response.status + ' ' + Object.keys(await response.json());
            }
            """);

        Assert.Equal("200 number", await call);
        Assert.Empty(await shop.CartAsync());
    }

    [Fact, Requirement("ASVS-7.5.3")]
    public async Task Without_another_way_it_opens_a_small_window_and_goes_on_when_that_is_done()
    {
        Complaints.Expect("/api/checkout"); // that it answered 403
        var (shop, window, call) = await CallAndBeAskedAsync();
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        window.Tab.Close += (_, _) => closed.TrySetResult();
        await window.Tab.Locator("input[name=password]").FillAsync(ShopPages.DemoPassword);
        await window.Tab.Locator("input[name=password]").PressAsync("Enter"); // what follows closes the window

        Assert.StartsWith("200", await call, StringComparison.Ordinal);
        await closed.Task.WaitAsync(TimeSpan.FromMilliseconds(Chromium.PatienceMilliseconds), TestContext.Current.CancellationToken);
        Assert.Empty(await shop.CartAsync());
    }

    [Theory, InlineData(false), InlineData(true)]
    [Requirement("ASVS-7.5.3")]
    public async Task When_the_small_window_is_closed_without_that_the_call_is_answered_as_it_was(bool tries)
    {
        Complaints.Expect("/api/checkout");
        var (shop, window, call) = await CallAndBeAskedAsync();
        if (tries)
        {
            await window.ConfirmAsync("not the password");
            Assert.Equal("/confirm", window.Path);
        }

        await window.Tab.CloseAsync();

        Assert.Equal("403 step-up-required", await call);
        Assert.Equal(["Brass compass"], await shop.CartAsync());
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task On_a_phone_the_question_and_what_follows_fit_and_can_be_pressed(bool scripts)
    {
        var shop = await OpenAsync(new() { JavaScriptEnabled = scripts, ViewportSize = Phone });
        await shop.AddToCartAsync("Storm lantern");
        await shop.SignInAsync("alice");
        await shop.GoAsync("/checkout");
        Time.Advance(TimeSpan.FromMinutes(6));
        await shop.SubmitAsync(shop.Tab.GetByRole(AriaRole.Button, new() { Name = "Place the order" }));
        Assert.Equal("/confirm", shop.Path);
        await ExpectFitsAsync(shop);
        await shop.Tab.Locator("input[name=password]").FillAsync("not the password");
        await shop.SubmitAsync(shop.Tab.GetByRole(AriaRole.Button, new() { Name = "Go on" }));
        await ExpectFitsAsync(shop);
        await shop.Tab.Locator("input[name=password]").FillAsync(ShopPages.DemoPassword);
        var goOn = shop.Tab.GetByRole(AriaRole.Button, new() { Name = "Go on" });
        if (scripts)
        {
            await goOn.ClickAsync();
            await shop.Tab.WaitForURLAsync("**/checkout/done");
        }
        else
        {
            await shop.SubmitAsync(goOn);
            Assert.Equal("/session/resume", shop.Path);
            await ExpectFitsAsync(shop); // with scripts nobody sees it
            await shop.SubmitAsync(shop.Tab.GetByRole(AriaRole.Button, new() { Name = "Continue" }));
            Assert.Equal("/checkout/done", shop.Path);
        }

        await ExpectFitsAsync(shop);
    }

    [Fact]
    public async Task On_a_phone_the_warning_fits_and_can_be_pressed()
    {
        var shop = await OpenAsync(new() { ViewportSize = Phone });
        await shop.SignInAsync("alice");
        Time.Advance(TimeSpan.FromMinutes(59));
        await shop.Tab.EvaluateAsync("document.dispatchEvent(new Event('visibilitychange'))");
        var dialog = shop.Tab.GetByRole(AriaRole.Alertdialog);
        await dialog.WaitForAsync();
        await ExpectFitsAsync(shop);
        var box = (await dialog.BoundingBoxAsync())!;

        Assert.True(box.X >= 0 && box.X + box.Width <= Phone.Width && box.Y >= 0 && box.Y + box.Height <= Phone.Height, $"The dialog is at {box.X}, {box.Y}, {box.Width} x {box.Height} px.");
    }

    [Fact, Requirement("NIST-5.2-4"), Requirement("CSMCS-40")]
    public async Task A_page_warns_before_the_session_ends_and_goes_on_when_asked_to()
    {
        var shop = await OpenAsync();
        await shop.SignInAsync("alice");
        Time.Advance(TimeSpan.FromMinutes(59));
        await shop.Tab.EvaluateAsync("document.dispatchEvent(new Event('visibilitychange'))"); // as after a sleep
        var dialog = shop.Tab.GetByRole(AriaRole.Alertdialog);
        await dialog.WaitForAsync();
        Assert.Contains("signed out in 1 min", await dialog.InnerTextAsync(), StringComparison.Ordinal);

        await dialog.GetByRole(AriaRole.Button, new() { Name = "Stay signed in" }).ClickAsync();
        await dialog.WaitForAsync(new() { State = WaitForSelectorState.Hidden });
        Time.Advance(TimeSpan.FromMinutes(59));
        await shop.GoAsync("/devices");
        Assert.True(await shop.IsSignedInAsync());
    }

    [Fact, Requirement("CSMCS-40")]
    public async Task A_page_whose_session_has_ended_is_left()
    {
        var shop = await OpenAsync();
        await shop.SignInAsync("alice");
        await shop.DevicesAsync();
        Time.Advance(TimeSpan.FromMinutes(61));
        await shop.Tab.EvaluateAsync("document.dispatchEvent(new Event('visibilitychange'))");
        await shop.Tab.WaitForURLAsync("**/sign-in?**");

        await shop.ExpectSignedOutAsync("nothing happened for a while.");
    }

    /// <summary>Makes a call that needs a step-up, and gives the window that the module opens for it and the call, which waits.</summary>
    private async Task<(ShopPages Shop, ShopPages Window, Task<string> Call)> CallAndBeAskedAsync()
    {
        var shop = await OpenAsync();
        await shop.AddToCartAsync("Brass compass");
        await shop.SignInAsync("alice");
        await shop.GoAsync("/");
        Time.Advance(TimeSpan.FromMinutes(6));
        Task<string>? call = null;
        var window = await shop.Tab.RunAndWaitForPopupAsync(() =>
        {
            call = shop.Tab.EvaluateAsync<string>("""
                async () => {
                  const { fetchWithStepUp } = await import('/session/step-up.js');
                  const response = await fetchWithStepUp('/api/checkout', { method: 'POST' });
                  const { reason, number } = await response.json();
                  return response.status + ' ' + (reason ?? number);
                }
                """);
            return Task.CompletedTask;
        });
        await window.WaitForURLAsync("**/confirm*");
        return (shop, new(window, Address), call!);
    }

    /// <summary>Nothing has to be moved sideways, and a thumb hits every button.</summary>
    private static async Task ExpectFitsAsync(ShopPages shop)
    {
        var faults = await shop.Tab.EvaluateAsync<string[]>("""
            () => {
              const { scrollWidth, clientWidth } = document.documentElement;
              const buttons = [...document.querySelectorAll('button')].filter(button => button.checkVisibility());
              return [
                ...(scrollWidth <= clientWidth ? [] : [`${scrollWidth} px wide on ${clientWidth} px`]),
                ...(buttons.length ? [] : ['there is no button']),
                ...buttons.map(button => [button.textContent, button.getBoundingClientRect().height]).filter(([, height]) => height < 40).map(([name, height]) => `"${name}" is ${height} px high`),
              ];
            }
            """);
        Assert.True(faults.Length == 0, $"{shop.Path}: {string.Join(", ", faults)}");
    }
}
