using Microsoft.Extensions.Logging;

namespace Sojourn.Sqlite;

/// <summary>The store's log messages, ids 200 to 219.</summary>
internal static partial class SqliteLog
{
    [LoggerMessage(200, LogLevel.Warning, "{Path} was restored or copied from elsewhere: every session in it from before has ended")]
    public static partial void Restored(ILogger logger, string path);

    [LoggerMessage(201, LogLevel.Warning, "{Path} was restored or copied from elsewhere; its sessions go on, as SqliteStoreOptions.AfterRestore says, those included that were ended after the copy was made")]
    public static partial void Kept(ILogger logger, string path);

    [LoggerMessage(202, LogLevel.Error, "There is no room left for {Path}: new sessions and data are refused, ends go on out of the reserve. Free space on its disk")]
    public static partial void Full(ILogger logger, string path);

    [LoggerMessage(203, LogLevel.Information, "There is room again for {Path}: everything goes on")]
    public static partial void RoomAgain(ILogger logger, string path);

    [LoggerMessage(204, LogLevel.Error, "{Path} was brought to schema version {Version} by a newer program, which forbids this one: it neither reads nor writes any more. Update it")]
    public static partial void Forbidden(ILogger logger, string path, long version);

    [LoggerMessage(205, LogLevel.Warning, "A listener of the session feed threw; the others heard the message")]
    public static partial void ListenerFailed(ILogger logger, Exception fault);

    [LoggerMessage(206, LogLevel.Warning, "{Path}: {Fault}, while its log was moved into it or the changes of other processes were read. Writes go on if they can")]
    public static partial void ChoreFailed(ILogger logger, string path, string fault);
}
