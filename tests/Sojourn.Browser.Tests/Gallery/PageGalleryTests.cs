using Microsoft.Playwright;

namespace Sojourn.Browser.Tests;

/// <summary>
/// Every page on a phone and on a desk, light and dark: checked for what a program can check, and kept as pictures in
/// artifacts/screenshots for people to look at.
/// </summary>
public sealed class PageGalleryTests(SharedChromium chromium, RunningShop running) : ShopTest(chromium, running)
{
    private static readonly (string Name, int Width, int Height)[] Screens = [("phone", 390, 844), ("desk", 1280, 900)];

    private static readonly string Audit = new StreamReader(typeof(PageGalleryTests).Assembly.GetManifestResourceStream("audit.js")!).ReadToEnd();

    public static TheoryData<string> Names => [.. GalleryPage.All.Select(each => each.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Every_page_fits_its_screen_can_be_read_and_pressed(string name)
    {
        Complaints.Expect("/no-such-page"); // that it is not there
        Complaints.Expect("/register"); // that the form was not good
        Complaints.Expect("/password"); // the same
        var page = GalleryPage.All.Single(each => each.Name == name);
        var shop = await OpenAsync();
        if (page.Before is not null)
        {
            await page.Before(shop, () => OpenAsync(new() { UserAgent = FirefoxOnWindows }));
        }

        if (page.Path is not null)
        {
            await shop.GoAsync(page.Path);
        }

        if (page.Opens)
        {
            await shop.Tab.Locator("summary").ClickAsync();
        }

        var faults = new List<string>();
        foreach (var screen in Screens)
        {
            await shop.Tab.SetViewportSizeAsync(screen.Width, screen.Height);
            foreach (var scheme in (ColorScheme[])[ColorScheme.Light, ColorScheme.Dark])
            {
                await shop.Tab.EmulateMediaAsync(new() { ColorScheme = scheme, ReducedMotion = ReducedMotion.Reduce });
                var picture = $"{name}-{screen.Name}-{scheme.ToString().ToLowerInvariant()}";
                await shop.Tab.ScreenshotAsync(new() { Path = Path.Combine(Folder, picture + ".png"), FullPage = true });
                var found = await shop.Tab.EvaluateAsync<string[]>(Audit, new { width = screen.Width, touch = screen.Name == "phone" });
                faults.AddRange(found.Select(fault => $"{picture}: {fault}"));
            }
        }

        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    private static string Folder
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(folder.FullName, "Sojourn.slnx")))
            {
                folder = folder.Parent ?? throw new InvalidOperationException("The tests do not run inside the repository.");
            }

            return Path.Combine(folder.FullName, "artifacts", "screenshots");
        }
    }
}
