namespace Sojourn.AspNetCore.Tests;

/// <summary>The HTTP contract over the SQLite store.</summary>
public sealed class SqliteHttpContract : SessionHttpContract, IDisposable
{
    private readonly Sqlite.Tests.TempFolder _folder = new();

    protected override ISessionStore CreateStore() => new SqliteSessionStore(new() { Path = _folder.Database, ReserveBytes = 0 });

    public void Dispose() => _folder.Dispose();
}
