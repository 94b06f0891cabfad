using Microsoft.AspNetCore.Authorization;
using Sojourn.AspNetCore;

namespace Sojourn;

/// <summary>
/// The endpoint needs somebody who is signed in and has authenticated a short while ago; see <see cref="StepUpRequirement"/>.
/// Needs <c>AddAuthorization()</c> and <c>UseAuthorization()</c>, as <c>[Authorize]</c> does. On a hub, the one that connects needs
/// it. On a hub's method it refuses every call, as it does in a component: what a connection knows of its session is as old
/// as the connection.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method, AllowMultiple = true, Inherited = true)]
public sealed class RequireStepUpAttribute : AuthorizeAttribute, IAuthorizationRequirementData
{
    private readonly StepUpRequirement? _requirement;

    /// <summary>Asks for an authentication within five minutes, or <see cref="WithinMinutes"/>.</summary>
    public RequireStepUpAttribute() : base(StepUpPolicy.Name)
    {
    }

    internal RequireStepUpAttribute(StepUpRequirement requirement) : this() => _requirement = requirement;

    /// <summary>Set by this attribute; name another policy with an <c>[Authorize]</c> beside it.</summary>
    public new string? Policy => base.Policy;

    /// <summary>How many minutes ago at most: 1 to 1,440. Default 5.</summary>
    public int WithinMinutes { get; init; } = 5;

    /// <summary>The authentication context class that must have been reached; null (the default) for any.</summary>
    public string? Acr { get; init; }

    /// <summary>The methods that must have succeeded within that time, as in RFC 8176; none (the default) for any.</summary>
    public string[] Methods { get; init; } = [];

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A setting is out of its range.</exception>
    public IEnumerable<IAuthorizationRequirement> GetRequirements() => [_requirement ?? new(TimeSpan.FromMinutes(WithinMinutes), Acr, Methods)];
}
