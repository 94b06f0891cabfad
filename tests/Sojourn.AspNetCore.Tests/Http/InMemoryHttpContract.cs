using Sojourn.Storage;

namespace Sojourn.AspNetCore.Tests;

/// <summary>The contract over the in-memory store.</summary>
public sealed class InMemoryHttpContract : SessionHttpContract
{
    protected override ISessionStore CreateStore() => new InMemorySessionStore(new InMemoryStoreOptions());
}
