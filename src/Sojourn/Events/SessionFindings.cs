namespace Sojourn.Engine;

/// <summary>The names of what the engine itself notices. Detectors of applications bring their own.</summary>
internal static class SessionFindings
{
    public const string LateToken = "LateToken";
    public const string ReplayedToken = "ReplayedToken";
    public const string DeadToken = "DeadToken";
    public const string BadTokens = "BadTokens";
    public const string RotationStalled = "RotationStalled";
}
