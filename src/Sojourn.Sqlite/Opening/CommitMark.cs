using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Sojourn.Sqlite;

/// <summary>
/// A small file beside the database that says which database that is, and how many commits it has had. SQLite takes a
/// log that was cut or damaged for one that ends earlier, and would go on without the last commits, revocations among
/// them; with the mark that is noticed. A database without its mark was copied here.
/// </summary>
/// <remarks>
/// It is written behind each commit and not synced: after a power cut it may be older than the log, which proves
/// nothing and harms nothing; it is never newer, for what it says was on the disk before. The same when two processes
/// overtake each other in writing it.
/// </remarks>
internal sealed class CommitMark : IDisposable
{
    public const int TimelineSize = 16;

    private const int HashSize = 8;
    private const int Size = TimelineSize + sizeof(long) + HashSize;

    private readonly FileStream _file;
    private readonly byte[] _timeline = new byte[TimelineSize];

    private CommitMark(FileStream file) => _file = file;

    /// <summary>Opens the mark, and makes an empty one if there is none.</summary>
    public static CommitMark Open(DatabaseFile file) => new(DatabaseFile.OpenBeside(file.MarkPath, FileMode.OpenOrCreate));

    /// <summary>What it says; null when it says nothing yet.</summary>
    public (byte[] Timeline, long Commits)? Read()
    {
        Span<byte> bytes = stackalloc byte[Size];
        var length = RandomAccess.Read(_file.SafeFileHandle, bytes, 0);
        if (length == 0)
        {
            return null;
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes[..^HashSize], hash);
        return length == Size && hash[..HashSize].SequenceEqual(bytes[^HashSize..])
            ? (bytes[..TimelineSize].ToArray(), BinaryPrimitives.ReadInt64BigEndian(bytes[TimelineSize..]))
            : throw new SqliteFault(SqliteCode.Corrupt, $"the mark {_file.Name} holds something else");
    }

    /// <summary>Begins a timeline, and makes sure that it is on the disk.</summary>
    public void Begin(byte[] timeline, long commits)
    {
        timeline.CopyTo(_timeline, 0);
        Write(commits);
        RandomAccess.FlushToDisk(_file.SafeFileHandle);
    }

    /// <summary>Goes on in a timeline that it has.</summary>
    public void Continue(byte[] timeline) => timeline.CopyTo(_timeline, 0);

    /// <summary>Notes a commit that is on the disk.</summary>
    public void Write(long commits)
    {
        Span<byte> bytes = stackalloc byte[Size];
        _timeline.CopyTo(bytes);
        BinaryPrimitives.WriteInt64BigEndian(bytes[TimelineSize..], commits);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes[..^HashSize], hash);
        hash[..HashSize].CopyTo(bytes[^HashSize..]);
        try
        {
            RandomAccess.Write(_file.SafeFileHandle, bytes, 0);
        }
        catch (IOException)
        {
            // An older mark notices less, and is no reason to deny a commit that is on the disk.
        }
    }

    public void Dispose() => _file.Dispose();
}
