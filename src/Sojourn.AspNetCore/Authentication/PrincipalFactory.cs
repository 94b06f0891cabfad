using System.Collections.Concurrent;
using System.Security.Claims;
using Sojourn.Engine;
using Sojourn.Storage;

namespace Sojourn.AspNetCore;

/// <summary>
/// Makes each request its own principal from a session's packed claims. What was parsed is kept for a bounded hot set,
/// by session and version, as plain text that no application can reach.
/// </summary>
internal sealed class PrincipalFactory
{
    private const int MaxEntries = 10_000;

    private readonly ConcurrentDictionary<SessionId, (int Version, PackedIdentity[] Identities)> _hot = new();

    public ClaimsPrincipal Create(SessionRecord record)
    {
        var identities = Parse(record);
        if (identities.Length == 1)
        {
            return new ClaimsPrincipal(new SessionIdentity(identities[0]));
        }

        return new ClaimsPrincipal(identities.Select(identity => new SessionIdentity(identity)));
    }

    /// <summary>The first claim of a type, without making claim objects; null when there is none.</summary>
    public string? FindFirst(SessionRecord record, string type)
    {
        foreach (var identity in Parse(record))
        {
            foreach (ref readonly var claim in identity.Claims.AsSpan())
            {
                if (string.Equals(claim.Type, type, StringComparison.OrdinalIgnoreCase)) // as ClaimsPrincipal does
                {
                    return claim.Value;
                }
            }
        }

        return null;
    }

    private PackedIdentity[] Parse(SessionRecord record)
    {
        if (_hot.TryGetValue(record.Id, out var known) && known.Version == record.Version)
        {
            return known.Identities;
        }

        var identities = ClaimsReader.Read(record.Claims, record.Subject);
        if (identities.Length == 0)
        {
            identities = [new(SojournDefaults.AuthenticationScheme, "sub", ClaimsIdentity.DefaultRoleClaimType, null, [new("sub", record.Subject!, null, null, null, [])], null)];
        }

        if (_hot.Count >= MaxEntries)
        {
            _hot.Clear(); // cheaper than an order of use, and the busy ones are back at once
        }

        _hot[record.Id] = (record.Version, identities);
        return identities;
    }
}
