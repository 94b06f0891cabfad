namespace Sojourn;

/// <summary>The browser or app of a session, as a person would name it.</summary>
/// <param name="Id">By which it is recognised; unknown when it keeps no device cookie.</param>
/// <param name="UserAgent">What it called itself, or null.</param>
public readonly record struct SessionDevice(SessionDeviceId Id, string? UserAgent)
{
    /// <summary>A short label such as "Chrome on Linux", or "Unknown device". For people, never for decisions.</summary>
    public string Label => Engine.DeviceLabel.Of(UserAgent);
}
