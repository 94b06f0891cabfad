using System.Text;

namespace Sojourn.Sqlite;

/// <summary>The files of a store and their rights.</summary>
/// <remarks>
/// Nothing here opens the database, its log or its index: POSIX drops all locks that a process has on a file when any
/// descriptor of it is closed, and SQLite would go on believing in them (an acknowledged commit was lost that way).
/// Looking at a path and changing its rights opens nothing.
/// </remarks>
internal sealed class DatabaseFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public DatabaseFile(string path)
    {
        // Two names of one file must lead to one set of files beside it, on the file system that it is really on.
        var full = System.IO.Path.GetFullPath(path);
        full = new FileInfo(full) is { LinkTarget: not null } link ? link.ResolveLinkTarget(returnFinalTarget: true)!.FullName : full;
        Path = System.IO.Path.Combine(Real(System.IO.Path.GetDirectoryName(full)!), System.IO.Path.GetFileName(full));
    }

    private static string Real(string folder)
    {
        if (System.IO.Path.GetDirectoryName(folder) is not { } parent)
        {
            return folder;
        }

        var here = new DirectoryInfo(System.IO.Path.Combine(Real(parent), System.IO.Path.GetFileName(folder)));
        return here.LinkTarget is null ? here.FullName : Real(here.ResolveLinkTarget(returnFinalTarget: true)!.FullName);
    }

    public string Path { get; }

    /// <summary>How far the commits got, outside of the database.</summary>
    public string MarkPath => Path + "-mark";

    public string ReservePath => Path + "-reserve";

    public string Folder => System.IO.Path.GetDirectoryName(Path)!;

    public bool HasContent => new FileInfo(Path) is { Exists: true, Length: > 0 };

    /// <summary>
    /// The name for SQLite. It gives a new database, and then log and index, the rights of the mark file, so they are
    /// never readable by others, not even between creation and a change of rights.
    /// </summary>
    public string Uri => UriOf(Path);

    /// <summary>The name for a look at a file that may be somebody else's: nothing beside it is needed.</summary>
    public string PlainUri => $"file:{Escape(Path)}";

    /// <summary>The same for another database, which gets the same rights.</summary>
    public string UriOf(string path) => $"file:{Escape(path)}?modeof={Escape(MarkPath)}";

    /// <summary>Takes from files of an earlier or foreign making what others may do with them.</summary>
    public void Restrict()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        foreach (var path in new[] { Path, Path + "-wal", Path + "-shm", MarkPath, ReservePath })
        {
            try
            {
                if (File.Exists(path) && File.GetUnixFileMode(path) != OwnerOnly)
                {
                    File.SetUnixFileMode(path, OwnerOnly);
                }
            }
            catch (FileNotFoundException)
            {
                // The last of the other processes closed it just now.
            }
        }
    }

    /// <summary>Creates or opens a file of our own beside the database, for its owner only.</summary>
    public static FileStream OpenBeside(string path, FileMode mode, long allocate = 0)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0, PreallocationSize = allocate };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        return new(path, options);
    }

    /// <summary>Makes the reserve; throws when there is no room.</summary>
    public void CreateReserve(long bytes)
    {
        File.Delete(ReservePath);
        using var reserve = OpenBeside(ReservePath, FileMode.CreateNew, bytes);
        reserve.SetLength(bytes);
    }

    private static string Escape(string path)
    {
        var escaped = new StringBuilder(path.Length + 8);
        foreach (var each in OperatingSystem.IsWindows() ? "/" + path.Replace('\\', '/') : path)
        {
            _ = each is '%' or '?' or '#' or '&' ? escaped.Append('%').Append(((int)each).ToString("x2")) : escaped.Append(each);
        }

        return escaped.ToString();
    }
}
