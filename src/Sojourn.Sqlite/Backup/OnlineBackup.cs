using System.Security.Cryptography;
using Sojourn.Storage;

namespace Sojourn.Sqlite;

/// <summary>
/// Copies an open database, as it stands at one point in time, into one file that needs nothing beside it. Writes go on
/// meanwhile. The copy gets a timeline of its own: whoever opens it notices that it is a copy.
/// </summary>
internal static class OnlineBackup
{
    private const int PagesAtATime = 1000;

    public static void Run(DatabaseFile source, string target, CancellationToken cancellationToken)
    {
        if (File.Exists(target))
        {
            throw new SessionStoreException("Backup", $"{target} exists already. Name a file that does not, or move that one away", isTransient: false);
        }

        var unfinished = $"{target}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}.unfinished"; // its own, if two begin at once
        try
        {
            Copy(source, unfinished, cancellationToken);
            File.Move(unfinished, target, overwrite: false);
        }
        catch (SqliteFault fault)
        {
            throw FileErrors.Of("Backup", fault, target);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new SessionStoreException("Backup", $"{target} could not be written: {fault.Message}", isTransient: true, fault);
        }
        finally
        {
            File.Delete(unfinished);
            File.Delete(unfinished + "-journal");
        }
    }

    private static void Copy(DatabaseFile source, string path, CancellationToken cancellationToken)
    {
        using var from = StoreOpener.OpenReader(source);
        File.Delete(path);
        using var to = Connection.Open(source.UriOf(path), SqliteCode.OpenReadWrite | SqliteCode.OpenCreate, ChecksumFiles.Name);
        var reserved = SchemaFile.ReservedBytes;
        to.Execute($"PRAGMA page_size = {SchemaFile.PageSize}");
        _ = SqliteNative.FileControl(to.Handle, "main", SqliteCode.ControlReservedBytes, ref reserved);

        // Within one read transaction: each write of others would make the copy begin anew.
        from.Execute("BEGIN; SELECT commits FROM store");
        var backup = SqliteNative.BackupBegin(to.Handle, "main", from.Handle, "main");
        if (backup == 0)
        {
            throw to.Fault(SqliteCode.CannotOpen);
        }

        int code;
        try
        {
            do
            {
                cancellationToken.ThrowIfCancellationRequested();
                code = SqliteNative.BackupStep(backup, PagesAtATime);
            }
            while (code == SqliteCode.Ok);
        }
        finally
        {
            _ = SqliteNative.BackupFinish(backup); // else the source could not be closed, and its log never be cut
        }

        if (code != SqliteCode.Done)
        {
            throw to.Fault(code);
        }

        from.Execute("COMMIT");
        to.Execute("PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL");
        to.Prepare("UPDATE store SET timeline = ?1 WHERE n = 1").Bind(1, RandomNumberGenerator.GetBytes(CommitMark.TimelineSize)).Run();
    }
}
