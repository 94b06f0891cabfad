using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Sojourn.AspNetCore;

/// <summary>Readiness: the store answers, and the clocks agree (protocol 8 and 9).</summary>
internal sealed class SessionStoreHealthCheck(WebParts parts) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var engine = parts.Engine;
        try
        {
            await engine.OpenAsync(cancellationToken);
            var sent = engine.Clock.Now;
            engine.Clock.Compare(await engine.Store.ProbeAsync(0, cancellationToken), sent, engine.Clock.Now);
        }
        catch (SessionStoreException fault)
        {
            return HealthCheckResult.Degraded("The session store does not answer; requests with a session get 503.", fault);
        }

        return engine.Clock.IsUsable
            ? HealthCheckResult.Healthy()
            : new HealthCheckResult(context.Registration.FailureStatus, $"This machine's clock is {engine.Clock.Skew.TotalSeconds:0} s off the session store's. Set it right (NTP).");
    }
}
