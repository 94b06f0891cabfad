using System.Net;
using System.Text.Json;

namespace Sojourn.Browser.Tests;

/// <summary>Somebody with a copy of a session cookie, who shows it again and again and never what the shop gave in its place.</summary>
internal sealed class Thief(Uri shop, string name, string value) : IDisposable
{
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false })
    {
        BaseAddress = shop,
        DefaultRequestHeaders = { { "Cookie", $"{name}={value}" } },
    };

    /// <summary>Asks for the session. True if the shop took the copy and handed out a successor with the answer.</summary>
    public async Task<bool> TakeAsync()
    {
        using var answer = await _client.GetAsync("/api/session", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return answer.Headers.TryGetValues("Set-Cookie", out var lines) && lines.Any(line => line.StartsWith(name + "=", StringComparison.Ordinal));
    }

    /// <summary>Asks for the session. The reason of the refusal, or null if the shop took the copy.</summary>
    public async Task<string?> RefusalAsync()
    {
        using var answer = await _client.GetAsync("/api/session", TestContext.Current.CancellationToken);
        if (answer.StatusCode == HttpStatusCode.OK)
        {
            return null;
        }

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        using var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return problem.RootElement.GetProperty("reason").GetString();
    }

    public void Dispose() => _client.Dispose();
}
