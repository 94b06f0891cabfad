using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Sojourn.AspNetCore.Tests.Protection;

/// <summary>An application in token mode, whose endpoints count what reaches them.</summary>
internal sealed class CsrfApp : IAsyncDisposable
{
    public const string Header = "X-CSRF-Token";
    public const string Field = "__csrf";

    private TestApp _app = null!;

    public TestApp App => _app;

    /// <summary>How many unsafe requests an endpoint has served.</summary>
    public int Effects { get; private set; }

    public static async Task<CsrfApp> StartAsync(
        Action<SojournCsrfOptions>? csrf = null,
        IDataProtectionProvider? keys = null,
        Action<WebApplication>? pipeline = null,
        Action<IEndpointRouteBuilder, CsrfApp>? endpoints = null,
        bool isOn = true)
    {
        var app = new CsrfApp();
        app._app = await TestApp.StartAsync(
            web: web => web.StepUpPath = "/confirm",
            services: services =>
            {
                services.AddSingleton(keys ?? new EphemeralDataProtectionProvider());
                if (isOn)
                {
                    services.AddSojourn().AddCsrfTokens(csrf);
                }
            },
            pipeline: pipeline,
            endpoints: routes =>
            {
                app.Map(routes);
                endpoints?.Invoke(routes, app);
            });
        return app;
    }

    public string Count(string answer)
    {
        Effects++;
        return answer;
    }

    /// <summary>Signs in as browsers do, and gives a token of that session.</summary>
    public async Task<(Browser Browser, string Token)> SignInAsync(string name = "ada")
    {
        var browser = await _app.SignInAsync(name);
        return (browser, await TokenAsync(browser));
    }

    public static async Task<string> TokenAsync(Browser browser) => (await browser.GetAsync("/token")).Body;

    public static FormUrlEncodedContent Form(params (string Name, string Value)[] fields)
        => new(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private void Map(IEndpointRouteBuilder routes)
    {
        routes.MapSession();
        routes.MapGet("/token", (HttpContext context) => context.SojournCsrfToken ?? "none");
        routes.MapMethods("/change", ["POST", "PUT", "PATCH", "DELETE", "PROPFIND"], () => Count("changed"));
        routes.MapPost("/form", async (HttpRequest request) => Count((await request.ReadFormAsync())["note"].ToString()));
        routes.MapPost("/bound", ([FromForm] string note) => Count(note)).DisableAntiforgery();
        routes.MapPost("/stream", async (HttpRequest request) =>
        {
            using var reader = new StreamReader(request.Body, Encoding.UTF8);
            return Count(await reader.ReadToEndAsync());
        });
        routes.MapPost("/hook", () => Count("hook")).AllowCrossSite();
        routes.MapPost("/order", async (HttpRequest request) => Count("ordered " + (await request.ReadFormAsync())["note"])).RequireStepUp(TimeSpan.FromMinutes(5));
        routes.Map("/socket", async (HttpContext context) =>
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            Count("socket");
        });
    }
}
