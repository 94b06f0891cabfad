using System.Net;

namespace Sojourn.Tests.Starting;

[Requirement("ASVS-2.4.1")]
public sealed class StartThrottleTests
{
    private static readonly ClientAddress Nowhere = new(null);

    private readonly ManualTimeProvider _time = new();
    private readonly SojournOptions _options = new() { StartsPerSubject = 5, StartsPerAddress = 20 };

    [Fact]
    public void A_subject_gets_a_burst_and_then_one_a_second()
    {
        var throttle = new StartThrottle(_options, _time);

        Assert.Equal(5, Taken(throttle, "alice", Nowhere, 10));
        Assert.Equal(5, Taken(throttle, "bob", Nowhere, 10));
        _time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.Equal(0, Taken(throttle, "alice", Nowhere, 10));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, Taken(throttle, "alice", Nowhere, 10));
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(5, Taken(throttle, "alice", Nowhere, 10));
    }

    [Fact]
    public void An_address_gets_a_burst_and_then_ten_a_second_whoever_signs_in()
    {
        var throttle = new StartThrottle(_options, _time);
        var address = new ClientAddress(IPAddress.Parse("192.0.2.1"));

        Assert.Equal(20, Enumerable.Range(0, 50).Count(number => throttle.TryTake($"user{number}", address)));
        Assert.Equal(0, Taken(throttle, "another", address, 10));
        Assert.Equal(20, Enumerable.Range(0, 50).Count(number => throttle.TryTake($"user{number}", new(IPAddress.Parse("192.0.2.2")))));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(10, Enumerable.Range(0, 50).Count(number => throttle.TryTake($"later{number}", address)));
    }

    [Fact]
    public void Visits_from_one_address_are_limited_and_keep_nobody_behind_it_from_signing_in()
    {
        var throttle = new StartThrottle(_options, _time);
        var address = new ClientAddress(IPAddress.Parse("192.0.2.1"));

        Assert.Equal(20, Taken(throttle, null, address, 1000));
        Assert.Equal(5, Taken(throttle, "alice", address, 10));
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(20, Taken(throttle, null, address, 1000)); // a burst, however long it waited for it
        Assert.Equal(600, Enumerable.Range(0, 60).Sum(_ =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return Taken(throttle, null, address, 100);
        })); // and ten a second: 600 a minute
    }

    [Fact]
    public void An_IPv6_network_of_64_bits_counts_as_one_and_a_mapped_address_as_IPv4()
    {
        var throttle = new StartThrottle(_options, _time);

        Assert.Equal(20, Enumerable.Range(0, 50).Count(number => throttle.TryTake(null, new(IPAddress.Parse($"2001:db8:1:2:{number:x}::1")))));
        Assert.Equal(20, Taken(throttle, null, new(IPAddress.Parse("2001:db8:1:3::1")), 50));
        Assert.Equal(20, Enumerable.Range(0, 50).Count(number => throttle.TryTake($"user{number}", new(IPAddress.Parse($"2001:db8:1:2:{number:x}::1")))));
        Assert.Equal(20, Taken(throttle, null, new(IPAddress.Parse("::ffff:192.0.2.9")), 50));
        Assert.Equal(0, Taken(throttle, null, new(IPAddress.Parse("192.0.2.9")), 50));
    }

    [Fact]
    public void Zero_means_no_limit_and_an_unknown_address_is_not_counted()
    {
        var throttle = new StartThrottle(new() { StartsPerSubject = 0, StartsPerAddress = 20 }, _time);

        Assert.Equal(5000, Taken(throttle, "alice", Nowhere, 5000));
        Assert.Equal(5000, Taken(throttle, null, Nowhere, 5000));
    }

    [Fact]
    public async Task Parallel_starts_take_no_more_than_the_burst()
    {
        var throttle = new StartThrottle(new() { StartsPerSubject = 1000 }, _time);
        var taken = 0;

        await Threads.RunAsync(4, _ =>
        {
            Interlocked.Add(ref taken, Taken(throttle, "alice", Nowhere, 1000));
            return Task.CompletedTask;
        });

        Assert.Equal(1000, taken);
    }

    [Fact]
    public async Task A_start_beyond_the_burst_is_refused_without_a_store_call()
    {
        var node = EngineHarness.Create(options => options.StartsPerSubject = 2);
        await node.SignInAsync();
        await node.SignInAsync();
        node.Store.ResetCalls();

        Assert.Equal(SessionStartOutcome.TooMany, (await node.Manager.StartAsync(new() { Subject = "alice" })).Outcome);
        Assert.Equal(0, node.Store.TotalCalls);
        node.Pass(TimeSpan.FromSeconds(1));
        await node.SignInAsync();
    }

    private static int Taken(StartThrottle throttle, string? subject, ClientAddress address, int tries)
        => Enumerable.Range(0, tries).Count(_ => throttle.TryTake(subject, address));
}
