using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Sojourn.AspNetCore;

/// <summary>
/// Looks whether the session's authentication is fresh enough. What is not met is noted, so that the answer can be a step-up
/// instead of a refusal, if nothing else is missing.
/// </summary>
/// <remarks>
/// It is asked at every authorization of the application. The framework's base class would search the requirements with
/// LINQ each time; this way an endpoint that asks for no step-up costs nothing.
/// </remarks>
internal sealed class StepUpHandler : IAuthorizationHandler
{
    public Task HandleAsync(AuthorizationHandlerContext context)
    {
        if (context.Requirements is not IReadOnlyList<IAuthorizationRequirement> requirements)
        {
            return HandleAsync(context, [.. context.Requirements.OfType<StepUpRequirement>()]);
        }

        for (var i = 0; i < requirements.Count; i++)
        {
            if (requirements[i] is StepUpRequirement)
            {
                return HandleAsync(context, [.. requirements.OfType<StepUpRequirement>()]);
            }
        }

        return Task.CompletedTask;
    }

    private static async Task HandleAsync(AuthorizationHandlerContext context, StepUpRequirement[] requirements)
    {
        if (requirements.Length == 0 || StepUpPolicy.RequestOf(context) is not { } request)
        {
            return; // a hub's method has no request: see the attribute
        }

        var feature = request.Features.GetRequiredFeature<SessionFeature>();
        await feature.OpenAsync();

        // The user may be another than the session's: one by another scheme must not profit from who sits in the browser.
        if (feature.Request.Running is not { Subject: { } subject } record || !IsUser(context, subject, feature.Parts.Options.SubjectClaim))
        {
            return;
        }

        foreach (var requirement in requirements)
        {
            if (requirement.IsMetBy(record, feature.Parts.Engine.Clock.Now))
            {
                context.Succeed(requirement);
            }
            else
            {
                feature.Unmet = context;
            }
        }
    }

    private static bool IsUser(AuthorizationHandlerContext context, string subject, string? claimType)
        => SubjectClaim.TryOf(context.User, claimType) == subject;
}
