namespace Sojourn.Browser.Tests;

/// <summary>A copied cookie in the hands of a thief, while the person it was copied from goes on in Chromium.</summary>
public sealed class TheftTests(SharedChromium chromium, RunningShop running) : ShopTest(chromium, running)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    [Requirement("CSMCS-42")]
    public async Task Theft_PatientThief_WithheldSuccessors_StalledFinding_AndExpelled()
    {
        var victim = await OpenAsync(new() { BypassCSP = true }); // for the fetch below
        await victim.SignInAsync("alice");
        var stolen = (await CookieAsync(victim.Context))!;
        using var thief = new Thief(Address, Cookie, stolen);

        // The thief asks first, again and again, and keeps what the victim should have got; one only reaches the victim.
        Time.Advance(Interval);
        for (var run = 1; run <= 4; run++)
        {
            Assert.True(await thief.TakeAsync());
            await victim.GoAsync("/");
            Assert.Equal(stolen, await CookieAsync(victim.Context));
            Time.Advance(Minute);
        }

        await victim.Tab.EvaluateAsync("fetch('/api/session').then(answer => answer.text())"); // a page's pictures would show the new cookie at once
        Assert.NotEqual(stolen, await CookieAsync(victim.Context));
        Time.Advance(Minute);
        Assert.True(await thief.TakeAsync());
        Assert.Equal(["RotationStalled"], Findings.Names);

        // The victim goes on with it: from here the thief's copy ages.
        Assert.Single(await victim.DevicesAsync());
        Assert.Null(await thief.RefusalAsync());
        Time.Advance(Minute + Minute);
        Assert.Equal("superseded", await thief.RefusalAsync());
        Assert.Single(await victim.DevicesAsync());
        Time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal("replayed", await thief.RefusalAsync());

        await victim.GoAsync("/devices");
        await victim.ExpectSignedOutAsync("an old sign-in of this browser was used again, which may mean that somebody copied it.");
        await victim.SignInAsync("alice");
        Assert.Single(await victim.DevicesAsync());
        Assert.Equal("tokenReplay", await thief.RefusalAsync());
    }

    [Theory]
    [InlineData(3, 5)]
    [InlineData(7, 4)]
    public async Task A_copied_cookie_is_of_no_use_two_hours_later_whoever_asks_more_often(int thiefEvery, int victimEvery)
    {
        var victim = await OpenAsync();
        await victim.SignInAsync("alice");
        using var thief = new Thief(Address, Cookie, (await CookieAsync(victim.Context))!);
        string? refused = null;
        for (var minute = 1; minute <= 120 && refused is not ("replayed" or "tokenReplay"); minute++)
        {
            Time.Advance(Minute);
            if (minute % thiefEvery == 0)
            {
                refused = await thief.RefusalAsync();
            }

            if (minute % victimEvery == 0)
            {
                await victim.GoAsync("/devices");
            }
        }

        Assert.Contains(refused, (string?[])["replayed", "tokenReplay"]);
    }
}
