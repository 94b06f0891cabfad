namespace Shop;

/// <summary>What the configuration says of the addresses to listen on.</summary>
internal static class Addresses
{
    public static bool AreSaid(IConfiguration configuration)
        => Urls(configuration).Any() || configuration["http_ports"] is { Length: > 0 } || configuration["https_ports"] is { Length: > 0 };

    public static bool IncludeHttps(IConfiguration configuration)
        => Urls(configuration).Any(url => url.StartsWith("https:", StringComparison.OrdinalIgnoreCase)) || configuration["https_ports"] is { Length: > 0 };

    private static IEnumerable<string> Urls(IConfiguration configuration)
        => (configuration["urls"] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Concat(configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"] ?? ""));
}
