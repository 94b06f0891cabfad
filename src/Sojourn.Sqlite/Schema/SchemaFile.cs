namespace Sojourn.Sqlite;

/// <summary>Fixed properties of the file.</summary>
internal static class SchemaFile
{
    /// <summary>The size of a page.</summary>
    public const int PageSize = 4096;

    /// <summary>Bytes at the end of each page that SQLite leaves alone: the page's checksum.</summary>
    public const int ReservedBytes = 8;

    /// <summary>Marks the file as one of ours, for tools that look.</summary>
    public const int ApplicationId = 0x534f4a4e; // "SOJN"
}
