using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Sojourn.Testing;

namespace Sojourn.AspNetCore.Tests;

/// <summary>A session whose token the client never got is nobody's: it ends at once, or after ten minutes at the latest.</summary>
public sealed class DeliveryTests
{
    [Theory]
    [InlineData("/sign-in-and-throw")]
    [InlineData("/visit-and-throw")]
    public async Task It_ends_when_the_handler_throws_and_no_page_answers(string path)
    {
        var started = new TaskCompletionSource<(SessionId Id, CancellationToken Ended)>();
        await using var app = await StartAsync(started);
        using var browser = app.NewBrowser();
        var reply = await browser.PostAsync(path);
        var (id, ended) = await started.Task;
        await ended.Fired();

        Assert.Equal(500, reply.Status);
        Assert.Empty(reply.SetCookies);
        Assert.Equal(SessionEndReason.Abandoned, (await app.Sessions.FindAsync(id, TestContext.Current.CancellationToken))?.EndReason ?? SessionEndReason.Abandoned);
    }

    [Fact]
    public async Task It_ends_when_the_client_goes_away_before_the_answer()
    {
        var started = new TaskCompletionSource<(SessionId Id, CancellationToken Ended)>();
        await using var app = await StartAsync(started);
        using (var client = new TcpClient())
        {
            await client.ConnectAsync(app.Address.Host, app.Address.Port, TestContext.Current.CancellationToken);
            await client.GetStream().WriteAsync(
                Encoding.ASCII.GetBytes("POST /sign-in-and-wait HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: same-origin\r\nContent-Length: 0\r\n\r\n"), TestContext.Current.CancellationToken);
            await started.Task.Within30Seconds();
            client.LingerState = new LingerOption(enable: true, seconds: 0); // gone, not merely closed
        }

        var (id, ended) = await started.Task;
        await ended.Fired();
        Assert.Equal(SessionEndReason.Abandoned, (await app.Sessions.FindAsync(id, TestContext.Current.CancellationToken))!.EndReason);
    }

    [Fact]
    public async Task When_it_cannot_be_ended_either_the_log_says_so_and_the_sweep_ends_it()
    {
        var started = new TaskCompletionSource<(SessionId Id, CancellationToken Ended)>();
        await using var app = await StartAsync(started);
        using var browser = app.NewBrowser();
        app.Store.Inject(StoreOperation.End, StoreFault.FailBefore);
        await browser.PostAsync("/sign-in-and-throw");
        var (id, _) = await started.Task;
        await app.Log.WaitForAsync("its token could not be sent, and it could not be ended");
        app.Repair();
        Assert.True((await app.Sessions.FindAsync(id, TestContext.Current.CancellationToken))!.EndReason == SessionEndReason.None);
        app.Time.Advance(TimeSpan.FromMinutes(11));
        await app.Engine.Sweeper.SweepAsync(TestContext.Current.CancellationToken);

        Assert.Equal(SessionEndReason.Abandoned, (await app.Sessions.FindAsync(id, TestContext.Current.CancellationToken))!.EndReason);
    }

    [Fact]
    public async Task A_session_whose_token_never_comes_back_ends_after_ten_minutes()
    {
        await using var app = await TestApp.StartAsync();
        using var browser = app.NewBrowser();
        using var used = await app.SignInAsync("ada");
        await browser.PostAsync("/sign-in/ada");
        app.Time.Advance(TimeSpan.FromMinutes(9));
        await app.Engine.Sweeper.SweepAsync(TestContext.Current.CancellationToken);
        Assert.True((await app.Sessions.FindAsync(browser.SessionId, TestContext.Current.CancellationToken))!.EndReason == SessionEndReason.None);
        app.Time.Advance(TimeSpan.FromMinutes(2));
        await app.Engine.Sweeper.SweepAsync(TestContext.Current.CancellationToken);

        Assert.Equal((401, "abandoned"), (await browser.GetAsync("/private") is var reply ? reply.Status : 0, reply.Reason));
        Assert.Equal("ada", (await used.GetAsync("/private")).Body);
    }

    private static Task<TestApp> StartAsync(TaskCompletionSource<(SessionId Id, CancellationToken Ended)> started)
    {
        TestApp? app = null;
        return StartAndKeepAsync();

        async Task<TestApp> StartAndKeepAsync() => app = await TestApp.StartAsync(endpoints: routes =>
        {
            routes.MapPost("/sign-in-and-throw", async (HttpContext context) =>
            {
                await context.SignInAsync(TestApp.User("ada"));
                Tell(context);
                throw new InvalidOperationException("boom");
            });
            routes.MapPost("/visit-and-throw", async (HttpContext context) =>
            {
                await context.SojournSession.UpdateAsync(new SessionKey<int>("n"), n => n + 1);
                Tell(context);
                throw new InvalidOperationException("boom");
            });
            routes.MapPost("/sign-in-and-wait", async (HttpContext context) =>
            {
                await context.SignInAsync(TestApp.User("ada"));
                Tell(context);
                await context.RequestAborted.Fired();
                context.RequestAborted.ThrowIfCancellationRequested();
            });
        });

        void Tell(HttpContext context)
        {
            var id = context.SojournSession.Id!.Value;
            started.SetResult((id, app!.Engine.Live.WatchFor(id).Ended));
        }
    }
}
