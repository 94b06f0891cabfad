using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Sojourn.AspNetCore;

/// <summary>Asks for a step-up: pages go to the application's page for it and come back, data gets problem details that say what is needed.</summary>
internal static class StepUpAnswer
{
    /// <summary>The <c>type</c> and <c>reason</c> of the problem details; programs branch on them.</summary>
    public const string Type = "urn:sojourn:step-up-required";

    private const string Reason = "step-up-required";

    /// <summary>What would do, if it is all that is missing: a role that the person lacks is not reached by authenticating again.</summary>
    public static StepUpRequirement? Missing(AuthorizationHandlerContext? unmet)
    {
        if (unmet is null || unmet.HasFailed || unmet.PendingRequirements.Any(requirement => requirement is not StepUpRequirement))
        {
            return null;
        }

        // The one that is hardest to meet; the next attempt names another, should that not be enough.
        return unmet.PendingRequirements.Cast<StepUpRequirement>().OrderByDescending(requirement => requirement.Methods.Count).ThenBy(requirement => requirement.Within).FirstOrDefault();
    }

    public static async Task WriteAsync(SessionFeature feature, StepUpRequirement missing)
    {
        // Authorization may run before UseSojourn() has looked. A form of another site must not be kept: our own page would
        // send it again, as one of this site's, right after the person has authenticated (WSTG-SESS-05).
        if (CrossSiteCheck.Refusal(feature) is { } foreign)
        {
            feature.Refuse(foreign);
            return;
        }

        var context = feature.Context;
        var page = PageFor(feature, missing);
        if (page is not null && RequestKind.IsPage(context))
        {
            context.Response.StatusCode = StatusCodes.Status303SeeOther;
            context.Response.Headers.Location = QueryHelpers.AddQueryString(page, feature.Parts.Options.ReturnUrlParameter, await WayBackAsync(feature));
            NoStore.Apply(context.Response.Headers);
            return;
        }

        var problem = new StepUpProblem(
            Type, "Authenticate again", StatusCodes.Status403Forbidden, "You are signed in. For this, show once more that it is you, and send the request again.", Reason,
            (long)missing.Within.TotalSeconds, missing.Acr, missing.Methods.Count == 0 ? null : missing.Methods, page);
        await SessionProblem.WriteAsync(context, problem.Status, problem, SojournJsonContext.Default.StepUpProblem);
    }

    /// <summary>The application's page for it, told what is asked for when that is something particular.</summary>
    private static string? PageFor(SessionFeature feature, StepUpRequirement missing)
    {
        if (feature.Parts.Options.StepUpPath is not { HasValue: true } path)
        {
            return null;
        }

        var page = feature.Context.Request.PathBase.Add(path).ToUriComponent();
        page = missing.Acr is { } acr ? QueryHelpers.AddQueryString(page, "acr", acr) : page;
        return missing.Methods.Count > 0 ? QueryHelpers.AddQueryString(page, "methods", string.Join(',', missing.Methods)) : page;
    }

    /// <summary>The page that sends the kept form again; without one, where a link may lead.</summary>
    private static async Task<string> WayBackAsync(SessionFeature feature)
    {
        var request = feature.Context.Request;
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
        {
            return ReturnAddress.Of(request);
        }

        return feature.Parts.ResumeAddress is { } resume && await KeptForms.TryKeepAsync(feature) is { } id
            ? $"{request.PathBase.ToUriComponent()}{resume}?{ResumePage.Parameter}={id}"
            : PageOf(request);
    }

    /// <summary>A form cannot be sent again by a link, so its way back is the page that it was on, as far as the browser says.</summary>
    private static string PageOf(HttpRequest request)
        => SerializedOrigin.TryParse(request, out var own)
            && Uri.TryCreate(request.Headers.Referer, UriKind.Absolute, out var page)
            && SerializedOrigin.TryParse(page.GetLeftPart(UriPartial.Authority), out var origin) && origin.IsSame(own)
            && ReturnAddress.IsLocal(page.PathAndQuery)
            ? page.PathAndQuery
            : "/";
}

/// <summary>The problem details of a step-up.</summary>
/// <param name="Type">Which problem it is.</param>
/// <param name="Title">The same in words.</param>
/// <param name="Status">403.</param>
/// <param name="Detail">What to do.</param>
/// <param name="Reason">The word that all our problem details have.</param>
/// <param name="Within">How many seconds ago the authentication may be at most.</param>
/// <param name="Acr">The authentication context class that is asked for.</param>
/// <param name="Methods">The methods that are asked for.</param>
/// <param name="Confirm">The address of the application's page for it.</param>
internal sealed record StepUpProblem(
    string Type, string Title, int Status, string Detail, string Reason, long Within, string? Acr, IReadOnlyList<string>? Methods, string? Confirm);
