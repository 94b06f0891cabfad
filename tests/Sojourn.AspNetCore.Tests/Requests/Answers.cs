using System.Buffers;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Sojourn.AspNetCore.Tests.Requests;

/// <summary>The ways in which handlers answer, each with the text that has to arrive.</summary>
internal static class Answers
{
    public static readonly string Large = new('x', 1 << 20);

    private static readonly string FilePath = WriteFile();

    private static readonly (string Name, Delegate Handler, string Expected)[] All =
    [
        ("nothing", () => { }, ""),
        ("no-content", () => Results.NoContent(), ""),
        ("string", () => "hello", "hello"),
        ("json", () => Results.Json(new { a = 1 }), """{"a":1}"""),
        ("large-json", () => Results.Json(Large), JsonSerializer.Serialize(Large)),
        ("text", () => Results.Text("hello"), "hello"),
        ("stream", () => Results.Stream(new MemoryStream(Encoding.UTF8.GetBytes(Large))), Large),
        ("bytes", () => Results.Bytes(Encoding.UTF8.GetBytes("hello")), "hello"),
        ("file", () => Results.File(FilePath), "a file"),
        ("send-file", Do(context => context.Response.SendFileAsync(FilePath, 2, 4)), "file"),
        ("start-only", Do(context => context.Response.StartAsync()), ""),
        ("flush-only", Do(context => context.Response.Body.FlushAsync()), ""),
        ("complete-only", Do(context => context.Response.CompleteAsync()), ""),
        ("write", Do(context => context.Response.WriteAsync("hello")), "hello"),
        ("start-write", Then(context => context.Response.StartAsync(), context => context.Response.WriteAsync("hello")), "hello"),
        ("body", Do(context => context.Response.Body.WriteAsync("hello"u8.ToArray()).AsTask()), "hello"),
        ("body-array", Do(context => context.Response.Body.WriteAsync("hello"u8.ToArray(), 1, 3)), "ell"),
        ("body-begin", Do(context => Task.Factory.FromAsync(context.Response.Body.BeginWrite, context.Response.Body.EndWrite, "hello"u8.ToArray(), 0, 5, null)), "hello"),
        ("body-large", Do(context => context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(Large)).AsTask()), Large),
        ("writer", Do(context => context.Response.BodyWriter.WriteAsync("hello"u8.ToArray()).AsTask()), "hello"),
        ("span-flush", Then(Span("hello"), context => context.Response.BodyWriter.FlushAsync().AsTask()), "hello"),
        ("span-left", Then(Span("hel"), Span("lo")), "hello"),
        ("span-large-left", Span(Large), Large),
        ("span-then-write", Then(Span("hel"), context => context.Response.BodyWriter.WriteAsync("lo"u8.ToArray()).AsTask()), "hello"),
        ("span-then-body", Then(Span("hel"), context => context.Response.Body.WriteAsync("lo"u8.ToArray()).AsTask()), "hello"),
        ("span-then-start", Then(Span("hel"), context => context.Response.StartAsync(), Span("lo")), "hello"),
        ("span-then-complete", Then(Span("hello"), context => context.Response.CompleteAsync()), "hello"),
        ("flush-then-more", Then(context => context.Response.WriteAsync("hel"), context => context.Response.Body.FlushAsync(), Span("l"), context => context.Response.WriteAsync("o")), "hello"),
        ("writer-completed", Then(Span("hello"), context => context.Response.BodyWriter.CompleteAsync().AsTask()), "hello"),
        ("length", Then(context => { context.Response.ContentLength = 5; return Task.CompletedTask; }, Span("hello")), "hello"),
        ("stream-writer", Do(async context =>
        {
            await using var writer = new StreamWriter(context.Response.Body);
            await writer.WriteAsync("hello");
        }), "hello"),
        ("lines", Do(async context =>
        {
            for (var i = 0; i < 100; i++)
            {
                await context.Response.WriteAsync("line\n");
                await context.Response.Body.FlushAsync();
            }
        }), string.Concat(Enumerable.Repeat("line\n", 100))),
    ];

    public static IEnumerable<string> Names => All.Select(each => each.Name);

    public static string Expected(string name) => All.Single(each => each.Name == name).Expected;

    public static void Map(WebApplication app)
    {
        foreach (var (name, handler, _) in All)
        {
            app.MapMethods("/" + name, ["GET", "HEAD"], handler);
        }
    }

    /// <summary>Reads a gzip answer.</summary>
    public static string Unzip(byte[] bytes)
    {
        using var reader = new StreamReader(new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress));
        return reader.ReadToEnd();
    }

    private static Func<HttpContext, Task> Do(Func<HttpContext, Task> step) => step;

    private static Func<HttpContext, Task> Span(string text) => context =>
    {
        context.Response.BodyWriter.Write(Encoding.UTF8.GetBytes(text));
        return Task.CompletedTask;
    };

    private static Func<HttpContext, Task> Then(params Func<HttpContext, Task>[] steps) => async context =>
    {
        foreach (var step in steps)
        {
            await step(context);
        }
    };

    private static string WriteFile()
    {
        var path = Path.Combine(AppContext.BaseDirectory, "answer.txt");
        File.WriteAllText(path, "a file");
        return path;
    }
}
