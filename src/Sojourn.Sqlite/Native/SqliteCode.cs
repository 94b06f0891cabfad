namespace Sojourn.Sqlite;

/// <summary>Result codes and flags of SQLite, as far as the store tells them apart. The lower byte of an extended code is its class.</summary>
internal static class SqliteCode
{
    public const int Ok = 0;
    public const int Busy = 5;
    public const int Locked = 6;
    public const int NoMemory = 7;
    public const int ReadOnly = 8;
    public const int IoError = 10;
    public const int Corrupt = 11;
    public const int Full = 13;
    public const int CannotOpen = 14;
    public const int NotADatabase = 26;
    public const int Row = 100;
    public const int Done = 101;

    /// <summary>A page whose checksum is wrong (SQLITE_IOERR_DATA).</summary>
    public const int IoErrorData = IoError | (32 << 8);

    /// <summary>The file ended before the bytes that were asked for (SQLITE_IOERR_SHORT_READ).</summary>
    public const int IoErrorShortRead = IoError | (2 << 8);

    public const int OpenReadWrite = 0x2;
    public const int OpenCreate = 0x4;
    public const int OpenUri = 0x40;
    public const int OpenMainFile = 0x100;
    public const int OpenNoMutex = 0x8000;

    public const uint PreparePersistent = 1;
    public const int TypeNull = 5;
    public const int StatusPagesWritten = 9;
    public const int CheckpointPassive = 0;
    public const int CheckpointTruncate = 3;
    public const int ControlReservedBytes = 38;
    public const int ConfigNoCheckpointOnClose = 1006;

    /// <summary>Makes SQLite copy what is bound.</summary>
    public const nint Transient = -1;
}
