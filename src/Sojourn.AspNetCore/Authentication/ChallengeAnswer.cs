using Microsoft.AspNetCore.Http;

namespace Sojourn.AspNetCore;

/// <summary>Answers requests that need a sign-in or a right: pages go to the sign-in page, data gets problem details.</summary>
internal static class ChallengeAnswer
{
    public static async Task ChallengeAsync(SessionFeature feature, string? returnUrl)
    {
        await feature.OpenAsync();
        if (feature.Request.IsUnavailable)
        {
            feature.Refuse(SessionAnswer.StoreDown());
            return;
        }

        var shown = feature.Request.ShownToken;
        var reason = shown is { IsActive: false } refused ? Reasons.Of(refused.Outcome, refused.EndReason) : null;
        if (RequestKind.IsPage(feature.Context))
        {
            if (shown?.Outcome == SessionOutcome.Superseded && SessionAnswers.TryRepeat(feature))
            {
                return;
            }

            if (feature.Parts.Options.SignInPath is { HasValue: true })
            {
                // A visitor was never signed in, so there is nothing to explain.
                SignInRedirect.Write(feature, feature.SessionCookie == CookieLookup.Absent ? null : reason, returnUrl);
                return;
            }
        }

        feature.Context.Response.Headers.WWWAuthenticate = SojournDefaults.AuthenticationScheme; // RFC 9110, 15.5.2
        var detail = shown?.Outcome == SessionOutcome.Superseded ? "Another request got a newer token. Repeat the request with it." : "Sign in first.";
        if (feature.Request.IsOverPlainHttp && feature.SessionCookie != CookieLookup.Absent && feature.Parts.Proxies.Explain(feature.Context) is { } cause)
        {
            detail = $"{detail} {cause}"; // perhaps they are signed in, and a proxy hides that this is https
        }

        var problem = new ProblemBody("Signing in is required", StatusCodes.Status401Unauthorized, detail, reason)
        {
            DisplacedBy = reason == Reasons.LimitReached ? PlaceBody.Of(await feature.Request.FindDisplacerAsync(feature.Context.RequestAborted)) : null,
        };
        await SessionProblem.WriteAsync(feature.Context, problem.Status, problem, SojournJsonContext.Default.ProblemBody);
    }

    public static Task ForbidAsync(SessionFeature feature)
    {
        var context = feature.Context;
        if (StepUpAnswer.Missing(feature.Unmet) is { } missing)
        {
            return StepUpAnswer.WriteAsync(feature, missing);
        }

        if (RequestKind.IsPage(context) && feature.Parts.Options.ForbiddenPath is { HasValue: true } path)
        {
            context.Response.StatusCode = StatusCodes.Status303SeeOther;
            context.Response.Headers.Location = (context.Request.PathBase + path).Value;
            return Task.CompletedTask;
        }

        return SessionProblem.WriteAsync(context, StatusCodes.Status403Forbidden, "This is not allowed", null, "You are signed in, and what you asked for needs a right that you do not have.");
    }
}
