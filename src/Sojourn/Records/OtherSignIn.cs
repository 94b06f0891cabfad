using System.Net;
using Sojourn.Storage;

namespace Sojourn;

/// <summary>
/// A session of the same person on another device, told to whoever may be that person: when it started, and where, as
/// coarsely as helps (PRIV-05). Personal data (PRIV-01).
/// </summary>
/// <param name="Device">A short label such as "Chrome on Windows".</param>
/// <param name="At">When that session started; UTC.</param>
/// <param name="Network">The network that it was last seen from: IPv4 as /24, IPv6 as /48, never an address; null when unknown.</param>
public sealed record OtherSignIn(string Device, DateTimeOffset At, string? Network)
{
    internal static OtherSignIn Of(SessionRecord record)
        => new(Engine.DeviceLabel.Of(record.Client.UserAgent), record.StartedAt.ToUniversalTime(), Coarse(record.Client.Address));

    /// <summary>Keeps personal data out of logs.</summary>
    public override string ToString() => "OtherSignIn(redacted)";

    private static string? Coarse(ClientAddress address)
    {
        if (address.IsUnknown)
        {
            return null;
        }

        var bytes = address.ToArray();
        var kept = bytes.Length == 4 ? 3 : 6;
        bytes.AsSpan(kept).Clear();
        return $"{new IPAddress(bytes)}/{kept * 8}";
    }
}

/// <summary>The running sessions because of which a sign-in was refused.</summary>
/// <param name="Count">How many there are.</param>
/// <param name="Latest">The one that started last.</param>
public sealed record RunningElsewhere(int Count, OtherSignIn Latest);
