using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.Extensions.Options;

namespace Sojourn.AspNetCore;

/// <summary>
/// The policy that <see cref="RequireStepUpAttribute"/> names: the application's default one, in a request. Only the middleware
/// for endpoints reads what the attribute itself demands; hubs and components look at the name alone, and are refused by it.
/// </summary>
internal sealed class StepUpPolicy : IPostConfigureOptions<AuthorizationOptions>
{
    public const string Name = "Sojourn.StepUp";

    public void PostConfigure(string? name, AuthorizationOptions options)
        => options.AddPolicy(Name, new AuthorizationPolicyBuilder(options.DefaultPolicy).RequireAssertion(context => RequestOf(context) is not null).Build());

    /// <summary>The request that is authorized: by the middleware for endpoints, or by a filter of MVC; null for anything else.</summary>
    public static HttpContext? RequestOf(AuthorizationHandlerContext context) => context.Resource switch
    {
        HttpContext request => request,
        AuthorizationFilterContext filter => filter.HttpContext,
        _ => null,
    };
}
