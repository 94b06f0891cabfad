using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Shop.Tests;

/// <summary>The shop as it is started: from its published files, from another folder, and with what a command line may say.</summary>
public sealed class ProcessTests(PublishedShop shop) : IClassFixture<PublishedShop>
{
    private const string AnyPort = "http://127.0.0.1:0";

    [Fact]
    public async Task Published_it_runs_from_any_folder_with_its_pictures_and_without_accounts()
    {
        await using var process = Start("--urls", AnyPort);
        using var browser = new Browser(await process.AddressAsync());
        Assert.Equal(HttpStatusCode.OK, (await browser.GoAsync("/")).Status);
        Assert.Equal("image/svg+xml", (await browser.GetAsync("/goods/tea.svg")).Response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(HttpStatusCode.OK, (await browser.PostAsync("/api/cart", """{"sku":"tea","quantity":1}""")).Status);
        (await browser.PostAsync("/api/sign-in", """{"user":"alice","password":"sojourn-demo-1"}""")).IsProblem(HttpStatusCode.Unauthorized);
        Assert.DoesNotContain("sojourn-demo-1", (await browser.GoAsync("/sign-in")).Text, StringComparison.Ordinal);
        Assert.Single(Lines(process.Output), line => line.Contains("Register an account", StringComparison.Ordinal) && line.Contains("--demo", StringComparison.Ordinal));
        Assert.True(Directory.Exists(Path.Combine(shop.Files.FullName, "data")));
        Assert.Empty(shop.Elsewhere.GetFileSystemInfos());
        Assert.Empty(process.Errors);
    }

    [Fact]
    public async Task With_demo_there_are_accounts_and_it_says_which()
    {
        await using var process = Start("--demo", "--urls", AnyPort, "--data", Path.Combine(shop.Files.FullName, "demo-data"));
        using var browser = new Browser(await process.AddressAsync());
        foreach (var user in (string[])["alice", "bob", "admin"])
        {
            await browser.SignInAsync(user);
            Assert.Contains(user, process.Output, StringComparison.Ordinal);
        }

        Assert.Contains("sojourn-demo-1", process.Output, StringComparison.Ordinal);
        Assert.True(Directory.Exists(Path.Combine(shop.Files.FullName, "demo-data")));
    }

    [Fact]
    public async Task Run_from_source_it_is_in_Development_and_has_accounts()
    {
        await using var process = ShopProcess.Start(
            shop.Elsewhere.FullName, "dotnet", "run", "--no-build", "--project", PublishedShop.Project, "--urls", AnyPort, "--", "--data", Path.Combine(shop.Files.FullName, "run-data"));
        using var browser = new Browser(await process.AddressAsync());
        await browser.SignInAsync("alice");
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/goods/tea.svg")).Status);
        Assert.True(Directory.Exists(Path.Combine(shop.Files.FullName, "run-data")));
    }

    [Fact]
    public async Task Over_https_it_says_so_first_and_warns_of_a_certificate_of_its_own()
    {
        var data = Path.Combine(shop.Files.FullName, "https-data");
        await using var process = ShopProcess.Start(shop.Elsewhere.FullName, "dotnet", shop.Elsewhere.FullName, [shop.Program, "--demo", "--urls", $"{AnyPort};https://127.0.0.1:0", "--data", data]);
        var address = await process.AddressAsync();
        Assert.Equal("https", address.Scheme);
        var lines = Lines(process.Output);
        Assert.Matches("^The shop is open: https://127.0.0.1:[0-9]+, http://127.0.0.1:[0-9]+$", lines[0]);
        Assert.Contains("Your browser will warn", lines[1], StringComparison.Ordinal);
        using var kept = X509CertificateLoader.LoadPkcs12FromFile(Path.Combine(data, "localhost.pfx"), null);
        Assert.Equal(kept.Thumbprint, await ThumbprintAsync(address));
    }

    [Fact]
    public async Task The_certificate_of_the_developer_comes_first()
    {
        var home = shop.Elsewhere.CreateSubdirectory("home").FullName;
        await using (var tool = ShopProcess.Start(home, "dotnet", home, ["dev-certs", "https"]))
        {
            Assert.Equal(0, await tool.ExitCodeAsync());
        }

        var data = Path.Combine(shop.Files.FullName, "developer-data");
        await using (var process = ShopProcess.Start(home, "dotnet", home, [shop.Program, "--demo", "--urls", "https://127.0.0.1:0", "--data", data]))
        {
            await ThumbprintAsync(await process.AddressAsync());
            Assert.DoesNotContain("will warn", process.Output, StringComparison.Ordinal);
            Assert.False(File.Exists(Path.Combine(data, "localhost.pfx")));
        }

        Directory.Delete(home, recursive: true);
    }

    [Fact]
    public async Task A_taken_port_is_one_sentence_and_exit_code_1()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        await using var process = Start("--urls", $"http://{taken.LocalEndpoint}");
        await SaysOneSentenceAsync(process, "another program uses its address");
    }

    [Theory]
    [InlineData("--urls", "nonsense")]
    [InlineData("--data", "/dev/null/x")]
    [InlineData("--data")]
    public async Task What_cannot_be_is_one_sentence_and_exit_code_1(params string[] arguments)
    {
        await using var process = Start(arguments);
        await SaysOneSentenceAsync(process, "The shop cannot open");
    }

    private static async Task<string> ThumbprintAsync(Uri address)
    {
        var shown = "";
        using var client = new HttpClient(new SocketsHttpHandler
        {
            SslOptions = { RemoteCertificateValidationCallback = (_, certificate, _, _) => (shown = certificate!.GetCertHashString()).Length > 0 },
        });
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(address)).StatusCode);
        return shown;
    }

    private ShopProcess Start(params string[] arguments) => ShopProcess.Start(shop.Elsewhere.FullName, "dotnet", [shop.Program, .. arguments]);

    private static async Task SaysOneSentenceAsync(ShopProcess process, string words)
    {
        Assert.Equal(1, await process.ExitCodeAsync());
        Assert.Contains(words, Assert.Single(Lines(process.Errors)), StringComparison.Ordinal);
        Assert.Empty(process.Output);
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
