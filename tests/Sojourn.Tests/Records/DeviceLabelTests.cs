using System.Net;

namespace Sojourn.Tests.Records;

public sealed class DeviceLabelTests
{
    [Theory]
    [InlineData(null, "Unknown device")]
    [InlineData("  ", "Unknown device")]
    [InlineData("something else", "Unknown device")]
    [InlineData("curl/8.5.0", "curl")]
    [InlineData("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36", "Chrome on Windows")]
    [InlineData("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0", "Edge on Windows")]
    [InlineData("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1", "Safari on iPhone")]
    [InlineData("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) FxiOS/140.0 Mobile/15E148 Safari/605.1.15", "Firefox on iPhone")]
    [InlineData("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0 Mobile Safari/537.36", "Samsung Internet on Android")]
    [InlineData("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15", "Safari on Mac")]
    [InlineData("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux")]
    public void A_user_agent_is_named_as_a_person_would(string? userAgent, string expected)
        => Assert.Equal(expected, new SessionDevice(default, userAgent).Label);

    [Fact]
    [Requirement("PRIV-12")]
    public void A_device_is_known_by_the_hash_of_its_cookie_only()
    {
        var device = SessionDeviceId.OfCookie([1, 2, 3]);
        var bytes = new byte[SessionDeviceId.Size];
        device.CopyTo(bytes);

        Assert.Equal(device, new SessionDeviceId(bytes));
        Assert.Equal(device, SessionDeviceId.OfCookie([1, 2, 3]));
        Assert.NotEqual(device, SessionDeviceId.OfCookie([1, 2, 4]));
        Assert.Equal((22, "unknown", true), (device.ToString().Length, default(SessionDeviceId).ToString(), default(SessionDeviceId).IsUnknown));
    }

    [Theory]
    [InlineData("192.0.2.1", 4, "192.0.2.1")]
    [InlineData("::ffff:192.0.2.1", 4, "192.0.2.1")]
    [InlineData("2001:db8:1:2:3:4:5:6", 16, "2001:db8:1:2::")]
    public void An_address_round_trips_and_knows_its_network(string text, int size, string network)
    {
        var address = new ClientAddress(IPAddress.Parse(text));

        Assert.Equal(size, address.ToArray().Length);
        Assert.Equal(address, new ClientAddress(IPAddress.Parse(text)));
        Assert.Equal(IPAddress.Parse(network), address.Network.ToIPAddress());
        Assert.Equal(address, new ClientAddress(address.ToIPAddress()));
        Assert.Equal(address.GetHashCode(), new ClientAddress(address.ToIPAddress()).GetHashCode());
        Assert.True(address != default && !address.IsUnknown);
    }

    [Fact]
    public void No_address_is_unknown_and_not_the_zero_address()
    {
        Assert.Equal(("unknown", true, null), (default(ClientAddress).ToString(), default(ClientAddress).IsUnknown, default(ClientAddress).ToIPAddress()));
        Assert.NotEqual(default, new ClientAddress(IPAddress.Any));
        Assert.NotEqual(new ClientAddress(IPAddress.Any), new ClientAddress(IPAddress.IPv6Any));
    }

    [Fact]
    public void A_user_agent_of_any_length_keeps_its_first_512_characters()
        => Assert.Equal(512, new SessionClient(IPAddress.Loopback, new('x', 100_000)).UserAgent!.Length);
}
