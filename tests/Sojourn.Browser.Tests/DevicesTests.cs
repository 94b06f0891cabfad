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
}
