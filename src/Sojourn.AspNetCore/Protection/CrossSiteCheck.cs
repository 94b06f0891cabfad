using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;

namespace Sojourn.AspNetCore;

/// <summary>
/// What every unsafe request, sign-in included (FM-16), and every upgrade has to pass before its session is looked at, unless
/// its endpoint says <c>AllowCrossSite()</c>.
/// </summary>
internal static class CrossSiteCheck
{
    public static bool IsExempt(HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<AllowCrossSiteAttribute>() is not null;

    /// <summary>The answer to a request that does not pass; null for one that does.</summary>
    public static SessionAnswer? Refusal(SessionFeature feature)
    {
        var (context, parts) = (feature.Context, feature.Parts);
        if (IsExempt(context))
        {
            return null;
        }

        var verdict = OriginCheck.Check(context.Request, parts.Options.TrustedOrigins);
        if (!verdict.IsAllowed)
        {
            SojournWebLog.CrossSiteRefused(parts.Logger, context.Request.Method, verdict.Failure!);
            var answer = SessionAnswer.CrossSite(verdict.Failure, verdict.Detail);
            return verdict.Failure == OriginCheck.Foreign ? parts.Proxies.Explain(answer, context) : answer;
        }

        if (OriginCheck.IsUnsafe(context.Request) && IsFoundForged(context))
        {
            SojournWebLog.AntiforgeryRefused(parts.Logger, context.Request.Method);
            return SessionAnswer.Antiforgery();
        }

        return null;
    }

    /// <summary>
    /// The framework notes that a request is forged, and then runs every endpoint that reads no form (FM-14). Only this
    /// verdict counts: "valid" may mean no more than that there was nothing to look at (decision 10).
    /// </summary>
    public static bool IsFoundForged(HttpContext context) => context.Features.Get<IAntiforgeryValidationFeature>() is { IsValid: false };
}
