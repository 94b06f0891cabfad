using Sojourn.Sqlite.Host;

namespace Sojourn.Sqlite.Tests;

/// <summary>Stores and sessions for tests.</summary>
internal static class Samples
{
    public static readonly StoreOpening Opening = new(Sessions.Tenant, Sessions.Noon);

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<SqliteSessionStore> OpenAsync(string file, Action<SqliteStoreOptions>? configure = null)
    {
        var options = new SqliteStoreOptions { Path = file, ReserveBytes = 0 };
        configure?.Invoke(options);
        return await OpenAsync(options);
    }

    public static async Task<SqliteSessionStore> OpenAsync(SqliteStoreOptions options)
    {
        var store = new SqliteSessionStore(options);
        try
        {
            await store.OpenAsync(Opening, Token);
            return store;
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
    }

    public static async Task<SessionRecord> StartAsync(this SqliteSessionStore store, string? subject = null)
    {
        var result = await store.StartAsync(Sessions.Creation(subject), Token);
        Assert.Equal(StartStatus.Started, result.Status);
        return result.Record!;
    }

    public static async Task<SessionSnapshot?> FindAsync(this SqliteSessionStore store, SessionId id) => await store.FindAsync(id, new(AllData: true), Token);

    /// <summary>A connection beside the stores of this process, by the same library, so that its locks are respected.</summary>
    public static Connection Connect(string file) => Connection.Open($"file:{file}", SqliteCode.OpenReadWrite, ChecksumFiles.Name);
}
