using Microsoft.Extensions.Logging;

namespace Sojourn.Engine;

/// <summary>The engine's log messages, ids 1 to 99. Session ids are public; tokens and personal data never appear.</summary>
internal static partial class SojournLog
{
    [LoggerMessage(1, LogLevel.Warning, "A session names the policy \"{Policy}\", which is no longer configured; the strictest policy applies to it")]
    public static partial void UnknownPolicy(ILogger logger, string policy);

    [LoggerMessage(2, LogLevel.Warning, "Session {Session}: the new token was accepted, but the store could not write that; it is tried again with the next request")]
    public static partial void PromotionPutOff(ILogger logger, SessionId session, Exception fault);

    [LoggerMessage(3, LogLevel.Warning, "Session {Session}: no new token was handed out, since the store could not write; it is tried again later")]
    public static partial void RotationPutOff(ILogger logger, SessionId session, Exception fault);

    [LoggerMessage(4, LogLevel.Warning, "Session {Session}: its activity could not be written; it is tried again with the next request")]
    public static partial void TouchPutOff(ILogger logger, SessionId session, Exception fault);

    [LoggerMessage(5, LogLevel.Warning, "Finding {Finding} in session {Session}")]
    public static partial void Finding(ILogger logger, string finding, SessionId session);

    [LoggerMessage(9, LogLevel.Warning, "Session {Session} was ended: a token came back long after it had been replaced, so two parties held it")]
    public static partial void Replayed(ILogger logger, SessionId session);

    [LoggerMessage(10, LogLevel.Warning, "Session {Session}: the sign-in that it made room for could not be found, since the store failed; the answer leaves it out")]
    public static partial void DisplacerUnknown(ILogger logger, SessionId session, Exception fault);

    [LoggerMessage(6, LogLevel.Error, "The session store is down at the start; requests with a session get 503 until it is back")]
    public static partial void StoreDownAtStart(ILogger logger, Exception fault);

    [LoggerMessage(7, LogLevel.Error, "Session background work failed; it is tried again")]
    public static partial void BackgroundFault(ILogger logger, Exception fault);

    [LoggerMessage(8, LogLevel.Warning, "No session store is named, so sessions live in this process's memory and end with it. Name one with AddSojourn().UseStore(…), or UseMemory() to say that this is meant")]
    public static partial void MemoryInProduction(ILogger logger);
}
