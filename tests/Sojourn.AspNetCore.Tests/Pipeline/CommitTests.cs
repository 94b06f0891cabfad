using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Sojourn.Testing;

namespace Sojourn.AspNetCore.Tests;

/// <summary>Session data is committed before the first byte, however the answer is written; a refused commit has a clear answer.</summary>
public sealed class CommitTests
{
    private static readonly SessionKey<string> Note = new("note");
    private static readonly string[] Methods = ["POST", "HEAD"];

    public static TheoryData<string> Forms =>
        ["string", "json", "stream", "file", "bytes", "body", "writer", "flush", "start", "start-late", "complete", "complete-pipe", "empty", "no-content", "redirect", "problem", "head"];

    [Theory, MemberData(nameof(Forms))]
    public async Task Data_is_there_when_the_answer_is(string form)
    {
        await using var app = await StartAsync();
        using var browser = await app.SignInAsync("ada");
        var reply = await SendAsync(browser, form);

        Assert.InRange(reply.Status, 200, 422);
        Assert.Equal(form, (await browser.GetAsync("/data/note")).Body);
    }

    [Theory, MemberData(nameof(Forms))]
    public async Task A_commit_that_fails_leaves_nothing_of_the_answer(string form)
    {
        await using var app = await StartAsync();
        using var browser = await app.SignInAsync("ada");
        app.Store.Inject(StoreOperation.CommitData, StoreFault.FailBefore);
        var reply = await SendAsync(browser, form);

        // Had one byte or header of the application's answer gone out first, the status could not be ours.
        Assert.Equal(503, reply.Status);
        Assert.DoesNotContain("written", reply.Body, StringComparison.Ordinal);
        Assert.Equal("", reply.Header("Location"));
        app.Repair();
        Assert.Equal("none", (await browser.GetAsync("/data/note")).Body);
    }

    [Fact]
    public async Task The_write_reaches_the_store_before_the_first_byte_reaches_the_client()
    {
        var gate = new Gate();
        await using var app = await TestApp.StartAsync(endpoints: routes => routes.MapPost("/streams", async (Session session, HttpContext context) =>
        {
            session.Set(Note, "early");
            await context.Response.WriteAsync("first", context.RequestAborted);
            await gate.PassAsync();
            await context.Response.WriteAsync(" last", context.RequestAborted);
        }));
        using var browser = await app.SignInAsync("ada");
        var answer = browser.PostAsync("/streams");
        await gate.Reached;

        Assert.Equal("early", (await browser.GetAsync("/data/note")).Body);
        gate.Open();
        Assert.Equal("first last", (await answer).Body);
    }

    [Fact]
    public async Task A_web_socket_is_accepted_only_after_the_commit()
    {
        await using var app = await StartAsync();
        using var browser = await app.SignInAsync("ada");
        using (var socket = await Sockets.ConnectAsync(browser, "/socket"))
        {
            // Nothing was sent over the socket yet: the handshake alone must have committed.
            Assert.Equal("socket", (await browser.GetAsync("/data/note")).Body);
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, TestContext.Current.CancellationToken);
        }

