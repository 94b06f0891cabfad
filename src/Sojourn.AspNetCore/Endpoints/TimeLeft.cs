using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Sojourn.AspNetCore;

/// <summary>How long the session lasts, for pages that warn before it ends (NIST-5.2-4, CSMCS-40). Asking is no activity.</summary>
internal static class TimeLeft
{
    public static Task WriteAsync(HttpContext context)
    {
        NoStore.Apply(context.Response.Headers);
        return context.Response.WriteAsJsonAsync(Of(context), SojournJsonContext.Default.TimeLeftBody, cancellationToken: context.RequestAborted);
    }

    /// <summary>The activity is written before the answer: the page may look next at another node.</summary>
    public static async Task StayAsync(HttpContext context)
    {
        var feature = context.Features.GetRequiredFeature<SessionFeature>();
        if (feature.Request.Running is not { Subject: not null } record)
        {
            await ChallengeAnswer.ChallengeAsync(feature, returnUrl: null);
            return;
        }

        await feature.Parts.Engine.Touches.FlushAsync(record.Id);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        NoStore.Apply(context.Response.Headers);
    }

    private static TimeLeftBody Of(HttpContext context)
    {
        var feature = context.Features.GetRequiredFeature<SessionFeature>();
        var (session, now) = (context.SojournSession, feature.Parts.Engine.Clock.Now);
        if (session.IsSignedIn)
        {
            return new(true, Seconds(session.IdleExpiresAt!.Value - now), Seconds(session.AbsoluteExpiresAt!.Value - now), null);
        }

        var shown = feature.Request.ShownToken;
        return new(false, null, null, shown is { IsActive: false } refused ? Reasons.Of(refused.Outcome, refused.EndReason) : null);
    }

    // Rounded down: a page that believes it has a second more than it has would warn too late.
    private static long Seconds(TimeSpan left) => Math.Max(0, (long)left.TotalSeconds);
}

/// <summary>The answer.</summary>
/// <param name="SignedIn">Whether somebody is signed in.</param>
/// <param name="Idle">Seconds until the session ends if nothing more happens.</param>
/// <param name="Absolute">Seconds until it ends in any case.</param>
/// <param name="Reason">Why nobody is signed in any more, as in our problem details.</param>
internal sealed record TimeLeftBody(bool SignedIn, long? Idle, long? Absolute, string? Reason);
