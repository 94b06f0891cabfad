using System.Diagnostics;

namespace Shop.Tests;

/// <summary>The output of <c>dotnet publish</c>, made once for the tests that need it, in a folder that has nothing else.</summary>
public sealed class PublishedShop : IAsyncLifetime
{
    public static string Project { get; } = Path.Combine(Root(), "samples", "Shop");

    public DirectoryInfo Files { get; } = Directory.CreateTempSubdirectory("shop-published-");

    public DirectoryInfo Elsewhere { get; } = Directory.CreateTempSubdirectory("shop-elsewhere-");

    public string Program => Path.Combine(Files.FullName, "Shop.dll");

    public async ValueTask InitializeAsync()
    {
        // What the test run has built already is published: neither restored nor compiled again.
        var configuration = Path.GetFileName(Path.GetDirectoryName(typeof(ShopApp).Assembly.Location)!);
        using var publish = Process.Start(new ProcessStartInfo("dotnet", ["publish", Project, "--no-build", "--nologo", "-c", configuration, "-o", Files.FullName]) { RedirectStandardOutput = true })!;
        var output = await publish.StandardOutput.ReadToEndAsync();
        await publish.WaitForExitAsync();
        Assert.True(publish.ExitCode == 0, output);
    }

    public ValueTask DisposeAsync()
    {
        Files.Delete(recursive: true);
        Elsewhere.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Sojourn.slnx")))
        {
            folder = folder.Parent;
        }

        return folder.FullName;
    }
}
