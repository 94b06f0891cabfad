using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Sojourn.AspNetCore.Tests;

/// <summary>What README.md shows is what there is, and it works.</summary>
public sealed class ReadmeTests
{
    [Fact]
    public void The_hello_world_is_the_sample_word_for_word()
        => Assert.Equal(Documents.Read("samples/Hello/Program.cs"), Documents.Block("README.md", "samples/Hello/Program.cs"));

    [Fact]
    public void The_everyday_tasks_are_code_that_compiles_word_for_word()
    {
        var source = Documents.Read("tests/Sojourn.AspNetCore.Tests/Readme/EverydayTasks.cs");
        var marked = source.Split("// README begins\n")[1].Split("        // README ends")[0];
        var lines = marked.Split('\n').Select(line => line.StartsWith("        ", StringComparison.Ordinal) ? line[8..] : line);

        Assert.Equal(string.Join('\n', lines), Documents.Block("README.md", "tests/Sojourn.AspNetCore.Tests/Readme/EverydayTasks.cs"));
    }

    [Fact]
    public async Task The_everyday_tasks_do_what_they_say()
    {
        await using var app = await TestApp.StartAsync(
            options: options => options.Policies["staff"] = new(),
            endpoints: routes =>
            {
                routes.MapPost("/tasks", async (HttpContext context, Session session, SessionManager sessions, CancellationToken ct) =>
                {
                    var (cart, mine) = await EverydayTasks.DoAsync(context, TestApp.User("ada"), remember: true, session, sessions, "tea", ct);
                    return $"{string.Join(',', cart.Lines)} {mine.Sessions.Count} {session.Policy} {string.Join(',', session.Methods.Select(method => method.Name))}";
                });
                routes.MapGet("/theme", async (Session session) => await session.GetAsync(EverydayTasks.Keys.Theme));
            });
        using var elsewhere = await app.SignInAsync("ada");
        using var browser = app.NewBrowser();
        var reply = await browser.PostAsync("/tasks");

        Assert.Equal((200, "tea 2 staff pwd,otp"), (reply.Status, reply.Body));
        Assert.Equal("dark", (await browser.GetAsync("/theme")).Body);
        Assert.Equal("ada", (await browser.GetAsync("/private")).Body);
        Assert.Equal("signedOutEverywhere", (await elsewhere.GetAsync("/private")).Reason);
    }

    [Fact]
    public async Task The_hello_world_runs_as_the_README_says()
    {
        using var hello = Start();
        try
        {
            var address = new Uri(await ListeningAddressAsync(hello));
            using var browser = new Browser(address);
            Assert.Equal("Hello stranger", (await browser.GetAsync("/")).Body);
            Assert.Equal(403, (await browser.PostAsync("/sign-in/ada", ("Sec-Fetch-Site", ""))).Status); // "say so with curl"
            Assert.Equal(200, (await browser.PostAsync("/sign-in/ada")).Status);
            Assert.Equal("Hello ada", (await browser.GetAsync("/")).Body);
            using var copy = browser.Copy();
            Assert.Equal(200, (await browser.PostAsync("/sign-out")).Status);
            Assert.Equal("Hello stranger", (await browser.GetAsync("/")).Body);
            Assert.Equal("Hello stranger", (await copy.GetAsync("/")).Body);
        }
        finally
        {
            hello.Kill(entireProcessTree: true);
        }
    }

    private static Process Start()
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Hello.dll"), "--urls", "http://127.0.0.1:0"])
        {
            RedirectStandardOutput = true,
            WorkingDirectory = AppContext.BaseDirectory,
        };
        return Process.Start(start)!;
    }

    private static async Task<string> ListeningAddressAsync(Process process)
    {
        const string Mark = "Now listening on: ";
        while (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().Within30Seconds() is { } line)
        {
            if (line.Contains(Mark, StringComparison.Ordinal))
            {
                return line[(line.IndexOf(Mark, StringComparison.Ordinal) + Mark.Length)..].Trim();
            }
        }

        throw new InvalidOperationException("Hello ended before it listened.");
    }
}
