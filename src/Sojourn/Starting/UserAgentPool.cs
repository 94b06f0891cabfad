using System.Collections.Concurrent;

namespace Sojourn.Engine;

/// <summary>Shares equal user agent strings between records: a site sees few different ones, each many times.</summary>
internal sealed class UserAgentPool
{
    private const int MaxEntries = 4096;

    private readonly ConcurrentDictionary<string, string> _known = new(StringComparer.Ordinal);

    public string? Share(string? userAgent)
        => userAgent is null ? null
        : _known.TryGetValue(userAgent, out var known) ? known
        : _known.Count >= MaxEntries ? userAgent
        : _known.GetOrAdd(userAgent, userAgent);
}
