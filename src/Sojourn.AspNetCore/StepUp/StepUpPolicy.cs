using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
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
        => options.AddPolicy(Name, new AuthorizationPolicyBuilder(options.DefaultPolicy).RequireAssertion(context => context.Resource is HttpContext).Build());
}
