namespace Sojourn.Engine;

/// <summary>Throttles starts: per subject, and per address with an IPv6 /64 as one (ASVS-2.4.1).</summary>
internal sealed class StartThrottle(SojournOptions options, TimeProvider time)
{
    private const int MaxBuckets = 100_000;
    private const double SubjectPerSecond = 1;
    private const double AddressPerSecond = 10;

    private readonly BucketTable<string> _subjects = new(MaxBuckets, time);
    private readonly BucketTable<ClientAddress> _addresses = new(MaxBuckets, time);

    /// <summary>Whether a start may go ahead; a setting of 0 lets all of them.</summary>
    public bool TryTake(string? subject, ClientAddress address)
        => (subject is null || options.StartsPerSubject == 0 || _subjects.TryTake(subject, options.StartsPerSubject, SubjectPerSecond))
            && (address.IsUnknown || options.StartsPerAddress == 0 || _addresses.TryTake(address.Network, options.StartsPerAddress, AddressPerSecond));
}
