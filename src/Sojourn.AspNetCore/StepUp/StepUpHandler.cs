using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Sojourn.AspNetCore;

/// <summary>
/// Looks whether the session's authentication is fresh enough. What is not met is noted, so that the answer can be a step-up
/// instead of a refusal, if nothing else is missing.
/// </summary>
internal sealed class StepUpHandler : AuthorizationHandler<StepUpRequirement>
{
    protected override async Task HandleRequirementAsync(AuthorizationHandlerContext context, StepUpRequirement requirement)
    {
        if (context.Resource is not HttpContext request)
        {
            return; // a hub's method: see the attribute
        }

        var feature = request.Features.GetRequiredFeature<SessionFeature>();
        await feature.OpenAsync();

        // The user may be another than the session's: one by another scheme must not profit from who sits in the browser.
        if (feature.Request.Running is not { Subject: { } subject } record || !IsUser(context, subject, feature.Parts.Options.SubjectClaim))
        {
            return;
        }

        if (requirement.IsMetBy(record, feature.Parts.Engine.Clock.Now))
        {
            context.Succeed(requirement);
        }
        else
        {
            feature.Unmet = context;
        }
    }

    private static bool IsUser(AuthorizationHandlerContext context, string subject, string? claimType)
        => context.User.Identities.Any(identity => identity.IsAuthenticated) && SubjectClaim.Of(context.User, claimType) == subject;
}
