using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.StaticAssets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Shop.Accounts;
using Shop.Https;
using Sojourn;
using Sojourn.Testing;

namespace Shop.Tests.BlackBox;

/// <summary>
/// The shop as it runs for customers: https under a name of its own, plain http beside it that leads there. The name leads
/// to this machine, as in a hosts file; of all certificates only the shop's is accepted. Tests move its clock.
/// </summary>
public sealed class SecureShop : IAsyncLifetime
{
    private const string Name = "shop.example";

    private ShopServer? _server;
    private Task<IReadOnlyList<Exchange>>? _visit;

    public ManualTimeProvider Time { get; } = new();

    public IServiceProvider Services => Server.App.Services;

    public Uri Address => At("https");

    public Uri PlainAddress => At("http");

    /// <summary>Every address that the shop answers at, pictures and styles left out: so that no test forgets one.</summary>
    internal IReadOnlyList<Door> Doors =>
    [
        .. from endpoint in Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
           where endpoint.Metadata.GetMetadata<StaticAssetDescriptor>() is null && !endpoint.RoutePattern.RawText!.Contains("**", StringComparison.Ordinal)
           from method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? []
           let path = "/" + endpoint.RoutePattern.RawText!.Trim('/').Replace("{id}", "AAAAAAAAAAAAAAAAAAAAAA", StringComparison.Ordinal)
           select new Door(method, path, endpoint.Metadata.GetMetadata<IAuthorizeData>() is not null, endpoint.Metadata.GetMetadata<RequireStepUpAttribute>() is not null),
    ];

    private ShopServer Server => _server ?? throw new InvalidOperationException("The shop did not start.");

    /// <summary>What was said in one whole visit, recorded once.</summary>
    internal Task<IReadOnlyList<Exchange>> VisitAsync() => _visit ??= WholeVisit.RecordAsync(this);

    public async ValueTask InitializeAsync()
    {
        _server = await ShopServer.StartAsync(["--urls", "https://127.0.0.1:0;http://127.0.0.1:0", "--environment", "Production", "--demo", "--Logging:LogLevel:Default=None"], Time);
        await MakePasswordsCheapAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    internal Browser Open(string? userAgent = null) => new(Address, Way()) { UserAgent = userAgent ?? Browser.ChromeOnLinux };

    /// <summary>One that comes by plain http.</summary>
    internal Browser OpenPlain() => new(PlainAddress, Way());

    /// <summary>One of which everything that it says and hears is written down.</summary>
    internal Browser Open(List<Exchange> record) => new(Address, new Recorder(Way(), record));

    /// <summary>Another browser with the cookies of this one: what a thief has.</summary>
    internal Browser Copy(Browser browser)
    {
        var copy = Open();
        foreach (var (name, value) in browser.Cookies)
        {
            copy.Cookies[name] = value;
        }

        return copy;
    }

    /// <summary>Signed in, and seen again: a token that never comes back is given up after ten minutes.</summary>
    internal async Task<Browser> SignInAsync(string user, bool remember = false)
    {
        var browser = Open();
        await browser.SignInAsync(user, remember);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/api/session")).Status);
        return browser;
    }

    /// <summary>A sign-in takes a tenth of a second, nearly all of it for the hash, and is done a thousand times here.</summary>
    private async Task MakePasswordsCheapAsync()
    {
        Services.GetRequiredService<IOptions<PasswordHasherOptions>>().Value.IterationCount = 100;
        await using var scope = Services.CreateAsyncScope();
        var accounts = scope.ServiceProvider.GetRequiredService<UserManager<Customer>>();
        foreach (var name in DemoAccounts.Users)
        {
            var account = (await accounts.FindByIdAsync(name))!;
            account.PasswordHash = accounts.PasswordHasher.HashPassword(account, DemoAccounts.Password);
            Assert.True((await accounts.UpdateAsync(account)).Succeeded);
        }
    }

    private SocketsHttpHandler Way() => new()
    {
        UseCookies = false,
        AllowAutoRedirect = false,
        RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8,
        SslOptions = { RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.GetCertHashString() == Services.GetRequiredService<LocalCertificate>().Current.Thumbprint },
        ConnectCallback = async (context, cancellationToken) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        },
    };

    private Uri At(string scheme)
        => new($"{scheme}://{Name}:{Server.App.Urls.Select(url => new Uri(url)).Single(url => url.Scheme == scheme).Port}/");
}

/// <summary>An address of the shop.</summary>
/// <param name="Method">By which it is asked.</param>
/// <param name="Path">Where.</param>
/// <param name="IsProtected">Whether it is for somebody signed in.</param>
/// <param name="NeedsStepUp">Whether it also wants a recent password.</param>
internal sealed record Door(string Method, string Path, bool IsProtected, bool NeedsStepUp)
{
    public bool IsApi => Path.StartsWith("/api/", StringComparison.Ordinal);

    public HttpRequestMessage Request() => new(new(Method), Path);

    /// <summary>As a person would come by it: a page by a click, data by a script.</summary>
    public Task<Answer> KnockAsync(Browser browser) => IsApi ? browser.FetchAsync(Request()) : browser.NavigateAsync(Request());

    /// <summary>Whether it stayed shut to somebody who is not signed in.</summary>
    public bool IsShut(Answer answer) => IsApi ? answer.Status == HttpStatusCode.Unauthorized : answer.Location?.StartsWith("/sign-in?", StringComparison.Ordinal) == true;
}
