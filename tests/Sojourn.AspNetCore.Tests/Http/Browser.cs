using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Sojourn.AspNetCore.Tests;

/// <summary>
/// Does with cookies what a browser does on loopback (Secure cookies included), and shows them by hand, so that a test
/// can copy, keep and replay them.
/// </summary>
internal sealed class Browser(Uri address, HttpClient? client = null) : IDisposable
{
    private static readonly HttpClient Network = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8 });

    /// <summary>The cookie jar: name and value.</summary>
    public Dictionary<string, string> Cookies { get; } = new(StringComparer.Ordinal);

    public Uri Address => address;

    /// <summary>The Cookie header that it sends.</summary>
    public string CookieHeader => string.Join("; ", Cookies.Select(cookie => $"{cookie.Key}={cookie.Value}"));

    /// <summary>The id in its session token.</summary>
    public SessionId SessionId => SessionToken.TryParse(Session, out var token) ? token.Id : throw new InvalidOperationException("Nobody is signed in.");

    public string? Session => Cookies.GetValueOrDefault(SojournDefaults.CookieName);

    public string? Visit => Cookies.GetValueOrDefault(SojournDefaults.CookieName + SojournDefaults.VisitSuffix);

    /// <summary>Another browser with the same cookies: a thief, or a snapshot taken before something happens.</summary>
    public Browser Copy()
    {
        var copy = new Browser(address, client);
        foreach (var (name, value) in Cookies)
        {
            copy.Cookies[name] = value;
        }

        return copy;
    }

    public Task<Reply> GetAsync(string path, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Get, path, headers);

    public Task<Reply> PostAsync(string path, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Post, path, headers);

    /// <summary>A navigation, as a link or the address bar makes it.</summary>
    public Task<Reply> NavigateAsync(string path) => SendAsync(HttpMethod.Get, path, [("Sec-Fetch-Mode", "navigate"), ("Accept", "text/html")]);

    public async Task<Reply> SendAsync(HttpMethod method, string path, (string Name, string Value)[] headers, HttpContent? content = null, bool keepCookies = true)
    {
        using var request = new HttpRequestMessage(method, new Uri(address, path)) { Content = content };
        if (Cookies.Count > 0)
        {
            request.Headers.TryAddWithoutValidation("Cookie", CookieHeader);
        }

        // A test that gives one of these means just that, and with an empty value that there is none.
        if (!headers.Any(header => header.Name is "Sec-Fetch-Site" or "Origin"))
        {
            request.Headers.Add("Sec-Fetch-Site", "same-origin");
        }

        foreach (var (name, value) in headers.Where(header => header.Value.Length > 0))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await (client ?? Network).SendAsync(request, TestContext.Current.CancellationToken);
        var reply = new Reply((int)response.StatusCode, await response.Content.ReadAsStringAsync(), response.Headers, response.Content.Headers);
        if (keepCookies)
        {
            Keep(reply);
        }

        return reply;
    }

    /// <summary>Stores a reply's cookies: done at once, or later to play a late or lost answer.</summary>
    public void Keep(Reply reply)
    {
        // What clears a partitioned cookie leaves the one of its name without partition alone.
        foreach (var line in reply.SetCookies.Where(line => !line.EndsWith("GMT; Partitioned", StringComparison.Ordinal)))
        {
            var (name, value) = (line[..line.IndexOf('=')], line[(line.IndexOf('=') + 1)..].Split(';')[0]);
            if (value.Length == 0)
            {
                Cookies.Remove(name);
            }
            else
            {
                Cookies[name] = value;
            }
        }
    }

    public void Dispose()
    {
    }
}

/// <summary>An answer, read to its end.</summary>
internal sealed record Reply(int Status, string Body, HttpResponseHeaders Headers, HttpContentHeaders ContentHeaders)
{
    public IReadOnlyList<string> SetCookies => Headers.TryGetValues("Set-Cookie", out var lines) ? [.. lines] : [];

    public string? SessionCookie => SetCookies.FirstOrDefault(line => line.StartsWith(SojournDefaults.CookieName + "=", StringComparison.Ordinal));

    public string? VisitCookie => SetCookies.FirstOrDefault(line => line.StartsWith(SojournDefaults.CookieName + SojournDefaults.VisitSuffix + "=", StringComparison.Ordinal));

    /// <summary>The reason in a problem answer; null when there is none.</summary>
    public string? Reason => ContentHeaders.ContentType?.MediaType == "application/problem+json" && JsonDocument.Parse(Body).RootElement.TryGetProperty("reason", out var reason) ? reason.GetString() : null;

    public string Header(string name) => Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : ContentHeaders.TryGetValues(name, out values) ? string.Join(", ", values) : "";
}
