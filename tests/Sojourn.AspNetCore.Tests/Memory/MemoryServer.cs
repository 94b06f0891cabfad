using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Sojourn.AspNetCore.Tests;

/// <summary>A server without a network: it hands requests to the real pipeline on the caller's own thread.</summary>
internal sealed class MemoryServer : IServer
{
    private Func<IFeatureCollection, Task>? _serve;

    public MemoryServer(params string[] addresses)
    {
        var served = new ServerAddressesFeature();
        foreach (var address in addresses)
        {
            served.Addresses.Add(address);
        }

        Features.Set<IServerAddressesFeature>(served);
    }

    public IFeatureCollection Features { get; } = new FeatureCollection();

    /// <summary>Starts an application that serves these addresses, without opening any; gives what it logged.</summary>
    public static async Task<LogLines> StartWithAddressesAsync(string[] addresses)
    {
        var log = new LogLines();
        await using var app = Build(new MemoryServer(addresses), "Production", log, services => services.AddSojourn().UseMemory());
        app.UseSojourn();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return log;
    }

    /// <summary>Starts an application in an environment, with its store named or not; gives what it logged.</summary>
    public static async Task<LogLines> StartWithStoreAsync(string environment, bool isNamed)
    {
        var log = new LogLines();
        await using var app = Build(new MemoryServer(), environment, log, services =>
        {
            var sojourn = services.AddSojourn();
            if (isNamed)
            {
                sojourn.UseMemory();
            }
        });
        app.UseSojourn();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return log;
    }

    public static WebApplication Build(MemoryServer server, string environment, ILoggerProvider? log, Action<IServiceCollection> services)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = environment });
        builder.Logging.ClearProviders();
        if (log is not null)
        {
            builder.Logging.AddProvider(log);
        }

        builder.Services.AddAuthorization();
        services(builder.Services);
        builder.Services.AddSingleton<IServer>(server);
        return builder.Build();
    }

    public Task ServeAsync(IFeatureCollection request) => _serve!(request);

    /// <summary>
    /// What a request allocates, counted on this thread, which runs it to its end, once the same has come several times in
    /// a row. Before the runtime has compiled everything for speed, which it does in pauses, a request takes more.
    /// </summary>
    public long BytesPerRequest(string path, string cookie)
    {
        const int Requests = 2000;
        const int Noise = 8; // the runtime counts a thread's bytes in steps
        var (before, times) = (long.MaxValue, 0);
        for (var round = 0; times < 6; round++)
        {
            Assert.True(round < 100, $"{path} never repeats its bytes; the last were {before}");
            var counted = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < Requests; i++)
            {
                Serve(path, cookie);
            }

            var bytes = (GC.GetAllocatedBytesForCurrentThread() - counted) / Requests;
            (before, times) = (bytes, Math.Abs(bytes - before) <= Noise ? times + 1 : 1);
            Thread.Sleep(150);
        }

        return before;
    }

    /// <summary>Serves one request, which has to succeed.</summary>
    public Exchange Serve(string path, string cookie)
    {
        var exchange = new Exchange(path, cookie);
        Assert.True(ServeAsync(exchange.Features).IsCompletedSuccessfully);
        exchange.Start();
        if (exchange.StatusCode != 200)
        {
            Assert.Fail($"{path} answered {exchange.StatusCode}");
        }

        return exchange;
    }

    public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken) where TContext : notnull
    {
        _serve = features =>
        {
            var context = application.CreateContext(features);
            var request = application.ProcessRequestAsync(context);
            Assert.True(request.IsCompletedSuccessfully, "The request has to run to its end on the caller's thread: " + request.Exception);
            application.DisposeContext(context, null);
            return request;
        };
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
    }

    /// <summary>
    /// A request as a server would bring it, with the callbacks that a response has. Everything has room from the start:
    /// Kestrel keeps these objects from request to request, so their growth is not what a test should count.
    /// </summary>
    public sealed class Exchange : HttpResponseFeature
    {
        private readonly Stack<(Func<object, Task> Callback, object State)> _starting = new(4);
        private readonly Stack<(Func<object, Task> Callback, object State)> _completed = new(4);
        private bool _hasStarted;

        public Exchange(string path, string cookie)
        {
            Headers = new HeaderDictionary(16);
            Features.Set<IHttpRequestFeature>(new HttpRequestFeature
            {
                Method = "GET",
                Scheme = "http",
                Path = path,
                Headers = new HeaderDictionary { ["Host"] = "localhost", ["Cookie"] = cookie },
            });
            Features.Set<IHttpResponseFeature>(this);
            Features.Set<IHttpResponseBodyFeature>(new Answer(this));
        }

        public FeatureCollection Features { get; } = new(32);

        public override bool HasStarted => _hasStarted;

        public override void OnStarting(Func<object, Task> callback, object state) => _starting.Push((callback, state));

        public override void OnCompleted(Func<object, Task> callback, object state) => _completed.Push((callback, state));

        public void Start()
        {
            while (!_hasStarted && _starting.TryPop(out var next))
            {
                Assert.True(next.Callback(next.State).IsCompletedSuccessfully);
            }

            _hasStarted = true;
        }

        private sealed class Answer(Exchange exchange) : StreamResponseBodyFeature(Stream.Null)
        {
            public override Task StartAsync(CancellationToken cancellationToken = default)
            {
                exchange.Start();
                return base.StartAsync(cancellationToken);
            }
        }
    }
}
