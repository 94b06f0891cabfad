using Shop.Accounts;
using Shop.Api;
using Shop.Https;
using Shop.Pages;
using Shop.Web;
using Sojourn;

namespace Shop;

/// <summary>What the shop is made of, and in which order a request passes through it.</summary>
internal static class ShopApp
{
    /// <param name="arguments">The command line.</param>
    /// <param name="time">What tells the time; tests move theirs by hand.</param>
    public static WebApplication Build(ShopArguments arguments, TimeProvider? time = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            Args = arguments.Others,
            ApplicationName = typeof(ShopApp).Assembly.GetName().Name,
            ContentRootPath = AppContext.BaseDirectory, // its pictures are beside it, from wherever it is started
        });
        MakeDataFolder(arguments.DataFolder);
        builder.Services.AddSingleton(time ?? TimeProvider.System);
        var isDemo = builder.Environment.IsDevelopment() || arguments.Demo;
        AddServices(builder, arguments, isDemo);
        SetUpServer(builder, arguments, time ?? TimeProvider.System);
        var log = new StartLog(builder.Logging);
        var app = builder.Build();
        log.OpenWith(app);
        UsePipeline(app);
        MapEndpoints(app, showLetters: isDemo);
        return app;
    }

    /// <summary>It holds accounts and a key: its owner's business alone, also when the folder was there before.</summary>
    private static void MakeDataFolder(string folder)
    {
        Directory.CreateDirectory(folder);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private static void AddServices(WebApplicationBuilder builder, ShopArguments arguments, bool isDemo)
    {
        var sojourn = builder.Services.AddSojourn().UseSqlite(Path.Combine(arguments.DataFolder, "sessions.db")).ConfigureWeb(web =>
        {
            web.Cookie.Name = "__Host-shop"; // those for visitors and devices follow: __Host-shop-visit, __Host-shop-device
            web.SignInPath = "/sign-in";
            web.StepUpPath = "/confirm";
            web.ClearStorageAtSignOut = true;
        });
        builder.Services.AddAccounts(sojourn, arguments, isDemo);
        builder.Services.AddAuthorization();
        builder.Services.AddProblemDetails();
        builder.Services.ConfigureHttpJsonOptions(json => ShopJson.Configure(json.SerializerOptions));
        builder.Services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = false); // 400 in Development too
    }

    private static void SetUpServer(WebApplicationBuilder builder, ShopArguments arguments, TimeProvider time)
    {
        builder.WebHost.UseStaticWebAssets(); // finds wwwroot before it is published, in any environment
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 64 * 1024; // nothing that the shop takes is longer
        });
        if (!Addresses.AreSaid(builder.Configuration))
        {
            builder.WebHost.UseUrls(Addresses.Default);
        }

        if (Addresses.IncludeHttps(builder.Configuration) && !Addresses.HaveCertificate(builder.Configuration))
        {
            var certificate = new LocalCertificate(arguments.DataFolder, time);
            builder.Services.AddSingleton(_ => certificate);
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureHttpsDefaults(https => https.ServerCertificateSelector = (_, _) => certificate.Current));
        }
    }

    private static void UsePipeline(WebApplication app)
    {
        app.UseMiddleware<SecurityHeaders>();
        if (!app.Environment.IsDevelopment() && Addresses.IncludeHttps(app.Configuration))
        {
            app.UseHttpsRedirection();
        }

        app.UseRequestLocalization("en"); // the pages are in English, whatever the machine's language; so are Sojourn's texts in them
        app.UseExceptionHandler();
        app.UseStatusCodePages(ErrorAnswer.WriteAsync);
        app.UseMiddleware<Utf8Only>();
        app.UseSojournAuthentication(); // sessions are all the authentication there is
        app.UseAuthorization();
    }

    private static void MapEndpoints(WebApplication app, bool showLetters)
    {
        app.MapStaticAssets().WithoutSession();
        app.MapGet("/favicon.ico", () => TypedResults.LocalRedirect("/icon.svg")).WithoutSession(); // asked for where no page names one

        app.MapSession(); // time left, forms that a step-up interrupted, and the modules for both

        var api = app.MapGroup("/api").DisableCookieRedirect(); // answers 401 itself, never sends to the sign-in page
        api.MapSessionApi();
        api.MapCartApi();
        api.MapDevicesApi();
        api.MapCheckoutApi();
        api.MapPasswordApi();

        // Forms need no hidden token: Sojourn refuses whatever another site sends.
        var pages = app.MapGroup("").DisableAntiforgery();
        pages.MapCataloguePage();
        pages.MapSignInPages(app);
        pages.MapRegisterPages(showLetters);
        pages.MapConfirmPages();
        pages.MapCheckoutPages();
        pages.MapPreferencesPage();
        pages.MapDevicesPage();
        pages.MapActivityPage();
        pages.MapPasswordPage();
    }
}
