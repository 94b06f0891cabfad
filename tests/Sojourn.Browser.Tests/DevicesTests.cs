namespace Sojourn.Browser.Tests;

/// <summary>One person, two browsers.</summary>
public sealed class DevicesTests(SharedChromium chromium, RunningShop running) : ShopTest(chromium, running)
{
    [Fact]
    [Requirement("ASVS-7.4.1")]
    [Requirement("ASVS-10.4.9")]
    [Requirement("WSTG-SESS-11.d")]
    [Requirement("CSMCS-49")]
    public async Task Ending_the_other_device_signs_it_out_and_tells_it_why()
    {
        var home = await OpenAsync(new() { UserAgent = ChromeOnLinux });
        var work = await OpenAsync(new() { UserAgent = FirefoxOnWindows });
        await home.SignInAsync("alice");
        await work.SignInAsync("alice");

        Assert.Equal([new("Chrome on Linux", true), new("Firefox on Windows", false)], await home.DevicesAsync());
        Assert.Equal([new("Firefox on Windows", true), new("Chrome on Linux", false)], await work.DevicesAsync());

        await home.DevicesAsync();
        await home.EndDeviceAsync("Firefox on Windows");
        Assert.Contains("That session has ended.", await home.TextAsync(), StringComparison.Ordinal);
        Assert.Equal([new("Chrome on Linux", true)], await home.DevicesAsync());

        await work.GoAsync("/devices");
        await work.ExpectSignedOutAsync("you ended this session from another device.");
        Assert.Equal([new("Chrome on Linux", true)], await home.DevicesAsync());
    }

    [Fact]
    public async Task Signing_in_from_the_page_that_told_of_the_end_leads_back_to_where_one_was()
    {
        var home = await OpenAsync();
        var work = await OpenAsync(new() { UserAgent = FirefoxOnWindows });
        await home.SignInAsync("alice");
        await work.SignInAsync("alice");
        await home.DevicesAsync();
        await home.EndDeviceAsync("Firefox on Windows");

        await work.GoAsync("/devices");
        await work.SignInAsync("alice");
        Assert.Equal("/devices", work.Path);
        Assert.Equal(2, (await work.DevicesAsync()).Count);
    }

    [Fact]
    [Requirement("ASVS-7.5.2")]
    [Requirement("NIST-5.3-2")]
    public async Task Saying_that_one_was_not_me_ends_it_and_has_the_third_device_confirm_on_a_phone_too()
    {
        var phone = await OpenAsync(new() { ViewportSize = new() { Width = 390, Height = 844 } });
        var stranger = await OpenAsync(new() { UserAgent = FirefoxOnWindows });
        var desk = await OpenAsync();
        await phone.SignInAsync("alice");
        await stranger.SignInAsync("alice");
        await desk.SignInAsync("alice");

        await phone.DevicesAsync();
        await phone.DisownDeviceAsync("Firefox on Windows");
        Assert.Equal("/devices/not-me/done", phone.Path);
        Assert.Contains("That session has ended", await phone.TextAsync(), StringComparison.Ordinal);
        Assert.True(await phone.IsSignedInAsync());

        await stranger.GoAsync("/devices");
        await stranger.ExpectSignedOutAsync("this sign-in, or another one from this browser, was reported");

        await desk.DevicesAsync();
        await desk.SubmitAsync(desk.Tab.GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = "End all others" }));
        await desk.ConfirmAsync(); // it had authenticated a moment ago, which counts no more
        Assert.Equal("/devices", desk.Path);
    }
}
