using System.Net;

namespace Peers.Work;

/// <summary>A browser that keeps its cookies by hand.</summary>
internal sealed class Client : IDisposable
{
    private const int Parallel = 32;
    private readonly HttpClient _http;

    public Client(Uri address)
    {
        Address = address;
        _http = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, MaxConnectionsPerServer = Parallel }) { BaseAddress = address };
    }

    public Uri Address { get; }

    public async Task<string> GetAsync(string path)
    {
        using var answer = await SendAsync("GET", path, cookie: null);
        return await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync();
    }

    /// <summary>Sends a request as the application's own pages have a browser send it.</summary>
    public Task<HttpResponseMessage> SendAsync(string method, string path, string? cookie)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.TryAddWithoutValidation("Sec-Fetch-Site", "same-origin");
        if (!string.IsNullOrEmpty(cookie))
        {
            request.Headers.TryAddWithoutValidation("Cookie", cookie);
        }

        return _http.SendAsync(request);
    }

    public async Task<(HttpStatusCode Status, string Body)> AskAsync(string method, string path, string? cookie)
    {
        using var answer = await SendAsync(method, path, cookie);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Signs a user in and gives the Cookie header that a browser would send from then on: all that were set.</summary>
    public async Task<string> SignInAsync(string? user = null)
    {
        using var answer = await SendAsync("POST", user is null ? "/sign-in" : "/sign-in/" + user, cookie: null);
        if (answer.StatusCode != HttpStatusCode.OK)
        {
            throw new RunException($"{Address} answered a sign-in with {(int)answer.StatusCode}.");
        }

        return answer.Headers.TryGetValues("Set-Cookie", out var lines) ? string.Join("; ", lines.Select(line => line.Split(';')[0])) : "";
    }

    /// <summary>Signs many users in, each a new one.</summary>
    public async Task<string[]> SignInManyAsync(int count, CancellationToken cancellationToken)
    {
        var cookies = new string[count];
        await System.Threading.Tasks.Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = cancellationToken }, async (i, _) =>
            cookies[i] = await SignInAsync());
        return cookies;
    }

    public void Dispose() => _http.Dispose();
}
