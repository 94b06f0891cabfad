using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace Shop.Pages;

/// <summary>Answers with a page: a Razor component, rendered to its end before the first byte goes out.</summary>
internal static class Page
{
    public static IResult Of<TComponent>(Dictionary<string, object?>? parameters = null) where TComponent : IComponent
        => new PageResult<TComponent>(null, ParameterView.FromDictionary(parameters ?? []));

    /// <summary>A page with another status than the one that the response has.</summary>
    public static IResult Of<TComponent>(int status, Dictionary<string, object?> parameters) where TComponent : IComponent
        => new PageResult<TComponent>(status, ParameterView.FromDictionary(parameters));

    private sealed class PageResult<TComponent>(int? status, ParameterView parameters) : IResult where TComponent : IComponent
    {
        public async Task ExecuteAsync(HttpContext context)
        {
            var services = context.RequestServices;
            await using var renderer = new HtmlRenderer(services, services.GetRequiredService<ILoggerFactory>());
            var html = await renderer.Dispatcher.InvokeAsync(async () => (await renderer.RenderComponentAsync<TComponent>(parameters)).ToHtmlString());
            context.Response.StatusCode = status ?? context.Response.StatusCode;
            context.Response.ContentType = "text/html; charset=utf-8";
            context.Response.Headers.CacheControl = "no-store"; // it shows a cart or an account: not for the back button after a sign-out
            await context.Response.WriteAsync(html, context.RequestAborted);
        }
    }
}
