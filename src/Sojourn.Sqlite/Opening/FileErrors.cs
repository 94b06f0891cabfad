using Sojourn.Storage;

namespace Sojourn.Sqlite;

/// <summary>Says what went wrong with the file and what to do about it.</summary>
internal static class FileErrors
{
    private const int TooManyFilesHere = 24; // EMFILE
    private const int TooManyFilesAnywhere = 23; // ENFILE

    public static SessionStoreException Of(string operation, Exception fault, string path, bool inDoubt = false) => fault switch
    {
        SessionStoreException known => known,
        NewerSchemaException newer => new(operation, $"{newer.Message} This program knows version {SchemaUpgrade.Current}: update it, or give it another file than {path}", isTransient: false, newer),
        SqliteFault sqlite => Of(operation, sqlite, path, inDoubt),
        DirectoryNotFoundException => Of(operation, new SqliteFault(SqliteCode.CannotOpen, fault.Message), path, inDoubt),
        UnauthorizedAccessException => Of(operation, new SqliteFault(SqliteCode.ReadOnly, fault.Message), path, inDoubt),
        _ => new(operation, $"{path}: {fault.Message}", isTransient: true, fault) { InDoubt = inDoubt },
    };

    public static SessionStoreException Locked(string operation, string path, TimeSpan waited) => new(
        operation, $"another process has kept {path} locked for {waited.TotalSeconds:0.###} s; nothing was written. Look for a program that holds a transaction open on it (fuser {path})", isTransient: true);

    public static SessionStoreException Crowded(string operation, string path, int waiting)
        => new(operation, $"{waiting} writes wait for {path} already; nothing was written. Look at the load and at the speed of the disk", isTransient: true) { IsRefusal = true };

    private static SessionStoreException Of(string operation, SqliteFault fault, string path, bool inDoubt)
    {
        if (fault.IsFull)
        {
            return new(operation, $"there is no room left for {path}; nothing was written. Free space on its disk (or raise its quota); ends of sessions go on meanwhile, out of a reserve", isTransient: true, fault) { IsRefusal = true };
        }

        var doubt = inDoubt ? "; whether it was done is unknown, and it is safe to repeat" : "";
        return fault.Kind switch
        {
            SqliteCode.NotADatabase => new(operation, $"{path} is not a database of Sojourn. Name another file, or move this one away", isTransient: false, fault),
            SqliteCode.Corrupt when fault.Code == SqliteCode.CorruptValue => Damaged(operation, path, fault.Message, fault, isRefusal: true),
            SqliteCode.Corrupt => Damaged(operation, path, fault.Message, fault),
            SqliteCode.IoError when fault.Code == SqliteCode.IoErrorData => Damaged(operation, path, "the checksum of a page is wrong", fault),
            SqliteCode.ReadOnly => new(operation, $"{path} cannot be written. Give the user that runs this program the right to write to it and to its folder, and mount the disk writable", isTransient: false, fault),
            SqliteCode.CannotOpen when fault.SystemError is TooManyFilesHere or TooManyFilesAnywhere => new(operation, $"{path} cannot be opened: too many files are open. Raise the limit (ulimit -n) or look for a leak", isTransient: true, fault),
            SqliteCode.CannotOpen => new(operation, $"{path} cannot be opened. Make sure that its folder exists, and that the user that runs this program may write to it", isTransient: false, fault),
            SqliteCode.Busy or SqliteCode.Locked => new(operation, $"{path} is locked by another process; nothing was written. Look for a program that holds a transaction open on it (fuser {path})", isTransient: true, fault),
            SqliteCode.IoError => new(operation, $"{path} could not be read or written{doubt}. Look at the disk and the system's log: {fault.Message}", isTransient: true, fault) { InDoubt = inDoubt },
            _ => new(operation, $"{path}: {fault.Message}{doubt}", isTransient: true, fault) { InDoubt = inDoubt },
        };
    }

    private static SessionStoreException Damaged(string operation, string path, string what, Exception fault, bool isRefusal = false)
        => new(operation, $"{path} or its write-ahead log is damaged: {what}. Stop all programs that use it and put back a backup; keep the damaged files ({path}*) for later", isTransient: false, fault) { IsRefusal = isRefusal };
}
