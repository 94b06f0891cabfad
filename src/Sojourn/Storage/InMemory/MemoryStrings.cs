namespace Sojourn.Storage;

/// <summary>
/// Shares strings that many sessions have in common (user agents above all, which arrive as a new string with every
/// request): a fixed number of places in groups of four, where a newcomer takes an empty place or that of another. No
/// flood of made-up values can make it grow. Safe for parallel use: a lost race costs a copy.
/// </summary>
internal sealed class MemoryStrings
{
    private const int Groups = 1024;
    private const int GroupSize = 4;

    private readonly string?[] _places = new string?[Groups * GroupSize];

    public string Shared(string text)
    {
        var hash = text.GetHashCode(StringComparison.Ordinal);
        var group = _places.AsSpan((hash & (Groups - 1)) * GroupSize, GroupSize);
        ref var free = ref group[(hash >>> 16) & (GroupSize - 1)];
        foreach (ref var place in group)
        {
            var known = Volatile.Read(ref place);
            if (known is null)
            {
                free = ref place;
                break;
            }

            if (string.Equals(known, text, StringComparison.Ordinal))
            {
                return known;
            }
        }

        Volatile.Write(ref free, text);
        return text;
    }

    public SessionClient Shared(SessionClient client)
        => client.UserAgent is { } agent ? new(client.Address, Shared(agent)) : client;
}
