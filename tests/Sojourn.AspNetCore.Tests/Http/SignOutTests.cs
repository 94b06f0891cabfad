using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Sojourn.AspNetCore.Tests;

/// <summary>What else happens in the request of a sign-out or a step-up must not undo it.</summary>
public sealed class SignOutTests
{
    private static readonly SessionKey<string> Notice = new("notice");

    [Fact, Requirement("CSMCS-33")]
    public async Task A_notice_that_is_kept_for_the_next_page_does_not_keep_the_cookie()
    {
        await using var app = await TestApp.StartAsync(endpoints: app => app.MapPost("/leave", async (HttpContext context, Session session) =>
        {
            await context.SignOutAsync();
            session.Set(Notice, "bye");
        }));
        using var browser = app.NewBrowser();
        await browser.PostAsync("/sign-in/ada");
        await browser.PostAsync("/leave");

        Assert.Null(browser.Session);
        Assert.NotNull(browser.Visit);
        Assert.Equal("bye", (await browser.GetAsync("/data/notice")).Body);
    }

    [Fact]
    public async Task A_removal_by_a_stranger_starts_no_session()
    {
        await using var app = await TestApp.StartAsync(endpoints: app => app.MapPost("/forget", (Session session) => session.Remove(Notice)));
        using var browser = app.NewBrowser();
        var reply = await browser.PostAsync("/forget");

        Assert.Equal(200, reply.Status);
        Assert.Empty(reply.SetCookies);
    }

    [Fact]
    public async Task A_step_up_whose_handler_throws_without_a_page_still_delivers_the_token()
    {
        await using var app = await TestApp.StartAsync(endpoints: app => app.MapPost("/step-up-and-throw", async Task (Session session) =>
        {
            await session.StepUpAsync("otp");
            throw new InvalidOperationException("after the step-up");
        }));
        using var browser = app.NewBrowser();
        await browser.PostAsync("/sign-in/ada");
        var before = browser.Session;
        Assert.Equal(500, (await browser.PostAsync("/step-up-and-throw")).Status);

        Assert.NotEqual(before, browser.Session);
        Assert.Equal("ada", (await browser.GetAsync("/private")).Body);
    }
}
