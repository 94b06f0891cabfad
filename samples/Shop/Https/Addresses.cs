namespace Shop.Https;

/// <summary>What the configuration says of the addresses to listen on.</summary>
internal static class Addresses
{
    public const string Default = "https://localhost:5443;http://localhost:5080";

    public static bool AreSaid(IConfiguration configuration)
        => Urls(configuration).Any() || configuration["http_ports"] is { Length: > 0 } || configuration["https_ports"] is { Length: > 0 };

    public static bool IncludeHttps(IConfiguration configuration)
        => !AreSaid(configuration)
            || Urls(configuration).Any(url => url.StartsWith("https:", StringComparison.OrdinalIgnoreCase)) || configuration["https_ports"] is { Length: > 0 };

    /// <summary>Whether the owner has a certificate of their own.</summary>
    public static bool HaveCertificate(IConfiguration configuration) => configuration.GetSection("Kestrel:Certificates:Default").Exists();

    /// <summary>Where a page is over https, on the machine that the request named; null when the shop does not speak it.</summary>
    public static string? OverHttps(WebApplication app, HttpRequest request, string pathAndQuery)
        => app.Urls.FirstOrDefault(url => url.StartsWith("https:", StringComparison.Ordinal)) is { } url
            ? $"https://{request.Host.Host}:{BindingAddress.Parse(url).Port}{pathAndQuery}"
            : null;

    private static IEnumerable<string> Urls(IConfiguration configuration)
        => (configuration["urls"] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Concat(configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"] ?? ""));
}
