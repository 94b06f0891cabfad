using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Builder;

using Sojourn.AspNetCore;

/// <summary>Maps what pages need of sessions.</summary>
public static class SojournEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Maps, below a prefix: <c>GET time-left</c> (how long the session lasts, in seconds; no activity), <c>POST stay</c>
    /// (an activity and nothing else), <c>GET csrf</c> (the token of <c>AddCsrfTokens()</c> for scripts, 404 without it),
    /// <c>GET resume</c> (sends a form again that a step-up interrupted), <c>GET done</c> (closes the module's small window), and the modules <c>time-left.js</c> and
    /// <c>step-up.js</c>.
    /// </summary>
    /// <param name="endpoints">The application.</param>
    /// <param name="prefix">Where; default <c>/session</c>. A plain path, also of the groups around it: route values fail the start.</param>
    /// <exception cref="InvalidOperationException"><c>AddSojourn()</c> was not called.</exception>
    public static RouteGroupBuilder MapSession(this IEndpointRouteBuilder endpoints, [StringSyntax("Route")] string prefix = "/session")
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var parts = endpoints.ServiceProvider.GetService<WebParts>() ?? throw new InvalidOperationException("MapSession() needs builder.Services.AddSojourn().");
        var group = endpoints.MapGroup(prefix).AllowAnonymous(); // each says itself what it needs, also behind a fallback policy
        group.MapGet("/time-left", TimeLeft.WriteAsync).Passive();
        group.MapPost("/stay", TimeLeft.StayAsync);
        group.MapGet("/csrf", CsrfEndpoint.WriteAsync).Passive();
        ResumePage.Map(group, parts);
        group.MapGet("/done", DonePage.WriteAsync).WithoutSession();
        ScriptModules.Map(group);
        return group;
    }
}
