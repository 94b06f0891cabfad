namespace Sojourn.Sqlite;

/// <summary>What SQLite reported, on its way to become a <see cref="SessionStoreException"/> that names file and cure.</summary>
internal sealed class SqliteFault(int code, string message, int systemError = 0) : Exception(message)
{
    // errno of Linux and macOS: a file larger than allowed, no space, over quota. SQLite has a code of its own only for the second.
    private static readonly int[] NoRoom = [27, 28, 122, 69];

    /// <summary>The extended result code.</summary>
    public int Code { get; } = code;

    /// <summary>The operating system's error number, where it had a part in it; else 0.</summary>
    public int SystemError { get; } = systemError;

    /// <summary>The class of the result code.</summary>
    public int Kind => Code & 0xff;

    /// <summary>Whether there was no room for what was to be written.</summary>
    public bool IsFull => Kind == SqliteCode.Full || (Kind == SqliteCode.IoError && NoRoom.Contains(SystemError));

    public bool IsBusy => Kind is SqliteCode.Busy or SqliteCode.Locked;

    /// <summary>Whether nothing of the transaction can be trusted: one statement's failure is everybody's.</summary>
    public bool EndsTransaction => Kind is SqliteCode.Full or SqliteCode.IoError or SqliteCode.Corrupt or SqliteCode.NoMemory or SqliteCode.NotADatabase
        or SqliteCode.CannotOpen or SqliteCode.ReadOnly;
}
