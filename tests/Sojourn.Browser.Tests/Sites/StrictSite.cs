using System.Collections.Concurrent;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Sojourn.Browser.Tests;

/// <summary>A small application whose session cookie is SameSite=Strict. Its pages say who is signed in.</summary>
internal sealed class StrictSite : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<string> _seen = new();

    private StrictSite(WebApplication app) => _app = app;

    public Uri Address => new UriBuilder(_app.Urls.First()) { Host = "localhost" }.Uri;

    /// <summary>The requests that reached the application's endpoints: method, path, who was signed in.</summary>
    public IReadOnlyCollection<string> Seen => _seen;

    public static async Task<StrictSite> StartAsync()
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Development" });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddAuthorization();
        builder.Services.AddSojourn().ConfigureWeb(web =>
        {
            web.Cookie.Name = "__Host-strict";
            web.Cookie.SameSite = SameSiteMode.Strict;
            web.SignInPath = "/sign-in";
        });
        var site = new StrictSite(builder.Build());
        site._app.UseSojourn();
        site.Map();
        await site._app.StartAsync();
        return site;
    }

    public void ForgetSeen() => _seen.Clear();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private void Map()
    {
        _app.MapGet("/", Show);
        _app.MapGet("/private", Show).RequireAuthorization();
        _app.MapGet("/leave", () => Results.Redirect("/private")).RequireAuthorization();
        _app.MapPost("/change", Show);
        _app.MapGet("/picture", (Session session, HttpContext context) =>
        {
            Note(session, context);
            return Results.Content("""<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>""", "image/svg+xml");
        });
        _app.MapGet("/sign-in", (Session session, HttpContext context) => Page("""<form method="post"><button>Sign in</button></form>""", session, context));
        _app.MapPost("/sign-in", (HttpContext context) => SignInAsync(context, "/private"));
        _app.MapPost("/sign-out", () => TypedResults.SignOut(new AuthenticationProperties { RedirectUri = "/" }));

        // Where an outside sign-in comes back to, by a form of that site.
        _app.MapPost("/callback", (HttpContext context) => SignInAsync(context, "/private")).AllowCrossSite();
    }

    private static Task SignInAsync(HttpContext context, string back)
        => context.SignInAsync(new ClaimsPrincipal(new ClaimsIdentity([new("sub", "ada")], "test")), new SessionSignIn { RedirectUri = back });

    private IResult Show(Session session, HttpContext context) => Page("""<form method="post" action="/sign-out"><button>Sign out</button></form>""", session, context);

    private IResult Page(string body, Session session, HttpContext context)
    {
        Note(session, context);
        return Results.Content(
            $"""<!DOCTYPE html><html lang="en"><title>Strict</title><link rel="icon" href="data:,"><p id="who">{session.Subject ?? "nobody"}</p>{body}""", "text/html");
    }

    private void Note(Session session, HttpContext context) => _seen.Enqueue($"{context.Request.Method} {context.Request.Path} {session.Subject ?? "nobody"}");
}
