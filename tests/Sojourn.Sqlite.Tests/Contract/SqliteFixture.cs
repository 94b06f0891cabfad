namespace Sojourn.Sqlite.Tests;

/// <summary>Stores of one file: each store object opens it for itself, as another process would.</summary>
internal sealed class SqliteFixture : SessionStoreFixture
{
    private readonly TempFolder _folder = new();

    public override int Rounds => 100;

    protected override ValueTask<ISessionStore> CreateStoreAsync(string tenant, CancellationToken cancellationToken)
        => new(new SqliteSessionStore(new() { Path = _folder.Database, ReserveBytes = 0 }));

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }
}
