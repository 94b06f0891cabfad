using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Sojourn.AspNetCore.Tests.Requests;

/// <summary>The body under real handlers, on Kestrel and on the test host.</summary>
public sealed class CommittingBodyOnServersTests
{
    private const string Refusal = """{"title":"Unavailable","status":503}""";

    public static TheoryData<bool, bool> Hosts { get; } = new() { { true, false }, { true, true }, { false, false }, { false, true } };

    [Theory, MemberData(nameof(Hosts))]
    public async Task Every_kind_of_answer_arrives_whole_after_one_commit(bool kestrel, bool isSlow)
    {
        var commit = new CommitProbe { IsSlow = isSlow };
        await using var served = await ServedBody.StartAsync(kestrel, commit, Answers.Map);
        foreach (var (i, name) in Answers.Names.Index())
        {
            using var response = await served.Client.GetAsync("/" + name, TestContext.Current.CancellationToken);
            Assert.True(response.IsSuccessStatusCode, name);
            Assert.Equal((name, Answers.Expected(name)), (name, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
            Assert.Equal((name, i + 1, false), (name, commit.Calls, commit.HadStarted));
        }
    }

    [Theory, MemberData(nameof(Hosts))]
    public async Task When_the_commit_is_refused_nothing_of_the_answer_arrives(bool kestrel, bool isSlow)
    {
        var commit = new CommitProbe { IsSlow = isSlow, Answer = false };
        await using var served = await ServedBody.StartAsync(kestrel, commit, Answers.Map);
        foreach (var (i, name) in Answers.Names.Index())
        {
            using var response = await served.Client.GetAsync("/" + name, TestContext.Current.CancellationToken);
            var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.Equal((name, HttpStatusCode.ServiceUnavailable, Refusal), (name, response.StatusCode, body));
            Assert.Equal((name, i + 1, false), (name, commit.Calls, commit.HadStarted));
        }
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_HEAD_request_commits_too(bool isSlow)
    {
        var commit = new CommitProbe { IsSlow = isSlow };
        await using var served = await ServedBody.StartAsync(kestrel: true, commit, Answers.Map);
        foreach (var (i, name) in Answers.Names.Index())
        {
            using var response = await served.Client.SendAsync(new(HttpMethod.Head, "/" + name), TestContext.Current.CancellationToken);
            Assert.True(response.IsSuccessStatusCode, name);
            Assert.Equal((name, ""), (name, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
            Assert.Equal((name, i + 1), (name, commit.Calls));
        }
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task Framing_is_the_servers_own(bool wrapped)
    {
        await using var served = await ServedBody.StartAsync(kestrel: true, new(), app =>
        {
            Unwrap(app, !wrapped);
            Answers.Map(app);
        });

        Assert.Equal((0, false), await FramingAsync("/nothing"));
        Assert.Equal((null, false), await FramingAsync("/no-content"));
        Assert.Equal((5, false), await FramingAsync("/length"));
        Assert.Equal((6, false), await FramingAsync("/file"));
        Assert.Equal((null, true), await FramingAsync("/write"));
        Assert.Equal((null, true), await FramingAsync("/lines"));

        async Task<(long?, bool)> FramingAsync(string path)
        {
            using var response = await served.Client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
            return (response.Content.Headers.ContentLength, response.Headers.TransferEncodingChunked == true);
        }
    }

    [Theory, MemberData(nameof(Hosts))]
    public async Task Response_compression_inside_works(bool kestrel, bool isSlow)
    {
        var commit = new CommitProbe { IsSlow = isSlow };
        await using var served = await ServedBody.StartAsync(kestrel, commit, app =>
        {
            app.UseResponseCompression();
            app.MapGet("/text", () => Results.Text(Answers.Large));
        });
        using var request = new HttpRequestMessage(HttpMethod.Get, "/text") { Headers = { AcceptEncoding = { new StringWithQualityHeaderValue("gzip") } } };
        using var response = await served.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(["gzip"], response.Content.Headers.ContentEncoding);
        Assert.Equal(Answers.Large, Answers.Unzip(await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)));
        Assert.Equal(1, commit.Calls);
    }

    [Fact]
    public async Task A_handler_that_throws_with_bytes_waiting_commits_nothing_and_sends_none_of_them()
    {
        var (commit, response, body) = await GetAsync(kestrel: true, "/throws", new(), app => app.MapGet("/throws", (HttpContext context) =>
        {
            context.Response.BodyWriter.GetSpan(5).Fill((byte)'x');
            context.Response.BodyWriter.Advance(5);
            throw new InvalidOperationException("handler");
        }));
        Assert.Equal((HttpStatusCode.InternalServerError, "", 0), (response.StatusCode, body, commit.Calls));
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task More_bytes_than_the_length_fail_the_writer_and_not_the_commit(bool isSlow)
    {
        Exception? seen = null;
        var (commit, response, _) = await GetAsync(kestrel: true, "/", new() { IsSlow = isSlow }, app => app.MapGet("/", async (HttpContext context) =>
        {
            context.Response.ContentLength = 2;
            "hello"u8.CopyTo(context.Response.BodyWriter.GetSpan(5));
            context.Response.BodyWriter.Advance(5);
            seen = await Record.ExceptionAsync(() => context.Response.Body.FlushAsync(context.RequestAborted));
            throw seen!;
        }));
        Assert.Contains("Content-Length", Assert.IsType<InvalidOperationException>(seen).Message, StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.InternalServerError, 1), (response.StatusCode, commit.Calls));
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task An_exception_page_inside_goes_out_as_it_would_without_us(bool wrapped)
    {
        var (commit, response, body) = await GetAsync(kestrel: true, "/throws", new() { IsSlow = true }, app =>
        {
            Unwrap(app, !wrapped);
            app.UseExceptionHandler(errors => errors.Run(context => context.Response.WriteAsync("error page", context.RequestAborted)));
            app.MapGet("/throws", (HttpContext context) =>
            {
                "half, "u8.CopyTo(context.Response.BodyWriter.GetSpan(6));
                context.Response.BodyWriter.Advance(6);
                throw new InvalidOperationException("handler");
            });
        });
        Assert.Equal((HttpStatusCode.InternalServerError, "half, error page"), (response.StatusCode, body));
        Assert.Equal(1, commit.Calls);
    }

    [Theory, MemberData(nameof(Hosts))]
    public async Task The_commit_comes_before_the_headers_and_its_cookie_is_among_them(bool kestrel, bool isSlow)
    {
        var (_, response, _) = await GetAsync(kestrel, "/string", new() { IsSlow = isSlow }, app =>
        {
            app.Use((context, next) =>
            {
                context.Response.OnStarting(() =>
                {
                    context.Response.Headers["X-Starting"] = "yes";
                    return Task.CompletedTask;
                });
                return next(context);
            });
            Answers.Map(app);
        });
        Assert.Equal(["yes"], response.Headers.GetValues("X-Starting"));
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task What_the_commit_throws_reaches_the_writer_and_the_answer_is_dropped(bool isSlow)
    {
        Exception? seen = null;
        var (commit, response, body) = await GetAsync(kestrel: true, "/", new() { IsSlow = isSlow, Fault = new IOException("store") }, app => app.MapGet("/", async (HttpContext context) =>
        {
            seen = await Record.ExceptionAsync(() => context.Response.WriteAsync("hello", context.RequestAborted));
            await context.Response.WriteAsync("more", context.RequestAborted);
        }));
        Assert.Equal("store", Assert.IsType<IOException>(seen).Message);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, Refusal, 1), (response.StatusCode, body, commit.Calls));
    }

    [Theory, MemberData(nameof(Hosts))]
    public async Task A_synchronous_write_works_if_the_commit_need_not_wait_and_otherwise_names_the_cure(bool kestrel, bool isSlow)
    {
        Exception? seen = null;
        var (commit, _, body) = await GetAsync(kestrel, "/", new() { IsSlow = isSlow }, app => app.MapGet("/", async (HttpContext context) =>
        {
            context.Features.Get<IHttpBodyControlFeature>()!.AllowSynchronousIO = true;
            seen = Record.Exception(() => context.Response.Body.Write("a"u8));
            await context.Response.StartAsync();
            context.Response.Body.Write(Encoding.UTF8.GetBytes("bc"), 0, 1);
            context.Response.Body.Flush();
        }));

        Assert.Equal((isSlow ? "b" : "ab", 1), (body, commit.Calls));
        if (isSlow)
        {
            Assert.Contains("await Response.StartAsync()", Assert.IsType<InvalidOperationException>(seen).Message, StringComparison.Ordinal);
        }
    }

    /// <summary>Gives the pipeline the server's own body, to compare with.</summary>
    private static void Unwrap(WebApplication app, bool unwrap)
    {
        if (unwrap)
        {
            app.Use((context, next) =>
            {
                context.Features.Set(((CommittingBody)context.Features.Get<IHttpResponseBodyFeature>()!).Inner);
                return next(context);
            });
        }
    }

    private static async Task<(CommitProbe Commit, HttpResponseMessage Response, string Body)> GetAsync(
        bool kestrel, string path, CommitProbe commit, Action<WebApplication>? configure = null)
    {
        await using var served = await ServedBody.StartAsync(kestrel, commit, configure ?? Answers.Map);
        var response = await served.Client.GetAsync(path, TestContext.Current.CancellationToken);
        return (commit, response, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
