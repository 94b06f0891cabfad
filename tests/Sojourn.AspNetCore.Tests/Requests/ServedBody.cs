using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Sojourn.AspNetCore.Tests.Requests;

/// <summary>Stands in for the session's commit: counts, waits, refuses or throws as told.</summary>
public sealed class CommitProbe
{
    private int _calls;

    public bool Answer { get; init; } = true;

    public bool IsSlow { get; init; }

    public Exception? Fault { get; init; }

    public int Calls => _calls;

    public bool? HadStarted { get; private set; }

    internal async ValueTask<bool> CommitAsync(HttpContext? context)
    {
        Interlocked.Increment(ref _calls);
        if (IsSlow)
        {
            await Task.Delay(20);
        }

        HadStarted = context?.Response.HasStarted;
        return Fault is null ? Answer : throw Fault;
    }
}

/// <summary>An application whose outermost middleware does what the library's will: commit at the end, 503 when refused.</summary>
internal sealed class ServedBody : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ServedBody(WebApplication app, HttpClient client)
    {
        _app = app;
        Client = client;
    }

    public HttpClient Client { get; }

    public Uri Address => Client.BaseAddress!;

    public TestServer TestServer => (TestServer)_app.Services.GetRequiredService<IServer>();

    public static async Task<ServedBody> StartAsync(bool kestrel, CommitProbe commit, Action<WebApplication> configure, HttpProtocols protocols = HttpProtocols.Http1)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddResponseCompression(options => options.MimeTypes = ["text/plain"]);
        if (kestrel)
        {
            builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = protocols));
        }
        else
        {
            builder.WebHost.UseTestServer();
        }

        var app = builder.Build();
        app.Use((context, next) => RunAsync(context, next, commit));
        configure(app);
        await app.StartAsync();
        return new(app, kestrel ? new HttpClient { BaseAddress = new(app.Urls.Single()) } : app.GetTestClient());
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }

    private static async Task RunAsync(HttpContext context, RequestDelegate next, CommitProbe commit)
    {
        var body = new CommittingBody(context.Features.GetRequiredFeature<IHttpResponseBodyFeature>(), _ => commit.CommitAsync(context));
        context.Features.Set<IHttpResponseBodyFeature>(body);
        CommittingUpgrade.Install(context.Features, body);
        try
        {
            await next(context);
            await body.EnsureCommittedAsync(context.RequestAborted);
        }
        catch (AnsweredException)
        {
            Assert.True(body.IsDiscarding);
        }

        if (body.IsDiscarding)
        {
            context.Response.Clear();
            body.StopDiscarding();
            await SessionProblem.WriteAsync(context, 503, "Unavailable", null, null);
        }
    }
}
