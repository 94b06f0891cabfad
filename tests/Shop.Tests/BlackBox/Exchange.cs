namespace Shop.Tests.BlackBox;

/// <summary>A request, and what came back.</summary>
internal sealed record Exchange(HttpRequestMessage Request, HttpResponseMessage Response, string Text)
{
    public IReadOnlyList<CookieLine> Cookies { get; } =
        [.. (Response.Headers.TryGetValues("Set-Cookie", out var lines) ? lines : []).Select(CookieLine.Parse)];

    public string Place => $"{Request.Method} {Request.RequestUri!.PathAndQuery}";

    public string? Header(string name)
        => Response.Headers.TryGetValues(name, out var values) || Response.Content.Headers.TryGetValues(name, out values) ? string.Join(", ", values) : null;
}

/// <summary>A Set-Cookie line as browsers read it (RFC 6265 section 5.2): the names of attributes have no case.</summary>
internal sealed record CookieLine(string Name, string Value, IReadOnlyDictionary<string, string?> Attributes)
{
    /// <summary>How long the browser keeps it; null for as long as it is open.</summary>
    public TimeSpan? Lifetime => Attributes.TryGetValue("Max-Age", out var seconds) ? TimeSpan.FromSeconds(long.Parse(seconds!, null)) : null;

    /// <summary>Whether the line takes the cookie away.</summary>
    public bool IsEnd => Lifetime == TimeSpan.Zero;

    public static CookieLine Parse(string line)
    {
        var parts = line.Split(';', StringSplitOptions.TrimEntries);
        var pair = parts[0].Split('=', 2);
        return new(pair[0], pair[1], parts.Skip(1).Select(part => part.Split('=', 2))
            .ToDictionary(part => part[0], part => part.Length > 1 ? part[1] : null, StringComparer.OrdinalIgnoreCase)); // one that is repeated throws (CK-10)
    }
}

/// <summary>Writes down what passes.</summary>
internal sealed class Recorder(HttpMessageHandler way, List<Exchange> record) : DelegatingHandler(way)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        await response.Content.LoadIntoBufferAsync(cancellationToken);
        record.Add(new(request, response, await response.Content.ReadAsStringAsync(cancellationToken)));
        return response;
    }
}
