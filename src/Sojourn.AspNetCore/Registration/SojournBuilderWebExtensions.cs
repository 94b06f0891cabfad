using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Sojourn.AspNetCore;

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

    /// <summary>
    /// Switches token mode on: unsafe requests of signed-in sessions have to carry a token of their session as well
    /// (NIST SP 800-63B-4, 5.1), besides passing the check of their origin. <c>HttpContext.SojournCsrfToken</c> gives it,
    /// <see cref="SessionCsrfTagHelper"/> writes it into forms, and scripts get it from <c>GET csrf</c> of <c>MapSession()</c>.
    /// Not asked for: upgrades (WebSocket), endpoints with <c>AllowCrossSite()</c>. Adds Data Protection; nodes have to share
    /// its key ring.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Sets the names of header and field; they are checked at the start.</param>
    public static SojournBuilder AddCsrfTokens(this SojournBuilder builder, Action<SojournCsrfOptions>? configure = null)
    {
        var services = builder.Services;
        services.AddDataProtection();
        services.AddOptions<SojournCsrfOptions>().Configure(configure ?? (_ => { })).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<SojournCsrfOptions>, SojournCsrfOptionsCheck>());
        services.TryAddSingleton<CsrfTokens>();
        return builder;
    }
}
