using Microsoft.AspNetCore.Authorization;
using Sojourn.Storage;

namespace Sojourn;

/// <summary>
/// The person must have authenticated a short while ago, in the session of the request: at its start, or by
/// <see cref="Session.StepUpAsync(string[])"/>. The rule says how long ago, so it runs out by itself (ASVS-7.5.1, NIST-5.2-3).
/// Being remembered ("keep me signed in") is no authentication: only its time counts. It is met in requests alone: what
/// authorizes anything but an <c>HttpContext</c> finds it unmet. Immutable. Usually set by <c>RequireStepUp()</c>; in a policy of
/// one's own use <c>policy.AddRequirements(…)</c>.
/// </summary>
public sealed class StepUpRequirement : IAuthorizationRequirement
{
    /// <summary>Makes a requirement.</summary>
    /// <param name="within">How long ago at most; more than zero, at most a day.</param>
    /// <param name="acr">The authentication context class that must have been reached within that time; null for any.</param>
    /// <param name="methods">Methods each of which must have succeeded within that time, as in RFC 8176; none for any.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="within"/> is out of its range.</exception>
    /// <exception cref="ArgumentException">A method is empty, or named twice: the same one never counts as two.</exception>
    public StepUpRequirement(TimeSpan within, string? acr = null, params IReadOnlyList<string> methods)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(within, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(within, TimeSpan.FromDays(1));
        ArgumentNullException.ThrowIfNull(methods);
        if (methods.Any(string.IsNullOrWhiteSpace) || methods.Distinct(StringComparer.Ordinal).Count() != methods.Count)
        {
            throw new ArgumentException("Name each method once, as in RFC 8176: the same one never counts as two.", nameof(methods));
        }

        (Within, Acr, Methods) = (within, acr, [.. methods]);
    }

    /// <summary>How long ago at most.</summary>
    public TimeSpan Within { get; }

    /// <summary>The authentication context class that must have been reached; null for any.</summary>
    public string? Acr { get; }

    /// <summary>The methods that must have succeeded within that time; none for any.</summary>
    public IReadOnlyList<string> Methods { get; }

    internal bool IsMetBy(SessionRecord record, DateTimeOffset now)
    {
        var since = now - Within;
        return record.AuthenticatedAt >= since
            && (Acr is null || (Acr == record.Assurance.Acr && record.Assurance.AcrAt >= since))
            && Methods.All(name => record.Assurance.Methods.Any(method => method.Name == name && method.At >= since));
    }
}