        app.Store.Inject(StoreOperation.CommitData, StoreFault.FailBefore);
        var refused = await Assert.ThrowsAsync<WebSocketException>(() => Sockets.ConnectAsync(browser, "/socket"));
        Assert.Contains("503", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_after_the_response_started_throws_and_says_what_to_do_instead()
    {
        var messages = new List<string?>();
        await using var app = await TestApp.StartAsync(endpoints: routes => routes.MapPost("/late", async (Session session, HttpContext context) =>
        {
            await context.Response.WriteAsync("started", context.RequestAborted);
            messages.Add(Record.Exception(() => session.Set(Note, "late"))?.Message);
            messages.Add(Record.Exception(() => session.Remove(Note))?.Message);
            messages.Add(Record.Exception(session.ForgetCookie)?.Message);
            messages.Add((await Record.ExceptionAsync(async () => await session.StepUpAsync("otp")))?.Message);
            messages.Add((await Record.ExceptionAsync(() => context.SignInAsync(TestApp.User("eve"))))?.Message);
            await session.UpdateAsync(Note, _ => "updated");
        }));
        using var browser = await app.SignInAsync("ada");
        await browser.PostAsync("/late");

        Assert.All(messages, message => Assert.Contains("The response has started", message, StringComparison.Ordinal));
        Assert.Contains("UpdateAsync", messages[0], StringComparison.Ordinal);
        Assert.Equal("updated", (await browser.GetAsync("/data/note")).Body);
        Assert.Equal("ada", (await browser.GetAsync("/private")).Body);
    }

    [Fact]
    public async Task A_visitor_whose_answer_has_begun_gets_no_session_that_could_not_be_sent()
    {
        await using var app = await TestApp.StartAsync(endpoints: routes => routes.MapPost("/late", async (Session session, HttpContext context) =>
        {
            await context.Response.WriteAsync("started ", context.RequestAborted);
            var fault = await Record.ExceptionAsync(async () => await session.UpdateAsync(Note, _ => "updated", context.RequestAborted));
            await context.Response.WriteAsync(fault?.Message ?? "done", context.RequestAborted);
        }));
        using var browser = app.NewBrowser();
        var reply = await browser.PostAsync("/late");

        Assert.Contains("too late to start a session", reply.Body, StringComparison.Ordinal);
        Assert.Equal(0, app.Store.Calls(StoreOperation.Start));
    }

    [Fact]
    public async Task Data_that_outgrows_its_limit_is_refused_with_413_and_nothing_is_written()
    {
        await using var app = await TestApp.StartAsync(
            options: options => options.DefaultPolicy = new() { MaxValueBytes = 100, MaxDataBytes = 150 },
            endpoints: routes => routes.MapPost("/grow/{a}/{b}", (int a, int b, Session session) =>
            {
                session.Set(new SessionKey<string>("a"), new string('a', a));
                session.Set(new SessionKey<string>("b"), new string('b', b));
                return "written";
            }));
        using var browser = await app.SignInAsync("ada");
        foreach (var path in new[] { "/grow/10/200", "/grow/80/80" })
        {
            var reply = await browser.PostAsync(path);
            Assert.Equal((413, "application/problem+json"), (reply.Status, reply.ContentHeaders.ContentType?.MediaType));
            Assert.DoesNotContain("written\"", reply.Body, StringComparison.Ordinal);
            Assert.Equal("none", (await browser.GetAsync("/data/a")).Body);
        }

        Assert.Equal("written", (await browser.PostAsync("/grow/60/60")).Body);
    }

    [Fact, Requirement("ASVS-7.4.1")]
    public async Task A_session_that_ended_meanwhile_answers_401_with_the_reason_and_keeps_nothing()
    {
        await using var app = await StartAsync();
        using var browser = await app.SignInAsync("ada");
        var reply = await EndWhileRunningAsync(app, browser, "/slow");

        Assert.Equal((401, "revokedByAdministrator"), (reply.Status, reply.Reason));
        Assert.Empty(reply.SetCookies);
        Assert.Equal((401, "revokedByAdministrator"), ((await browser.GetAsync("/private")).Status, (await browser.GetAsync("/private")).Reason));
    }

    [Fact]
    public async Task An_answer_that_only_watched_its_session_becomes_401_when_that_ends()
    {
        await using var app = await StartAsync();
        using var browser = await app.SignInAsync("ada");
        var reply = await EndWhileRunningAsync(app, browser, "/slow-watch");

        Assert.Equal((401, "revokedByAdministrator"), (reply.Status, reply.Reason));
    }

    [Fact]
    public async Task Signing_out_in_the_same_request_is_no_end_from_elsewhere()
    {
        await using var app = await TestApp.StartAsync(endpoints: routes => routes.MapPost("/watch-and-leave", async (Session session, HttpContext context) =>
        {
            var ended = session.Ended;
            session.Set(Note, "dropped");
            await context.SignOutAsync();
            await ended.Fired();
            return session.State + " " + session.EndReason;
        }));
        using var browser = await app.SignInAsync("ada");
        var reply = await browser.PostAsync("/watch-and-leave");

        Assert.Equal((200, "Ended SignedOut"), (reply.Status, reply.Body));
        Assert.Null(browser.Session);
    }

    [Fact]
    public async Task Row22_A_commit_of_an_older_lineage_is_refused_with_409_and_nothing_is_written()
    {
        var gate = new Gate();
        await using var app = await StartAsync(gate);
        using var browser = await app.SignInAsync("ada");
        using var tab = browser.Copy();
        var slow = tab.PostAsync("/slow");
        await gate.Reached;
        await browser.PostAsync("/step-up");
        gate.Open();
        var reply = await slow;

        Assert.Equal((409, "superseded"), (reply.Status, reply.Reason));
        Assert.Empty(reply.SetCookies);
        Assert.Equal("none", (await browser.GetAsync("/data/note")).Body);
    }

    [Fact]
    public async Task Row23_A_commit_goes_through_when_only_its_token_was_retired_meanwhile()
    {
        var gate = new Gate();
        await using var app = await StartAsync(gate);
        using var browser = await app.SignInAsync("ada");
        using var tab = browser.Copy();
        var slow = tab.PostAsync("/slow");
        await gate.Reached;
        app.Time.Advance(TimeSpan.FromMinutes(16));
        await browser.GetAsync("/private"); // brings a successor,
        await browser.GetAsync("/private"); // which is now presented
        gate.Open();

        Assert.Equal(200, (await slow).Status);
        Assert.Equal("slow", (await browser.GetAsync("/data/note")).Body);
    }

    [Fact, Requirement("CSMCS-23"), Requirement("WSTG-SESS-03.e")]
    public async Task Step_up_and_data_in_one_request_both_hold_and_the_old_token_is_dead()
    {
        await using var app = await TestApp.StartAsync(endpoints: routes => routes.MapPost("/confirm", async (Session session) =>
        {
            session.Set(Note, "before");
            await session.StepUpAsync("otp");
            session.Set(new SessionKey<string>("more"), "after");
            return string.Join(',', session.Methods.Select(method => method.Name));
        }));
        using var browser = await app.SignInAsync("ada");
        using var old = browser.Copy();
        var reply = await browser.PostAsync("/confirm");

        Assert.Equal("pwd,otp", reply.Body);
        Assert.NotNull(reply.SessionCookie);
        Assert.NotEqual(old.Session, browser.Session);
        Assert.Equal("before", (await browser.GetAsync("/data/note")).Body);
        Assert.Equal("after", (await browser.GetAsync("/data/more")).Body);
        Assert.Equal((401, "superseded"), ((await old.GetAsync("/private")).Status, (await old.GetAsync("/private")).Reason));
    }

    [Fact]
    public async Task Data_of_a_visitor_that_the_request_itself_began_comes_along_when_it_signs_in()
    {
        await using var app = await TestApp.StartAsync(endpoints: routes => routes.MapPost("/buy-and-sign-in", async (Session session, HttpContext context) =>
        {
            await session.UpdateAsync(new SessionKey<string>("cart"), _ => "tea");
            session.Set(Note, "buffered");
            await context.SignInAsync(TestApp.User("ada"));
        }));
        using var browser = app.NewBrowser();
        await browser.PostAsync("/buy-and-sign-in");

        Assert.Null(browser.Visit);
        Assert.Equal("tea", (await browser.GetAsync("/data/cart")).Body);
        Assert.Equal("buffered", (await browser.GetAsync("/data/note")).Body);
    }

    private static async Task<Reply> EndWhileRunningAsync(TestApp app, Browser browser, string path)
    {
        var slow = browser.SendAsync(HttpMethod.Post, path, []);
        await app.Services.Gate().Reached;
        await app.Sessions.RevokeAsync(browser.SessionId, SessionEndReason.RevokedByAdministrator, cancellationToken: TestContext.Current.CancellationToken);
        app.Services.Gate().Open();
        return await slow;
    }

    private static Task<Reply> SendAsync(Browser browser, string form)
        => form == "head" ? browser.SendAsync(HttpMethod.Head, "/as/head", []) : browser.PostAsync("/as/" + form);

    private static Task<TestApp> StartAsync(Gate? gate = null)
    {
        var held = gate ?? new Gate();
        return TestApp.StartAsync(
            services: services => services.AddGate(held),
            pipeline: pipeline =>
            {
                pipeline.UseWebSockets();
                pipeline.UseSojourn();
            },
            endpoints: routes =>
            {
                MapForms(routes);
                routes.MapPost("/slow", async (Session session) =>
                {
                    session.Set(Note, "slow");
                    await held.PassAsync();
                    return "written";
                });
                routes.MapPost("/slow-watch", async (Session session) =>
                {
                    var ended = session.Ended;
                    await held.PassAsync();
                    await ended.Fired();
                    return "written";
                });
                routes.MapGet("/socket", async (Session session, HttpContext context) =>
                {
                    session.Set(Note, "socket");
                    using var socket = await context.WebSockets.AcceptWebSocketAsync();
                    await socket.ReceiveAsync(new byte[16], context.RequestAborted);
                });
            });
    }

    private static void MapForms(IEndpointRouteBuilder routes)
    {
        var answers = new Dictionary<string, Func<HttpContext, Task>>(StringComparer.Ordinal)
        {
            ["string"] = context => Results.Text("written").ExecuteAsync(context),
            ["json"] = context => Results.Json(Methods).ExecuteAsync(context),
            ["stream"] = context => Results.Stream(new MemoryStream("written"u8.ToArray())).ExecuteAsync(context),
            ["file"] = context => Results.File(typeof(CommitTests).Assembly.Location, "application/octet-stream").ExecuteAsync(context),
            ["bytes"] = context => Results.Bytes("written"u8.ToArray()).ExecuteAsync(context),
            ["body"] = context => context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes("written")).AsTask(),
            ["writer"] = context => context.Response.BodyWriter.WriteAsync(Encoding.UTF8.GetBytes("written")).AsTask(),
            ["flush"] = context => context.Response.Body.FlushAsync(),
            ["start"] = async context =>
            {
                await context.Response.StartAsync();
                await context.Response.WriteAsync("written");
            },
            ["start-late"] = async context =>
            {
                "written"u8.CopyTo(context.Response.BodyWriter.GetSpan(7));
                context.Response.BodyWriter.Advance(7);
                await context.Response.StartAsync();
            },
            ["complete"] = async context =>
            {
                await context.Response.CompleteAsync();
            },
            ["complete-pipe"] = async context =>
            {
                "written"u8.CopyTo(context.Response.BodyWriter.GetSpan(7));
                context.Response.BodyWriter.Advance(7);
                await context.Response.BodyWriter.CompleteAsync();
            },
            ["empty"] = _ => Task.CompletedTask,
            ["no-content"] = context => Results.NoContent().ExecuteAsync(context),
            ["redirect"] = context => Results.LocalRedirect("/open").ExecuteAsync(context),
            ["problem"] = context => Results.Problem("written", statusCode: 422).ExecuteAsync(context),
            ["head"] = _ => Task.CompletedTask,
        };
        routes.MapMethods("/as/{form}", Methods, (string form, Session session, HttpContext context) =>
        {
            session.Set(Note, form);
            return answers[form](context);
        });
    }
}
