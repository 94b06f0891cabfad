using System.Net;
using System.Text;
using System.Text.Json;

namespace Shop.Tests;

/// <summary>
/// A browser without scripts: it keeps cookies (also Secure ones, on loopback, as real ones do), sends what browsers send
/// with a navigation or a fetch, and follows redirects when asked to.
/// </summary>
/// <param name="address">Where the shop is.</param>
/// <param name="way">How requests get there, without cookies and redirects of its own; null for the plain way.</param>
internal sealed class Browser(Uri address, HttpMessageHandler? way = null) : IDisposable
{
    public const string ChromeOnLinux = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";
    public const string FirefoxOnWindows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0";

    private readonly HttpClient _client = new(way ?? new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8 }) { BaseAddress = address };

    public string UserAgent { get; init; } = ChromeOnLinux;

    public Dictionary<string, string> Cookies { get; } = [];

    public string Origin { get; } = address.GetLeftPart(UriPartial.Authority);

    public Task<Answer> GetAsync(string path) => FetchAsync(new(HttpMethod.Get, path));

    public Task<Answer> PostAsync(string path, string? json = null)
        => FetchAsync(new(HttpMethod.Post, path) { Content = json is null ? null : new StringContent(json, Encoding.UTF8, "application/json") });

    public Task<Answer> DeleteAsync(string path) => FetchAsync(new(HttpMethod.Delete, path));

    /// <summary>As script would: with Origin where browsers send it.</summary>
    public Task<Answer> FetchAsync(HttpRequestMessage request)
    {
        request.Headers.TryAddWithoutValidation("Sec-Fetch-Mode", "cors");
        return SendAsync(request);
    }

    /// <summary>Goes to a page, and on to where it sends the browser.</summary>
    public Task<Answer> GoAsync(string path) => FollowAsync(new(HttpMethod.Get, path));

    /// <summary>Sends a form, and goes on to where that sends the browser.</summary>
    public Task<Answer> SubmitAsync(string path, params (string Name, string Value)[] fields) => FollowAsync(Form(path, fields));

    public static HttpRequestMessage Form(string path, params (string Name, string Value)[] fields)
        => new(HttpMethod.Post, path) { Content = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value))) };

    /// <summary>As a click would: one request, no redirect followed.</summary>
    public Task<Answer> NavigateAsync(HttpRequestMessage request)
    {
        request.Headers.TryAddWithoutValidation("Accept", "text/html,application/xhtml+xml");
        request.Headers.TryAddWithoutValidation("Sec-Fetch-Mode", "navigate");
        return SendAsync(request);
    }

    public async Task SignInAsync(string user, bool remember = false)
    {
        var answer = await PostAsync("/api/sign-in", $$"""{"user":"{{user}}","password":"sojourn-demo-1","remember":{{(remember ? "true" : "false")}}}""");
        Assert.Equal(HttpStatusCode.OK, answer.Status);
    }

    /// <summary>The request as it is, with the cookies, and Origin unless it says otherwise.</summary>
    public async Task<Answer> SendAsync(HttpRequestMessage request)
    {
        if (Cookies.Count > 0 && !request.Headers.Contains("Cookie"))
        {
            request.Headers.TryAddWithoutValidation("Cookie", string.Join("; ", Cookies.Select(cookie => $"{cookie.Key}={cookie.Value}")));
        }

        request.Headers.TryAddWithoutValidation("User-Agent", UserAgent);
        if (request.Method != HttpMethod.Get && !request.Headers.Contains("Origin") && !request.Headers.Contains("Sec-Fetch-Site"))
        {
            request.Headers.TryAddWithoutValidation("Origin", Origin);
        }

        using var response = await _client.SendAsync(request, TestContext.Current.CancellationToken);
        Keep(response);
        return new(response.StatusCode, response, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public void Dispose() => _client.Dispose();

    private async Task<Answer> FollowAsync(HttpRequestMessage request)
    {
        var answer = await NavigateAsync(request);
        for (var hops = 0; answer.Location is { } next; hops++)
        {
            Assert.True(hops < 5, "The shop redirects in circles.");
            Assert.StartsWith("/", next, StringComparison.Ordinal);
            answer = await NavigateAsync(new(HttpMethod.Get, next));
        }

        return answer;
    }

    private void Keep(HttpResponseMessage response)
    {
        foreach (var line in response.Headers.TryGetValues("Set-Cookie", out var lines) ? lines : [])
        {
            var (name, value) = (line[..line.IndexOf('=', StringComparison.Ordinal)], line[(line.IndexOf('=', StringComparison.Ordinal) + 1)..line.IndexOf(';', StringComparison.Ordinal)]);
            if (line.Contains("Max-Age=0;", StringComparison.Ordinal))
            {
                Cookies.Remove(name);
            }
            else
            {
                Cookies[name] = value;
            }
        }
    }
}

/// <summary>What came back.</summary>
internal sealed record Answer(HttpStatusCode Status, HttpResponseMessage Response, string Text)
{
    public string? Location => Response.Headers.Location?.OriginalString;

    public JsonElement Json => JsonDocument.Parse(Text).RootElement;

    public string? Reason => Json.TryGetProperty("reason", out var reason) ? reason.GetString() : null;

    public IEnumerable<string> SetCookies => Response.Headers.TryGetValues("Set-Cookie", out var lines) ? lines : [];

    public string? Header(string name)
        => Response.Headers.TryGetValues(name, out var values) || Response.Content.Headers.TryGetValues(name, out values) ? string.Join(", ", values) : null;

    /// <summary>Checks that it is problem details with this status.</summary>
    public Answer IsProblem(HttpStatusCode status, string? reason = null)
    {
        Assert.True(status == Status, $"{(int)Status}: {Text}");
        Assert.Equal("application/problem+json", Response.Content.Headers.ContentType?.MediaType);
        Assert.Equal((int)status, Json.GetProperty("status").GetInt32());
        Assert.False(string.IsNullOrEmpty(Json.GetProperty("title").GetString()));
        Assert.Equal(reason, Reason);
        return this;
    }
}
