using Microsoft.Extensions.Logging;
using Sojourn.Storage;

namespace Sojourn.Sqlite;

/// <summary>
/// A file of nothing beside the database. When the disk is full it is deleted, so that ends of sessions still find room
/// while starts and data are refused; when there is room again it is made again, and everything goes on.
/// </summary>
internal sealed class Room(Connection connection, DatabaseFile file, SqliteStoreOptions options, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan TryEvery = TimeSpan.FromSeconds(1);
    private long _lastTry;

    /// <summary>Whether the reserve is in use.</summary>
    public bool IsTight { get; private set; }

    /// <summary>Gives the reserve away.</summary>
    public void Free()
    {
        if (!IsTight)
        {
            SqliteLog.Full(logger, file.Path);
        }

        IsTight = true;
        _lastTry = time.GetTimestamp();
        File.Delete(file.ReservePath);
        LimitPages(options.MaxPages);
    }

    /// <summary>Tries to get the reserve back, once a second.</summary>
    public void Refill()
    {
        if (IsTight && time.GetElapsedTime(_lastTry) >= TryEvery)
        {
            _lastTry = time.GetTimestamp();
            IsTight = !TryMake(spare: options.ReserveBytes);
            if (!IsTight)
            {
                SqliteLog.RoomAgain(logger, file.Path);
            }
        }
    }

    /// <summary>Makes the reserve at the start.</summary>
    public void Begin() => IsTight = !TryMake(spare: 0);

    // With room to spare: else the next write would need the reserve at once.
    private bool TryMake(long spare)
    {
        var reservePages = options.ReserveBytes / SchemaFile.PageSize;
        if (options.MaxPages is { } pages && connection.ReadInteger("PRAGMA page_count") > pages - 2 * reservePages)
        {
            return false;
        }

        LimitPages(options.MaxPages - reservePages);
        if (options.ReserveBytes == 0 || (File.Exists(file.ReservePath) && new FileInfo(file.ReservePath).Length == options.ReserveBytes))
        {
            return true;
        }

        try
        {
            // Really allocated, not only a length: a hole would be no reserve.
            if (spare > 0)
            {
                file.CreateReserve(options.ReserveBytes + spare);
            }

            file.CreateReserve(options.ReserveBytes);
            return true;
        }
        catch (IOException)
        {
            File.Delete(file.ReservePath);
            return false;
        }
    }

    // A bound on the database's own pages stands for a full disk in tests, with the reserve within it.
    private void LimitPages(long? pages)
    {
        if (pages is { } limit)
        {
            connection.Execute($"PRAGMA max_page_count = {limit}");
        }
    }
}
