using Microsoft.Extensions.DependencyInjection;

namespace Sojourn;

/// <summary>Sets up what belongs to the web.</summary>
public static class SojournBuilderWebExtensions
{
    /// <summary>Sets the web options: cookies, sign-in page, trusted origins.</summary>
    public static SojournBuilder ConfigureWeb(this SojournBuilder builder, Action<SojournWebOptions> configure)
    {
        builder.Services.Configure(configure);
        return builder;
    }
}
