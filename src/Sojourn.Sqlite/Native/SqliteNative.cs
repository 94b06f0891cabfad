using System.Runtime.InteropServices;

namespace Sojourn.Sqlite;

/// <summary>
/// The functions of the SQLite library that the store calls. Direct, because ADO.NET's command waits for locks in
/// steps of 150 ms, and allocates a reader for each look-up; and because page checksums need the library's own tables.
/// </summary>
/// <remarks>
/// The library is the one of SQLitePCLRaw's bundle, which EF Core and Microsoft.Data.Sqlite load too: a second copy in
/// one process would not see the first one's file locks. Calls that only look into a row skip the switch of the
/// runtime's thread mode, which would cost more than they do.
/// </remarks>
internal static unsafe partial class SqliteNative
{
    /// <summary>The name of the library.</summary>
    public const string Library = "e_sqlite3";

    [LibraryImport(Library, EntryPoint = "sqlite3_open_v2", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string file, out nint database, int flags, string? vfs);

    [LibraryImport(Library, EntryPoint = "sqlite3_close_v2")]
    public static partial int Close(nint database);

    [LibraryImport(Library, EntryPoint = "sqlite3_extended_result_codes")]
    public static partial int ExtendedResultCodes(nint database, int on);

    [LibraryImport(Library, EntryPoint = "sqlite3_busy_timeout")]
    public static partial int BusyTimeout(nint database, int milliseconds);

    [LibraryImport(Library, EntryPoint = "sqlite3_errmsg")]
    public static partial nint ErrorMessage(nint database);

    [LibraryImport(Library, EntryPoint = "sqlite3_system_errno")]
    public static partial int SystemError(nint database);

    [LibraryImport(Library, EntryPoint = "sqlite3_db_readonly", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int IsReadOnly(nint database, string name);

    [LibraryImport(Library, EntryPoint = "sqlite3_get_autocommit"), SuppressGCTransition]
    public static partial int IsAutoCommit(nint database);

    [LibraryImport(Library, EntryPoint = "sqlite3_total_changes64"), SuppressGCTransition]
    public static partial long TotalChanges(nint database);

    [LibraryImport(Library, EntryPoint = "sqlite3_changes64"), SuppressGCTransition]
    public static partial long Changes(nint database);

    [LibraryImport(Library, EntryPoint = "sqlite3_last_insert_rowid"), SuppressGCTransition]
    public static partial long LastInsertRow(nint database);

    [LibraryImport(Library, EntryPoint = "sqlite3_db_status")]
    public static partial int Status(nint database, int what, out int current, out int highest, int reset);

    [LibraryImport(Library, EntryPoint = "sqlite3_file_control", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int FileControl(nint database, string name, int what, ref int value);

    [LibraryImport(Library, EntryPoint = "sqlite3_wal_checkpoint_v2", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Checkpoint(nint database, string name, int mode, out int frames, out int moved);

    [LibraryImport(Library, EntryPoint = "sqlite3_db_config")]
    public static partial int Configure(nint database, int what, int on, nint result);

    // The same on Apple's processors, where what "..." stands for is passed on the stack, behind eight registers.
    [LibraryImport(Library, EntryPoint = "sqlite3_db_config")]
    public static partial int ConfigureByStack(nint database, int what, nint third, nint fourth, nint fifth, nint sixth, nint seventh, nint eighth, int on, nint result);

    [LibraryImport(Library, EntryPoint = "sqlite3_prepare_v3")]
    public static partial int Prepare(nint database, byte* sql, int bytes, uint flags, out nint statement, byte** rest);

    [LibraryImport(Library, EntryPoint = "sqlite3_finalize")]
    public static partial int Finalize(nint statement);

    [LibraryImport(Library, EntryPoint = "sqlite3_step")]
    public static partial int Step(nint statement);

    [LibraryImport(Library, EntryPoint = "sqlite3_reset")]
    public static partial int Reset(nint statement);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_int64"), SuppressGCTransition]
    public static partial int BindInteger(nint statement, int place, long value);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_null"), SuppressGCTransition]
    public static partial int BindNull(nint statement, int place);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_blob")]
    public static partial int BindBlob(nint statement, int place, byte* value, int bytes, nint destructor);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_text")]
    public static partial int BindText(nint statement, int place, byte* value, int bytes, nint destructor);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_int64"), SuppressGCTransition]
    public static partial long ColumnInteger(nint statement, int column);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_type"), SuppressGCTransition]
    public static partial int ColumnType(nint statement, int column);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_blob"), SuppressGCTransition]
    public static partial byte* ColumnBytes(nint statement, int column);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_bytes"), SuppressGCTransition]
    public static partial int ColumnLength(nint statement, int column);

    [LibraryImport(Library, EntryPoint = "sqlite3_backup_init", StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint BackupBegin(nint target, string targetName, nint source, string sourceName);

    [LibraryImport(Library, EntryPoint = "sqlite3_backup_step")]
    public static partial int BackupStep(nint backup, int pages);

    [LibraryImport(Library, EntryPoint = "sqlite3_backup_finish")]
    public static partial int BackupFinish(nint backup);
}
