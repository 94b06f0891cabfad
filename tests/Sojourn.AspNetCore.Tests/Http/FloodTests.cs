namespace Sojourn.AspNetCore.Tests;

/// <summary>Many visits in a short time, by where they come from.</summary>
[Requirement("ASVS-2.4.1")]
public sealed class FloodTests
{
    [Theory]
    [InlineData("198.51.100.7", "198.51.100.7", true)]
    [InlineData("198.51.100.7", "198.51.100.8", false)]
    [InlineData("::ffff:198.51.100.7", "198.51.100.7", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff::1", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    public async Task Visits_from_one_address_or_network_are_limited_together(string first, string second, bool isOne)
    {
        await using var app = await StartAsync();
        Assert.Equal((int[])[200, 200, 200, 429], await VisitsAsync(app, first, 4));

        Assert.Equal((int[])[isOne ? 429 : 200], await VisitsAsync(app, second, 1));
        app.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal((int[])[200, 200, 200, 429], await VisitsAsync(app, first, 4));
    }

    [Fact]
    public async Task Who_is_refused_is_told_when_to_try_again_and_gets_no_cookie()
    {
        await using var app = await StartAsync();
        await VisitsAsync(app, "198.51.100.7", 3);
        using var visitor = app.NewBrowser();
        var reply = await visitor.PostAsync("/data/cart/tea", ("X-From", "198.51.100.7"));

        Assert.Equal((429, "5", "application/problem+json"), (reply.Status, reply.Header("Retry-After"), reply.ContentHeaders.ContentType?.MediaType));
        Assert.Empty(reply.SetCookies);
    }

    [Fact]
    public async Task A_flood_of_visits_keeps_nobody_at_that_address_from_signing_in_or_staying_in()
    {
        await using var app = await StartAsync();
        using var inside = await app.SignInAsync("bob");
        await VisitsAsync(app, "198.51.100.7", 50);
        using var browser = app.NewBrowser();

        Assert.Equal(200, (await browser.PostAsync("/sign-in/ada", ("X-From", "198.51.100.7"))).Status);
        Assert.Equal("ada", (await browser.GetAsync("/private", ("X-From", "198.51.100.7"))).Body);
        Assert.Equal("bob", (await inside.GetAsync("/private", ("X-From", "198.51.100.7"))).Body);
    }

    private static async Task<int[]> VisitsAsync(TestApp app, string address, int count)
    {
        var statuses = new int[count];
        for (var i = 0; i < count; i++)
        {
            using var visitor = app.NewBrowser();
            statuses[i] = (await visitor.PostAsync("/data/cart/tea", ("X-From", address))).Status;
        }

        return statuses;
    }

    private static Task<TestApp> StartAsync() => TestApp.StartAsync(options: options => options.StartsPerAddress = 3, services: FromAddress.Add);
}
