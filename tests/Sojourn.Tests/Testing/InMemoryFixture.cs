using Sojourn.Storage;
using Sojourn.Testing;

namespace Sojourn.Tests.Testing;

/// <summary>Gives the contract suite in-memory stores. Their data lives in the object: one tenant, one object.</summary>
internal sealed class InMemoryFixture(Func<ISessionStore, ISessionStore>? decorate = null, int rounds = 10_000) : SessionStoreFixture
{
    private readonly Dictionary<string, ISessionStore> _stores = [];

    public override int Rounds => rounds;

    public override TimeSpan Patience => TimeSpan.FromSeconds(decorate is null ? 10 : 1);

    protected override ValueTask<ISessionStore> CreateStoreAsync(string tenant, CancellationToken cancellationToken)
    {
        lock (_stores)
        {
            if (!_stores.TryGetValue(tenant, out var store))
            {
                store = new InMemorySessionStore(new InMemoryStoreOptions());
                _stores[tenant] = store = decorate?.Invoke(store) ?? store;
            }

            return new(store);
        }
    }
}
