namespace Sojourn.Engine;

/// <summary>
/// Throttles starts: per subject, and per address with an IPv6 /64 as one (ASVS-2.4.1). Visitors and sign-ins are counted
/// apart: behind one address there may be many people, and a flood of visits from there must not keep them from signing in.
/// </summary>
internal sealed class StartThrottle(SojournOptions options, TimeProvider time)
{
    private const int MaxBuckets = 100_000;
    private const double SubjectPerSecond = 1;
    private const double AddressPerSecond = 10;

    private readonly BucketTable<string> _subjects = new(MaxBuckets, time);
    private readonly BucketTable<ClientAddress> _signIns = new(MaxBuckets, time);
    private readonly BucketTable<ClientAddress> _visits = new(MaxBuckets, time);

    /// <summary>Whether a start may go ahead; a setting of 0 lets all of them.</summary>
    public bool TryTake(string? subject, ClientAddress address) => subject is null
        ? TryTake(_visits, address)
        : (options.StartsPerSubject == 0 || _subjects.TryTake(subject, options.StartsPerSubject, SubjectPerSecond)) && TryTake(_signIns, address);

    private bool TryTake(BucketTable<ClientAddress> starts, ClientAddress address)
        => address.IsUnknown || options.StartsPerAddress == 0 || starts.TryTake(address.Network, options.StartsPerAddress, AddressPerSecond);
}
