namespace Sojourn.Sqlite;

/// <summary>Finds out whether a folder is on this machine: over a network, locks and shared memory do not hold what SQLite relies on.</summary>
internal static class FileSystems
{
    private static readonly string[] Remote =
    [
        "nfs", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "9p", "afs", "ncpfs", "ceph", "lustre", "gfs2", "ocfs2", "davfs", "prl_fs", "vboxsf", "vmhgfs", "virtiofs",
        "fuse.sshfs", "fuse.glusterfs", "fuse.ceph", "fuse.rclone", "fuse.s3fs", "fuse.goofys", "fuse.gcsfuse", "fuse.blobfuse", "fuse.blobfuse2", "fuse.davfs", "fuse.vmhgfs-fuse",
        "fuse.grpcfuse", "fuse.smbnetfs", "fuse.curlftpfs", "fuse.juicefs", "fuse.seaweedfs", "fuse.mfs",
    ];

    /// <summary>The type of a remote file system that a folder lies on; null when it is local, or nobody can tell.</summary>
    public static string? RemoteTypeOf(string folder)
    {
        if (OperatingSystem.IsLinux())
        {
            return RemoteTypeOf(folder, File.ReadLines("/proc/self/mounts"));
        }

        var drive = new DriveInfo(folder);
        return drive.DriveType == DriveType.Network ? drive.DriveFormat : null;
    }

    /// <summary>The same with the lines of /proc/self/mounts: device, place, type, …</summary>
    public static string? RemoteTypeOf(string folder, IEnumerable<string> mounts)
    {
        var (place, type) = ("", "");
        foreach (var line in mounts)
        {
            var words = line.Split(' ');
            if (words.Length < 3)
            {
                continue;
            }

            // A later mount at the same place covers the earlier one.
            var mount = Unescape(words[1]);
            if (mount.Length >= place.Length && Contains(mount, folder))
            {
                (place, type) = (mount, words[2]);
            }
        }

        return Remote.Contains(type, StringComparer.OrdinalIgnoreCase) ? type : null;
    }

    private static bool Contains(string mount, string folder)
        => mount == "/" || folder == mount || folder.StartsWith(mount + "/", StringComparison.Ordinal);

    // Space, tab, line end and backslash are octal numbers there.
    private static string Unescape(string path) => path
        .Replace("\\040", " ", StringComparison.Ordinal).Replace("\\011", "\t", StringComparison.Ordinal)
        .Replace("\\012", "\n", StringComparison.Ordinal).Replace("\\134", "\\", StringComparison.Ordinal);
}
