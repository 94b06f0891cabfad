using Microsoft.Playwright;

namespace Sojourn.Browser.Tests;

/// <summary>The password once more, in a real browser: pages with their forms, and calls by the module.</summary>
public sealed class StepUpTests(SharedChromium chromium, RunningShop running) : ShopTest(chromium, running)
{
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
}
