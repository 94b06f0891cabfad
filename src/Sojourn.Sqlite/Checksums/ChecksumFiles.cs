using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sojourn.Sqlite;

/// <summary>
/// Puts a checksum on every page of the database on its way to the disk, and looks at it on the way back, for SQLite
/// has none there: a flipped bit in an index would make a session absent that is there, one in a row change what it
/// says. (The log has checksums of SQLite's own; that its end is not lost is what <see cref="CommitMark"/> watches.)
/// </summary>
/// <remarks>
/// SQLite reaches files through a table of functions, a "VFS", and lets programs register another. This one is a copy
/// of the default with another <c>open</c>, which opens as before and then gives database files a copy of their table
/// of methods with three functions replaced: read, write, and one that would allow reads of parts of a page. Locks,
/// shared memory and everything else stay the library's own code.
/// </remarks>
internal static unsafe partial class ChecksumFiles
{
    private const int CanReadParts = 0x8000;
    private const int SmallestPage = 512;
    private const int ApplicationIdAt = 68;

    private static readonly ConcurrentDictionary<nint, nint> Tables = new();
    private static Vfs* Usual;

    /// <summary>The name to open databases with.</summary>
    public static string Name { get; } = Register();

    private static string Register()
    {
        const string name = "sojourn";
        Usual = Find(null);
        var copy = (Vfs*)NativeMemory.Alloc((nuint)sizeof(Vfs));
        *copy = *Usual;
        copy->Next = null;
        copy->Name = Marshal.StringToCoTaskMemUTF8(name);
        copy->Open = &Open;
        return Register(copy, 0) == SqliteCode.Ok ? name : throw new SqliteFault(SqliteCode.NoMemory, "SQLite takes no other file system");
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Open(Vfs* self, nint name, FileHandle* file, int flags, int* outFlags)
    {
        var code = Usual->Open(Usual, name, file, flags, outFlags);
        if (code == SqliteCode.Ok && (flags & SqliteCode.OpenMainFile) != 0 && file->Methods is not null)
        {
            file->Methods = (Methods*)Tables.GetOrAdd((nint)file->Methods, TableOver);
        }

        return code;
    }

    private static nint TableOver(nint original)
    {
        var table = (Methods*)NativeMemory.Alloc((nuint)sizeof(Methods));
        *table = *(Methods*)original;
        table->Version = Math.Min(table->Version, 3); // what the copy has room for
        table->Read = &Read;
        table->Write = &Write;
        table->Characteristics = &Characteristics;
        table->Original = (Methods*)original;
        return (nint)table;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Read(FileHandle* file, byte* bytes, int count, long offset)
    {
        var code = file->Methods->Original->Read(file, bytes, count, offset);

        // A page that lies partly behind the end comes with zeros for the rest, and a code that SQLite ignores.
        if (code is not (SqliteCode.Ok or SqliteCode.IoErrorShortRead))
        {
            return code;
        }

        // Parts of the header are read before the size of a page is known. What does not even begin like a database is for SQLite to refuse.
        if (count < SmallestPage || (offset == 0 && !new ReadOnlySpan<byte>(bytes, 16).SequenceEqual("SQLite format 3\0"u8)))
        {
            return code;
        }

        if (count == SchemaFile.PageSize && offset % SchemaFile.PageSize == 0 && PageChecksum.IsRight(bytes, offset / SchemaFile.PageSize))
        {
            return code;
        }

        return offset == 0 && BinaryPrimitives.ReadInt32BigEndian(new(bytes + ApplicationIdAt, sizeof(int))) != SchemaFile.ApplicationId
            ? SqliteCode.NotADatabase
            : SqliteCode.IoErrorData;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Write(FileHandle* file, byte* bytes, int count, long offset)
    {
        if (count == SchemaFile.PageSize && offset % SchemaFile.PageSize == 0)
        {
            // The bytes are SQLite's own page, and these 8 of them are what it leaves alone for this.
            PageChecksum.Seal(bytes, offset / SchemaFile.PageSize);
        }

        return file->Methods->Original->Write(file, bytes, count, offset);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Characteristics(FileHandle* file) => file->Methods->Original->Characteristics(file) & ~CanReadParts;

    [LibraryImport(SqliteNative.Library, EntryPoint = "sqlite3_vfs_find", StringMarshalling = StringMarshalling.Utf8)]
    private static partial Vfs* Find(string? name);

    [LibraryImport(SqliteNative.Library, EntryPoint = "sqlite3_vfs_register")]
    private static partial int Register(Vfs* vfs, int makeDefault);

    /// <summary>sqlite3_vfs of version 3.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Vfs
    {
        public int Version;
        public int FileSize;
        public int LongestPath;
        public Vfs* Next;
        public nint Name;
        public nint Data;
        public delegate* unmanaged[Cdecl]<Vfs*, nint, FileHandle*, int, int*, int> Open;
        public Others Rest;

        [InlineArray(15)]
        public struct Others
        {
            public nint First;
        }
    }

    /// <summary>sqlite3_file.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct FileHandle
    {
        public Methods* Methods;
    }

    /// <summary>sqlite3_io_methods of version 3, and behind it the table that it was copied from.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Methods
    {
        public int Version;
        public nint Close;
        public delegate* unmanaged[Cdecl]<FileHandle*, byte*, int, long, int> Read;
        public delegate* unmanaged[Cdecl]<FileHandle*, byte*, int, long, int> Write;
        public nint Truncate;
        public nint Sync;
        public nint FileSize;
        public nint Lock;
        public nint Unlock;
        public nint CheckReservedLock;
        public nint FileControl;
        public nint SectorSize;
        public delegate* unmanaged[Cdecl]<FileHandle*, int> Characteristics;
        public Others Rest;
        public Methods* Original;

        [InlineArray(6)]
        public struct Others
        {
            public nint First;
        }
    }
}
