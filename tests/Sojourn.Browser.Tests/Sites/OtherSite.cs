using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Sojourn.Browser.Tests;

/// <summary>Another server with pages of its own, which tests give it.</summary>
internal sealed class OtherSite : IAsyncDisposable
{
    private readonly WebApplication _server;
    private readonly ConcurrentDictionary<string, (string Html, string? Cookie)> _pages = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _hops = new(StringComparer.Ordinal);
    private readonly string _host;

    private OtherSite(WebApplication server, string host)
    {
        (_server, _host) = (server, host);
        server.MapMethods("/{**path}", ["GET", "POST"], (RequestDelegate)WriteAsync);
    }

    public Uri Address => new UriBuilder(_server.Urls.First()) { Host = _host }.Uri;

    /// <param name="host">
    /// Its name for browsers. <c>127.0.0.1</c> is another site than localhost; <c>localhost</c> is another origin of the same
    /// site, by its port, as a sibling subdomain is.
    /// </param>
    public static async Task<OtherSite> StartAsync(string host = "127.0.0.1")
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var site = new OtherSite(builder.Build(), host);
        await site._server.StartAsync();
        return site;
    }

    /// <summary>Puts up a page and gives its address.</summary>
    /// <param name="body">What is in it.</param>
    /// <param name="cookie">A Set-Cookie line to send with it; null for none.</param>
    public string Show(string body, string? cookie = null)
    {
        var path = $"page{_pages.Count + 1}";
        _pages["/" + path] = ($"""<!DOCTYPE html><title>Elsewhere</title><link rel="icon" href="data:,">{body}""", cookie);
        return new Uri(Address, path).AbsoluteUri;
    }

    /// <summary>Gives an address that sends whatever comes on to another, method and body included.</summary>
    public string SendOn(string address)
    {
        var path = $"hop{_hops.Count + 1}";
        _hops["/" + path] = address;
        return new Uri(Address, path).AbsoluteUri;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private Task WriteAsync(HttpContext context)
    {
        if (_hops.TryGetValue(context.Request.Path.Value!, out var next))
        {
            (context.Response.StatusCode, context.Response.Headers.Location) = (StatusCodes.Status307TemporaryRedirect, next);
            return Task.CompletedTask;
        }

        if (!_pages.TryGetValue(context.Request.Path.Value!, out var page))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        if (page.Cookie is not null)
        {
            context.Response.Headers.SetCookie = page.Cookie;
        }

        context.Response.ContentType = "text/html; charset=utf-8";
        return context.Response.WriteAsync(page.Html);
    }
}
