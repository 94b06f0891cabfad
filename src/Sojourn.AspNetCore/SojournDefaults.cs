namespace Sojourn;

/// <summary>Names that Sojourn uses in ASP.NET Core.</summary>
public static class SojournDefaults
{
    /// <summary>The authentication scheme: <c>Sojourn</c>.</summary>
    public const string AuthenticationScheme = "Sojourn";

    /// <summary>The session cookie's default name.</summary>
    public const string CookieName = "__Host-session";

    /// <summary>What is added to the session cookie's name for anonymous visitors.</summary>
    public const string VisitSuffix = "-visit";

    /// <summary>What is added to the session cookie's name for the device.</summary>
    public const string DeviceSuffix = "-device";
}
