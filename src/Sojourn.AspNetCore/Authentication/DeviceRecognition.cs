using Sojourn.Engine;

namespace Sojourn.AspNetCore;

/// <summary>Recognises a browser at sign-in by its own random cookie, and gives it one when it has none. Never anywhere else.</summary>
internal static class DeviceRecognition
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(400); // CK-07: the longest that a browser keeps

    public static SessionDeviceId Recognize(SessionFeature feature)
    {
        if (!feature.Parts.Options.RecognizeDevices)
        {
            return default;
        }

        var template = feature.Parts.DeviceCookie;
        if (CookieHeader.TryGetValue(feature.Context.Request.Headers.Cookie, template.Name, out var value, out var conflicting)
            && !conflicting && DeviceCookie.TryRead(value, out var known))
        {
            return known;
        }

        if (feature.NewDevice is null)
        {
            feature.NewDevice = new(DeviceCookie.Create(out var device), device);
        }

        return feature.NewDevice.Id;
    }

    /// <summary>Sends the cookie that <see cref="Recognize"/> made, with the headers that carry the session's token.</summary>
    public static void WriteCookie(SessionFeature feature)
    {
        if (feature.NewDevice is { } made)
        {
            var template = feature.Parts.DeviceCookie;
            SetCookie.Replace(feature.Context.Response.Headers, template.Name, template.Write(made.Cookie, Lifetime));
        }
    }
}

/// <summary>A device that was not known before, and the cookie that makes it known.</summary>
internal sealed record NewDevice(string Cookie, SessionDeviceId Id);
