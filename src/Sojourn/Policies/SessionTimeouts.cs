namespace Sojourn;

/// <summary>The times that govern one kind of session.</summary>
/// <param name="idle">See <see cref="Idle"/>.</param>
/// <param name="absolute">See <see cref="Absolute"/>.</param>
/// <param name="rotation">See <see cref="Rotation"/>.</param>
public sealed class SessionTimeouts(TimeSpan idle, TimeSpan absolute, TimeSpan rotation)
{
    /// <summary>How long a session may be idle before it ends. At least 1 minute, at most 400 days.</summary>
    public TimeSpan Idle { get; set; } = idle;

    /// <summary>How long a session may last, however active it is. At least <see cref="Idle"/>, at most 400 days.</summary>
    public TimeSpan Absolute { get; set; } = absolute;

    /// <summary>After how much use the token is replaced. At least 5 minutes; <see cref="Timeout.InfiniteTimeSpan"/> for never.</summary>
    public TimeSpan Rotation { get; set; } = rotation;
}
