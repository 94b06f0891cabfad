namespace Microsoft.Extensions.DependencyInjection;

using Microsoft.Extensions.Diagnostics.HealthChecks;
using Sojourn.AspNetCore;

/// <summary>Adds the session store to the health checks.</summary>
public static class SojournHealthChecksBuilderExtensions
{
    /// <summary>
    /// Adds a readiness check: degraded while the store does not answer (requests without a session still work),
    /// unhealthy when this machine's clock is more than 30 seconds off the store's. Do not use it for liveness: a restart
    /// mends neither.
    /// </summary>
    /// <param name="builder">The health checks.</param>
    /// <param name="name">The check's name.</param>
    /// <param name="tags">Tags to choose it by; default <c>ready</c>.</param>
    public static IHealthChecksBuilder AddSojourn(this IHealthChecksBuilder builder, string name = "sojourn", params string[] tags)
        => builder.AddCheck<SessionStoreHealthCheck>(name, HealthStatus.Unhealthy, tags.Length == 0 ? ["ready"] : tags);
}
