using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Shop.Tests;

/// <summary>Outside Development, with https: it is insisted on. The shop is then asked under another name than localhost.</summary>
public sealed class HttpsTests : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("shop-https-");
    private ShopServer _shop = null!;
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        using var key = RSA.Create(2048);
        using var certificate = new CertificateRequest("CN=shop.example", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var thumbprint = certificate.GetCertHashString();
        var file = Path.Combine(_folder.FullName, "shop.pfx");
        await File.WriteAllBytesAsync(file, certificate.Export(X509ContentType.Pkcs12, "test"));
        _shop = await ShopServer.StartAsync(["--urls", "https://127.0.0.1:0;http://127.0.0.1:0", "--environment", "Production",
            "--Kestrel:Certificates:Default:Path", file, "--Kestrel:Certificates:Default:Password", "test"]);
        _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, SslOptions = { RemoteCertificateValidationCallback = (_, shown, _, _) => shown!.GetCertHashString() == thumbprint } });
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _shop.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    [Requirement("ASVS-3.4.1")]
    public async Task Browsers_are_told_to_come_by_https_for_a_year()
    {
        using var answer = await SendAsync("https:");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("max-age=31536000; includeSubDomains", Assert.Single(answer.Headers.GetValues("Strict-Transport-Security")));
    }

    [Fact]
    [Requirement("ASVS-3.4.1")]
    public async Task Answers_of_the_session_layer_say_so_too()
    {
        var request = Request(HttpMethod.Post, "https:", "/sign-out");
        request.Headers.TryAddWithoutValidation("Origin", "https://evil.example");
        using var answer = await _client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal("max-age=31536000; includeSubDomains", Assert.Single(answer.Headers.GetValues("Strict-Transport-Security")));
    }

    [Fact]
    public async Task This_machine_s_other_programs_are_left_alone_and_plain_http_says_nothing_of_it()
    {
        var request = Request(HttpMethod.Get, "https:");
        request.Headers.Host = "localhost";
        using var local = await _client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.False(local.Headers.Contains("Strict-Transport-Security"));
        using var plain = await SendAsync("http:");
        Assert.False(plain.Headers.Contains("Strict-Transport-Security"));
    }

    [Fact]
    [Requirement("ASVS-12.2.1")]
    public async Task Plain_http_leads_to_https()
    {
        using var answer = await SendAsync("http:");
        Assert.Equal(HttpStatusCode.TemporaryRedirect, answer.StatusCode);
        Assert.StartsWith("https://shop.example:", answer.Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    private Task<HttpResponseMessage> SendAsync(string scheme) => _client.SendAsync(Request(HttpMethod.Get, scheme), TestContext.Current.CancellationToken);

    private HttpRequestMessage Request(HttpMethod method, string scheme, string path = "/")
    {
        var request = new HttpRequestMessage(method, _shop.App.Urls.Single(url => url.StartsWith(scheme, StringComparison.Ordinal)) + path);
        request.Headers.Host = "shop.example";
        return request;
    }
}
