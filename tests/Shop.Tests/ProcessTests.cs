using System.Net;
using System.Net.Sockets;

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
        Assert.Single(Lines(process.Output), line => line.Contains("Nobody can sign in", StringComparison.Ordinal) && line.Contains("--demo", StringComparison.Ordinal));
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

    private ShopProcess Start(params string[] arguments) => ShopProcess.Start(shop.Elsewhere.FullName, "dotnet", [shop.Program, .. arguments]);

    private static async Task SaysOneSentenceAsync(ShopProcess process, string words)
    {
        Assert.Equal(1, await process.ExitCodeAsync());
        Assert.Contains(words, Assert.Single(Lines(process.Errors)), StringComparison.Ordinal);
        Assert.Empty(process.Output);
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
