using Sojourn.Storage;

namespace Sojourn.Testing;

/// <summary>
/// Gives the contract suite the stores that it tries. One fixture stands for one body of data: stores that it makes
/// for the same tenant are nodes that share it.
/// </summary>
/// <remarks>
/// Rules use tenant names that were never used before, so one fixture (one database) serves them all. It may be asked
/// from several threads at once. Disposing it disposes the stores that it made.
/// </remarks>
public abstract class SessionStoreFixture : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly List<ISessionStore> _stores = [];

    /// <summary>How many rounds each race runs: 10,000 unless overridden. A store behind a network needs a few hundred.</summary>
    public virtual int Rounds => 10_000;

    /// <summary>How long a rule waits, in real time, for a message on the feed: 10 seconds unless overridden.</summary>
    public virtual TimeSpan Patience => TimeSpan.FromSeconds(10);

    /// <summary>
    /// Makes a store object for a tenant; the suite opens it. A store whose data lives in the object gives the same
    /// object again for the same tenant.
    /// </summary>
    protected abstract ValueTask<ISessionStore> CreateStoreAsync(string tenant, CancellationToken cancellationToken);

    internal async Task<ISessionStore> OpenAsync(string tenant, CancellationToken cancellationToken)
    {
        var store = await CreateStoreAsync(tenant, cancellationToken);
        lock (_gate)
        {
            if (!_stores.Contains(store))
            {
                _stores.Add(store);
            }
        }

        await store.OpenAsync(new StoreOpening(tenant, Trial.Noon), cancellationToken);
        return store;
    }

    /// <summary>Disposes the stores. An override that removes the data afterwards calls this first.</summary>
    public virtual async ValueTask DisposeAsync()
    {
        foreach (var store in _stores)
        {
            await store.DisposeAsync();
        }

        _stores.Clear();
        GC.SuppressFinalize(this);
    }
}
